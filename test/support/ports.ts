import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below the kernel's ephemeral range, so that no outgoing connection can take one meanwhile. */
const first = 20_000;
const blockPorts = 100;
const blockCount = 100;

/**
 * The first port of the block that this process took for itself; it is listened on as long as the
 * process lives. Between a port's choice and its use others would find it free as well: processes
 * that test side by side must not choose from the same ones.
 */
let block = -1;
let used = 0;
let taking: Promise<void> | undefined;

/** A loopback port that nobody listens on; never the same twice in one process. */
export async function freePort(): Promise<number> {
  return await freePorts(1);
}

/** The first of `length` consecutive free ports, at most 99. */
export async function freePorts(length: number): Promise<number> {
  for (;;) {
    if (block === -1 || used + length > blockPorts) {
      taking ??= takeBlock().finally(() => (taking = undefined));
      await taking;
      continue;
    }
    // Claimed before anything is waited for: others ask meanwhile.
    const start = block + used;
    used += length;
    let free = 0;
    while (free < length && (await canListen(start + free))) free += 1;
    if (free === length) return start;
  }
}

async function takeBlock(): Promise<void> {
  const offset = randomInt(blockCount);
  for (let i = 0; i < blockCount; i += 1) {
    const head = first + ((offset + i) % blockCount) * blockPorts;
    const server = await maybeListen(head);
    if (server === undefined) continue;
    server.unref();
    block = head;
    used = 1;
    return;
  }
  throw new Error('no free ports on loopback');
}

async function canListen(port: number): Promise<boolean> {
  const server = await maybeListen(port);
  if (server === undefined) return false;
  return await new Promise((resolve) => server.close(() => resolve(true)));
}

function maybeListen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
