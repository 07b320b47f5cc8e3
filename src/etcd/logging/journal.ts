import { spawn } from 'node:child_process';
import { accessSync } from 'node:fs';
import type { LogDestination } from '../../base/log.ts';
import { limits } from '../config/limits.ts';

export type Journal = {
  readonly socketPath: string;
  /** Reads lines, each with its priority in front, and hands them to the journal. */
  readonly command: readonly [program: string, ...args: string[]];
};

export const systemJournal: Journal = {
  socketPath: '/run/systemd/journal/socket',
  command: ['systemd-cat', '--identifier=etcd-ts', '--level-prefix=true'],
};

/** syslog's numbers, as etcd maps its levels to them. */
const priorities: Readonly<Record<string, number>> = {
  debug: 7,
  info: 6,
  warn: 4,
  error: 3,
  fatal: 2,
};

/**
 * systemd's journal, by way of systemd's own program: Node has no datagram sockets of the kind that
 * the journal reads. Lines go to the fallback once that program has ended, and while it takes none:
 * what waits for it is held in memory.
 */
export function openJournal(journal: Journal, fallback: LogDestination): LogDestination {
  try {
    accessSync(journal.socketPath);
  } catch (cause) {
    const reason = `dial unixgram ${journal.socketPath}: connect: no such file or directory`;
    throw new Error(`can't find journal (${reason})`, { cause });
  }
  const [program, ...args] = journal.command;
  // Of its own group, so that an interrupt typed at a terminal does not end it before the server.
  const reader = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  let isOpen = true;
  const ended = (): void => {
    isOpen = false;
  };
  reader.on('error', ended);
  reader.on('exit', ended);
  reader.stdin.on('error', ended);
  reader.unref();
  return {
    write: (line) => {
      const isStuck = reader.stdin.writableLength > limits.journalWaitingBytesMax;
      if (!isOpen || isStuck) return fallback.write(line);
      const level = /"level":"(\w+)"|\t(\w+)\t/.exec(line);
      const priority = priorities[level?.[1] ?? level?.[2] ?? ''] ?? priorities['info'];
      reader.stdin.write(`<${priority}>${line}`);
    },
  };
}
