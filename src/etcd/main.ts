import { readFileSync } from 'node:fs';
import { systemClock } from '../base/clock.ts';
import {
  applyContainerFit,
  fitToContainer,
  readContainerLimits,
} from '../base/container-limits.ts';
import { consoleLog, jsonLog, type Log } from '../base/log.ts';
import { etcdTsVersion, servedEtcdVersion, versionText } from '../version.ts';
import { StartRefusal } from './bootstrap/data-dir-kind.ts';
import type { Config } from './config/config.ts';
import { machineHost } from './config/default-host.ts';
import { parseServerCommand } from './config/server-command.ts';
import { flagUsage } from './config/usage.ts';
import { openLogOutputs } from './logging/log-outputs.ts';
import { notifyReady } from './logging/notify-ready.ts';
import { Member } from './member.ts';

/** Set by supervisors that give the process a pipe as its standard input and hold the other end. */
const stopWithStdinVariable = 'ETCDTS_STOP_WITH_STDIN';
/** A member that failed may be unable to close what failed. */
const FAILED_STOP_MS = 5_000;

/** `etcd-ts server`: flags, signals and exit codes; nothing else. Returns the exit code. */
export async function runServer(argv: readonly string[]): Promise<number> {
  const fit = fitToContainer(readContainerLimits(readIfThere));
  applyContainerFit(fit, process.env);
  const command = parseServerCommand(
    argv,
    process.env,
    (path) => readFileSync(path, 'utf8'),
    machineHost,
  );
  switch (command.kind) {
    case 'help':
      process.stdout.write(flagUsage());
      return 0;
    case 'version':
      process.stdout.write(versionText(process.platform, process.arch, process.version));
      return 0;
    case 'refused':
      return refuse(command.exitCode, command.message);
    case 'config':
      break;
  }
  let log: Log;
  try {
    log = openLog(command.config);
  } catch (error) {
    return refuse(1, (error as Error).message);
  }
  for (const warning of command.warnings) log.warn(warning);
  if (command.defaultHost !== undefined) {
    log.info('detected default host for advertise', { host: command.defaultHost });
  }
  if (fit.complaint?.kind === 'refuse') {
    log.error(fit.complaint.message);
    return 1;
  }
  if (fit.complaint !== undefined) log.warn(fit.complaint.message);
  return await serve(command.config, log);
}

async function serve(config: Config, log: Log): Promise<number> {
  log.info('starting an etcd server', {
    'etcd-version': servedEtcdVersion,
    'etcd-ts-version': etcdTsVersion,
    name: config.name,
    'data-dir': config.dataDir,
    pid: process.pid,
  });
  endOnBrokenInvariant(log);
  const signal = nextSignal(log);
  const starting = Member.start(config, log).then(
    (member) => ({ kind: 'started' as const, member }),
    (error: unknown) => ({ kind: 'refused' as const, error }),
  );
  const start = await Promise.race([starting, signal]);
  if (start.kind === 'signal') {
    // Nobody was served yet, and a start can be cut off anywhere: the next one repeats it.
    log.info('received signal while starting; ending', { signal: start.name });
    return 0;
  }
  if (start.kind === 'refused') {
    log.error('failed to start etcd', { error: start.error });
    return start.error instanceof StartRefusal ? start.error.exitCode : 1;
  }
  const { member } = start;
  void notifyReady(process.env['NOTIFY_SOCKET'], log);
  const ended = await Promise.race([signal, member.stopped]);
  switch (ended.kind) {
    case 'signal':
      log.info('received signal; shutting down', { signal: ended.name });
      await member.stop('hand-over');
      return 0;
    case 'removed':
      log.warn('this member was removed from the cluster; stopping');
      await member.stop('at-once');
      return 0;
    case 'failed':
      log.error('the member has to stop', { error: ended.error });
      await stopInTime(member, log);
      return 1;
  }
}

/** What failed may make stopping fail too, or never end. */
async function stopInTime(member: Member, log: Log): Promise<void> {
  const late = systemClock.after(FAILED_STOP_MS).then(() => 'took too long');
  const stopped = member.stop('at-once').catch((error: unknown) => error);
  const error = await Promise.race([stopped, late]);
  if (error !== undefined) log.error('the member could not stop cleanly', { error });
}

/** Exceptions that nobody expects are broken invariants: going on could lose data. */
function endOnBrokenInvariant(log: Log): void {
  process.on('uncaughtException', (error, origin) => {
    log.error('the member has to end at once', { error, origin, stack: error.stack });
    process.exit(1);
  });
}

/**
 * The first signal stops the member, and so does the end of the standard input when whoever started
 * it says so by STOP_WITH_STDIN: the kernel closes that pipe when a supervisor dies. Another signal
 * ends the process at once, also where it is process 1 and signals have no default effect.
 */
function nextSignal(log: Log): Promise<{ kind: 'signal'; name: string }> {
  return new Promise((resolve) => {
    let count = 0;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        count += 1;
        if (count > 1) {
          log.warn('received another signal; ending at once', { signal: name });
          process.exit(1);
        }
        resolve({ kind: 'signal', name });
      });
    }
    if (process.env[stopWithStdinVariable] === undefined) return;
    process.stdin.on('end', () => resolve({ kind: 'signal', name: 'the end of the input' }));
    process.stdin.on('error', () => resolve({ kind: 'signal', name: 'the end of the input' }));
    process.stdin.resume();
    process.stdin.unref();
  });
}

function openLog({ log }: Config): Log {
  const outputs = openLogOutputs(log, systemClock);
  return log.format === 'console' ? consoleLog(log.level, outputs) : jsonLog(log.level, outputs);
}

/** What etcd says of a command line that it does not take. */
function refuse(exitCode: 1 | 2, message: string): 1 | 2 {
  if (exitCode === 2) process.stderr.write(`${message}\n`);
  else jsonLog('info', process.stderr).warn('failed to verify flags', { error: message });
  return exitCode;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
