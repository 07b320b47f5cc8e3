/** How etcd and etcd-ts treat clients that say nothing, and clients that ask too often. */
import assert from 'node:assert/strict';
import { connect, constants } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { test } from 'node:test';
import { missingPeers } from '../support/peers.ts';
import { withCluster } from '../support/process-cluster.ts';

const skip = missingPeers('etcd');
/** Types of frames. */
const settings = 4;
const ping = 6;

const kinds = ['etcd', 'etcd-ts'] as const;

/** Pings one after the other until the server has had enough. */
function pingUntilCut(port: number): Promise<{ code: number; words: string; pings: number }> {
  const session = connect(`http://127.0.0.1:${port}`);
  return new Promise((resolve, reject) => {
    let pings = 0;
    const ping = (): void => {
      if (session.destroyed || session.closed) return;
      pings += 1;
      session.ping(ping);
    };
    session.on('connect', ping);
    session.on('error', () => {});
    session.on('goaway', (code, _lastStream, words) => {
      resolve({ code, words: Buffer.from(words ?? []).toString(), pings });
    });
    session.on('close', () => reject(new Error(`closed without a word after ${pings} pings`)));
  });
}

/** Types of the frames that come until the server closes, to a client that only says hello. */
async function framesToSilence(port: number): Promise<number[]> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(Buffer.of(0, 0, 0, settings, 0, 0, 0, 0, 0));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const types: number[] = [];
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    types.push(bytes[at + 3] as number);
  }
  return types;
}

test('a client without streams that pings and pings is told after the same number', {
  skip,
}, async (t) => {
  const seen: unknown[] = [];
  for (const kind of kinds) {
    await withCluster(t, { size: 1, kind }, async (cluster) => {
      seen.push(await pingUntilCut(cluster.member(0).config.clientPort));
    });
  }
  assert.deepEqual(seen[1], seen[0]);
  const { code, words } = seen[0] as { code: number; words: string };
  assert.deepEqual([code, words], [constants.NGHTTP2_ENHANCE_YOUR_CALM, 'too_many_pings']);
});

test('a silent client is pinged after the interval and cut after the timeout', {
  skip,
}, async (t) => {
  const flags = ['--grpc-keepalive-interval=1s', '--grpc-keepalive-timeout=1s'];
  for (const kind of kinds) {
    await withCluster(t, { size: 1, kind, flags }, async (cluster) => {
      const types = await framesToSilence(cluster.member(0).config.clientPort);
      assert.ok(types.includes(ping), `${kind}: frames of types ${types.join(', ')}`);
    });
  }
});
