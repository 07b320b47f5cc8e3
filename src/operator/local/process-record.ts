import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * A process that outlives its supervisor: its id and, because ids are used again, when it started.
 * The file is only a hint. It may be missing (the supervisor was killed between starting the
 * process and writing it) or name a process that is long gone; two processes on one data directory
 * are prevented by the member's own lock.
 */
export type ProcessRecord = { readonly pid: number; readonly startTime: string };

export function writeProcessRecord(file: string, pid: number): void {
  const record: ProcessRecord = { pid, startTime: startTimeOf(pid) ?? '' };
  writeFileSync(file, `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

/** The process in the file, if that very process still runs. */
export function maybeRunningProcess(file: string): number | undefined {
  let record: Partial<ProcessRecord> | null;
  try {
    record = JSON.parse(readFileSync(file, 'utf8')) as Partial<ProcessRecord> | null;
  } catch {
    return undefined; // Missing or torn: then nobody is known to run.
  }
  const pid = record?.pid;
  if (pid === undefined || !Number.isInteger(pid) || pid <= 1) return undefined;
  return isSameProcess(pid, record?.startTime ?? '') ? pid : undefined;
}

export function removeProcessRecord(file: string): void {
  rmSync(file, { force: true });
}

function isSameProcess(pid: number, startTime: string): boolean {
  if (pid === process.pid) return false;
  const found = startTimeOf(pid);
  // Where the system does not tell start times, or did not in time, an id has to do.
  return found === undefined || startTime === '' ? isAlive(pid) : found === startTime;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Field 22 of /proc/PID/stat, ticks since the machine started; undefined without such a process or
 * such a file. The program's name before it may hold spaces and brackets, so count from its end. A
 * process that has ended and only waits for its parent to hear of it is not running.
 */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? 'ended' : fields[18];
  } catch {
    return undefined;
  }
}
