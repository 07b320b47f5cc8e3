import { openSync, writeSync } from 'node:fs';
import type { LogDestination } from './log.ts';

/** How long a line waits for a reader that does not read: heartbeats must not wait for a log. */
const FULL_PIPE_WAIT_MS = 1_000;

/**
 * Log lines to a file, appended, or to an open descriptor. Written before the call returns: the
 * lines before a crash are the ones that matter. What cannot be written is lost, as there is nobody
 * to tell.
 */
export class LogFile implements LogDestination {
  readonly #fd: number;

  constructor(to: string | number) {
    this.#fd = typeof to === 'number' ? to : openSync(to, 'a');
  }

  write(line: string): void {
    let rest = Buffer.from(line);
    let waitedMs = 0;
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(this.#fd, rest));
      } catch (error) {
        const isFull = (error as NodeJS.ErrnoException).code === 'EAGAIN';
        if (!isFull || waitedMs >= FULL_PIPE_WAIT_MS) return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
        waitedMs += 1;
      }
    }
  }
}
