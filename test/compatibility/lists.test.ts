/**
 * Long lists against Go etcd: asked twice, since the second one comes from what the first has read,
 * between changes of single keys.
 */
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { RangeRequestInit } from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { seed, type Twins, withTwins } from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';

const skip = missingPeers('etcd');
const keyCount = 400;
const steps = Number(process.env['STEPS'] ?? 250);
const rangePath = '/etcdserverpb.KV/Range';
const keyAt = (i: number): Uint8Array => utf8Bytes(`list/${String(i).padStart(5, '0')}`);

/** No two alike: etcd leaves open how equal ones are ordered. */
function put(twins: Twins, i: number, bytes: number): Promise<unknown> {
  const value = utf8Bytes(`${twins.revision} ${i} `.padEnd(bytes, 'v'));
  return twins.same('/etcdserverpb.KV/Put', { key: keyAt(i), value });
}

async function change(twins: Twins, random: Random): Promise<void> {
  const i = random.below(keyCount);
  switch (random.below(10)) {
    case 0:
      await twins.same('/etcdserverpb.KV/DeleteRange', { key: keyAt(i), rangeEnd: keyAt(i + 5) });
      break;
    case 1: {
      const revision = twins.revision - random.below(100);
      await twins.same('/etcdserverpb.KV/Compact', { revision: Math.max(1, revision) });
      break;
    }
    default:
      await put(twins, i, random.below(2_000));
  }
}

function anyList(random: Random, current: number): RangeRequestInit {
  const from = random.below(3) === 0 ? 0 : random.below(keyCount);
  const around = (): number => Math.max(0, current - random.below(keyCount));
  const bound = (): number => (random.below(8) === 0 ? around() : 0);
  return {
    key: random.below(3) === 0 ? utf8Bytes('\0') : keyAt(from),
    rangeEnd: random.below(3) === 0 ? utf8Bytes('\0') : keyAt(from + random.below(keyCount)),
    revision: random.below(3) === 0 ? current - random.below(50) : 0,
    limit: random.below(2) === 0 ? random.below(200) : 0,
    sortOrder: random.below(3),
    // By key, creation, change or value: versions are equal too often.
    sortTarget: [0, 0, 2, 3, 4][random.below(5)] as number,
    keysOnly: random.below(4) === 0,
    countOnly: random.below(6) === 0,
    minModRevision: bound(),
    maxModRevision: bound(),
    minCreateRevision: bound(),
    maxCreateRevision: bound(),
  };
}

test(`long lists are answered alike, read or remembered (SEED=${seed})`, { skip }, async () => {
  await withTwins(async (twins) => {
    const random = seededRandom(seed);
    for (let i = 0; i < keyCount; i += 1) await put(twins, i, random.below(1_000));
    for (let step = 0; step < steps; step += 1) {
      for (let i = random.below(4); i > 0; i -= 1) await change(twins, random);
      const list = anyList(random, twins.revision);
      const what = `seed ${seed} step ${step}:`;
      await twins.same(rangePath, list, 'grpc', what);
      await twins.same(rangePath, list, 'json', `${what} again`);
      const requestRange = { ...list, revision: 0 };
      await twins.same('/etcdserverpb.KV/Txn', { success: [{ requestRange }] }, 'grpc', what);
    }
  });
});
