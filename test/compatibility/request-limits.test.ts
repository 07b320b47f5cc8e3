/** Sizes and counts that etcd bounds by flags: the same requests refused, with the same words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { type Answer, type Twin, withTwins } from '../differential/twins.ts';
import { MemberProcess } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';

const skip = missingPeers('etcd');
const kv = '/etcdserverpb.KV';
const cluster = '/etcdserverpb.Cluster';
const key = utf8Bytes('k');

test('requests up to --max-request-bytes are taken, and larger ones refused in two ways', {
  skip,
}, async () => {
  const flags = ['--max-request-bytes=10000'];
  await withTwins(async (twins) => {
    // An entry of the log has an id in it whose length is chance: nothing within 40 bytes of it.
    const sizes = [1, 9_900, 10_040, 20_000, 500_000, 534_000, 534_400, 1_600_000];
    for (const size of sizes) {
      const value = new Uint8Array(size).fill(97);
      await twins.same(`${kv}/Put`, { key, value }, 'grpc', `${size} bytes`);
      const success = [{ requestPut: { key, value } }];
      await twins.same(`${kv}/Txn`, { success }, 'grpc', `${size} bytes`);
      await twins.same(`${kv}/Range`, { key: value }, 'grpc', `${size} bytes`);
    }
    for (const size of sizes.slice(0, 5)) {
      await twins.same(`${kv}/Put`, { key, value: new Uint8Array(size) }, 'json', `${size} bytes`);
    }
  }, flags);
});

test('--max-txn-ops bounds each list of a transaction', { skip }, async () => {
  await withTwins(
    async (twins) => {
      const compare = { key, target: 0, result: 0, version: 0 };
      const list = <T>(item: T, count: number): readonly T[] =>
        Array.from({ length: count }, () => item);
      const range = { requestRange: { key } };
      for (const count of [3, 4, 5]) {
        await twins.same(`${kv}/Txn`, { compare: list(compare, count) });
        await twins.same(`${kv}/Txn`, { success: list(range, count) });
        await twins.same(`${kv}/Txn`, { failure: list(range, count) });
        const requestTxn = { success: list(range, count) };
        await twins.same(`${kv}/Txn`, { success: [{ requestTxn }] });
      }
    },
    ['--max-txn-ops=4'],
  );
});

/** An error as it is; of an answer only that it was one. */
async function addLearner(twin: Twin, port: number): Promise<Answer> {
  const request = { peerURLs: [`http://127.0.0.1:${port}`], isLearner: true };
  const answer = await twin.ask('grpc', `${cluster}/MemberAdd`, request);
  return 'ok' in answer ? { ok: 'added' } : answer;
}

test('--max-learners bounds learners, also those that are there at a start', { skip }, async () => {
  await withTwins(
    async (twins) => {
      const both = [twins.etcd, twins.ours];
      for (const port of [1, 2, 3]) {
        const [theirs, ours] = await Promise.all(both.map((twin) => addLearner(twin, port)));
        assert.deepEqual(ours, theirs, `learner ${port}`);
        assert.equal(ours !== undefined && 'ok' in ours, port < 3);
      }
      const ends = await Promise.all(
        both.map(async (twin) => {
          const [member] = twin.cluster.members;
          assert.ok(member !== undefined);
          // In good order: what is in the log alone is counted when it is applied again.
          await member.stop();
          const { logPath, flags } = member.config;
          const strict = new MemberProcess({
            ...member.config,
            logPath: `${logPath}.strict`,
            flags: [...flags, '--max-learners=1'],
          });
          strict.start(twin.cluster.initialCluster(), 'new');
          const why = await strict.ready().catch((error: unknown) => String(error));
          await strict.kill('SIGKILL');
          return /membership: [a-z ]*/.exec(String(why))?.[0];
        }),
      );
      assert.deepEqual(ends[1], ends[0]);
      assert.equal(ends[1], 'membership: too many learner members in cluster');
    },
    ['--max-learners=2'],
  );
});

test('a change of members that would cost the quorum has no code of its own', {
  skip,
}, async () => {
  await withTwins(async (twins) => {
    const add = (port: number): object => ({ peerURLs: [`http://127.0.0.1:${port}`] });
    const ask = (twin: Twin): Promise<Answer> => twin.ask('json', `${cluster}/MemberAdd`, add(2));
    for (const twin of [twins.etcd, twins.ours]) {
      assert.ok('ok' in (await twin.ask('grpc', `${cluster}/MemberAdd`, add(1))));
    }
    const [theirs, ours] = await Promise.all([ask(twins.etcd), ask(twins.ours)]);
    assert.deepEqual(ours, theirs);
    assert.equal(ours !== undefined && 'code' in ours && ours.code, 2);
  });
});
