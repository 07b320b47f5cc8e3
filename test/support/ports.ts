import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the kernel's ephemeral range, so that no outgoing connection can take one meanwhile. */
const first = 20_000;
const count = 10_000;
let next = randomInt(count);

/** A loopback port that nobody listens on; never the same twice in one process. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < count; tries += 1) {
    const port = first + next;
    next = (next + 1) % count;
    if (await canListen(port)) return port;
  }
  throw new Error('no free port on loopback');
}

/** The first of `length` consecutive free ports. */
export async function freePorts(length: number): Promise<number> {
  for (;;) {
    const start = await freePort();
    let end = start + 1;
    while (end < start + length && (await canListen(end))) end += 1;
    next = (end - first) % count;
    if (end === start + length) return start;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
