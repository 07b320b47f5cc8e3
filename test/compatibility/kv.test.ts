/** Random programs against Go etcd and etcd-ts: every answer, error and hash must be equal. */
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { seededRandom } from '../../src/base/random.ts';
import { missingPeers } from '../support/peers.ts';
import { Programs } from './programs.ts';
import { seed, type Twins, type Way, withTwins } from './twins.ts';

const skip = missingPeers('etcd');
const steps = Number(process.env['STEPS'] ?? 1_500);
const everything = { key: utf8Bytes('\0'), rangeEnd: utf8Bytes('\0') };

async function runProgram(twins: Twins, ways: readonly Way[]): Promise<void> {
  const random = seededRandom(seed);
  const programs = new Programs(random);
  for (let step = 0; step < steps; step += 1) {
    programs.revision = twins.revision;
    const { path, request } = programs.next();
    const way = ways[random.below(ways.length)] ?? 'grpc';
    const answer = await twins.same(path, request, way, `seed ${seed} step ${step}:`);
    if (path.endsWith('/Compact') && 'ok' in answer) {
      programs.compacted = (request as { revision: number }).revision;
    }
  }
  await twins.same('/etcdserverpb.KV/Range', everything);
  await twins.same('/etcdserverpb.Maintenance/HashKV', { revision: 0 });
}

test(`a random program answers alike through gRPC (SEED=${seed})`, { skip }, async () => {
  await withTwins(async (twins) => await runProgram(twins, ['grpc']));
});

test(`a random program answers alike through JSON (SEED=${seed})`, { skip }, async () => {
  await withTwins(async (twins) => await runProgram(twins, ['json', 'grpc']));
});
