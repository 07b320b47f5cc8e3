import { spawn } from 'node:child_process';
import type { Log } from '../../base/log.ts';

/** systemd's own program: Node has no datagram sockets of the kind that systemd listens at. */
const systemdNotify = ['systemd-notify', '--ready'] as const;

/**
 * Tells the service manager that the member serves, when there is one that waits for it
 * (`NOTIFY_SOCKET`). Nobody waits for the outcome: who could not tell serves all the same.
 */
export async function notifyReady(
  socket: string | undefined,
  log: Log,
  [program, ...args]: readonly [string, ...string[]] = systemdNotify,
): Promise<void> {
  if (socket === undefined || socket === '') return;
  log.info('notifying init daemon');
  // Some failures to start a program are thrown, and without descriptors there is no pipe.
  const failure = await run(program, args).catch((error: unknown) => String(error));
  if (failure === undefined) log.info('successfully notified init daemon');
  else log.error('failed to notify systemd for readiness', { error: failure });
}

/** What the program says when it fails. */
function run(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.on('error', reject);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(0, 1_000);
    });
    child.on('close', (code) => resolve(code === 0 ? undefined : `${program}: ${said.trim()}`));
  });
}
