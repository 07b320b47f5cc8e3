/** Large responses of a watch against Go etcd: cut into the same fragments. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import {
  decodeWatchResponse,
  encodeWatchRequest,
  type WatchResponse,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { type Twin, withTwins } from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';

const skip = missingPeers('etcd');
const keyCount = 12;

/** One line per response, until all keys are gone. */
function fragmentsOf(
  twin: Twin,
  fragment: boolean,
): { created: Promise<void>; all: Promise<string[]> } {
  const stream = twin.client.makeBidiStreamRequest(
    '/etcdserverpb.Watch/Watch',
    (bytes: Uint8Array) => Buffer.from(bytes),
    decodeWatchResponse,
  );
  stream.write(
    encodeWatchRequest({
      createRequest: { key: utf8Bytes('k'), rangeEnd: utf8Bytes('l'), prevKv: true, fragment },
    }),
  );
  const created = Promise.withResolvers<void>();
  const all = new Promise<string[]>((resolve, reject) => {
    const lines: string[] = [];
    let seen = 0;
    stream.on('error', reject);
    stream.on('data', ({ events, fragment: isPart, header }: WatchResponse) => {
      if (events.length === 0) return created.resolve();
      const keys = events.map(({ kv }) => Buffer.from(kv?.key ?? []).toString());
      lines.push(`${header?.revision} ${isPart} ${keys.join(' ')}`);
      seen += events.length;
      if (seen < keyCount) return;
      resolve(lines);
      stream.off('error', reject).on('error', () => {});
      stream.cancel();
    });
  });
  return { created: created.promise, all };
}

test('a delete of many large keys comes in the same fragments, or in one piece', {
  skip,
}, async () => {
  await withTwins(
    async (twins) => {
      for (const fragment of [true, false]) {
        for (let i = 0; i < keyCount; i += 1) {
          const value = new Uint8Array(95_000 - i * 3_000).fill(118);
          await twins.same('/etcdserverpb.KV/Put', { key: utf8Bytes(`k${i}`), value });
        }
        const watches = [twins.etcd, twins.ours].map((twin) => fragmentsOf(twin, fragment));
        await Promise.all(watches.map(({ created }) => created));
        const range = { key: utf8Bytes('k'), rangeEnd: utf8Bytes('l') };
        await twins.same('/etcdserverpb.KV/DeleteRange', range);
        const [theirs = [], ours] = await Promise.all(watches.map(({ all }) => all));
        assert.deepEqual(ours, theirs);
        assert.equal(theirs.length > 1, fragment, theirs.join('\n'));
      }
      // Fragments are cut at this many bytes, and half a megabyte more.
    },
    ['--max-request-bytes=100000'],
  );
});
