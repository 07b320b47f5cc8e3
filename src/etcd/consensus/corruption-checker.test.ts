import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { EtcdError } from '../errors.ts';
import type { HashKvAnswer, HashKvResult } from '../mvcc/store.ts';
import { CorruptionChecker, type PeerHash } from './corruption-checker.ts';

const self = 1n;

function answerOf(hash: number, changes: Partial<HashKvAnswer> = {}): HashKvAnswer {
  return { hash, compactRevision: 5, hashRevision: 10, revision: 10, ...changes };
}

function peer(id: bigint, answer: HashKvAnswer | Error): PeerHash {
  const isRefused = answer instanceof Error;
  return {
    id,
    urls: [`http://m${id}`],
    answer: isRefused ? undefined : answer,
    error: isRefused ? answer : undefined,
  };
}

type World = {
  /** What this member answers, one after the other; the last one again and again. */
  own: HashKvAnswer[];
  compactions: HashKvResult[];
  peers: (revision: number) => PeerHash[];
};

function setUp(world: Partial<World>) {
  const raised: bigint[] = [];
  const asked: number[] = [];
  const logged: string[] = [];
  const log = {
    ...silentLog,
    warn: (message: string) => void logged.push(message),
    error: (message: string) => void logged.push(message),
  };
  const own = [...(world.own ?? [answerOf(7)])];
  const checker = new CorruptionChecker({
    memberId: self,
    log,
    hash: async () => {
      const [next] = own;
      if (own.length > 1) own.shift();
      assert.ok(next !== undefined);
      return next;
    },
    compactionHashes: () => world.compactions ?? [],
    peerHashes: async (revision) => {
      asked.push(revision);
      return world.peers?.(revision) ?? [];
    },
    readBarrier: async () => {},
    raiseAlarm: (id) => void raised.push(id),
    requestTimeoutMs: 7_000,
  });
  return { checker, raised, asked, logged };
}

test('a member that starts is refused only by a different hash of the same compaction', async () => {
  const same = setUp({ peers: () => [peer(2n, answerOf(7))] });
  await same.checker.initialCheck();
  assert.deepEqual(same.asked, [10]);
  const other = answerOf(8, { compactRevision: 6 });
  await setUp({ peers: () => [peer(2n, other)] }).checker.initialCheck();
  const peers = (): PeerHash[] => [peer(2n, answerOf(8)), peer(3n, answerOf(7))];
  const words = /^Error: 1 found data inconsistency with peers$/;
  await assert.rejects(setUp({ peers }).checker.initialCheck(), words);
});

test('peers that lag, have compacted, are strangers or are away refuse nobody', async () => {
  const peers = (): PeerHash[] => [
    peer(2n, new EtcdError('FutureRev')),
    peer(3n, new EtcdError('Compacted')),
    peer(4n, new EtcdError('ClusterIDMismatch')),
    peer(5n, new Error('connect ECONNREFUSED')),
  ];
  const { checker, logged } = setUp({ peers });
  await checker.initialCheck();
  assert.deepEqual(logged, [
    'cannot fetch hash from slow remote peer',
    'cannot fetch hash from remote peer; local member is behind',
    'cluster ID mismatch',
  ]);
});

for (const [name, answer, isRaised] of [
  ['the same hash', answerOf(7), false],
  ['another hash of another compaction', answerOf(8, { compactRevision: 4 }), false],
  ['another hash of the same compaction', answerOf(8), true],
  ['a revision that the leader has not', answerOf(7, { revision: 13 }), true],
  ['a revision that came meanwhile', answerOf(7, { revision: 12 }), false],
  ['a compaction that the leader has not', answerOf(8, { compactRevision: 7 }), true],
  ['a compaction that came meanwhile', answerOf(8, { compactRevision: 6 }), false],
] as const) {
  test(`the leader ${isRaised ? 'raises an alarm for' : 'takes'} ${name}`, async () => {
    const later = answerOf(9, { revision: 12, hashRevision: 12, compactRevision: 6 });
    const own = [answerOf(7), later];
    const { checker, raised } = setUp({ own, peers: () => [peer(2n, answer)] });
    await checker.periodicCheck();
    assert.deepEqual(raised, isRaised ? [2n] : []);
  });
}

test('one pass raises one alarm: a leader that differs from itself comes first', async () => {
  const peers = (): PeerHash[] => [
    peer(2n, new Error('away')),
    peer(3n, answerOf(8)),
    peer(4n, answerOf(8)),
  ];
  const one = setUp({ peers });
  await one.checker.periodicCheck();
  assert.deepEqual(one.raised, [3n]);
  const own = setUp({ own: [answerOf(7), answerOf(6)], peers });
  await own.checker.periodicCheck();
  assert.deepEqual(own.raised, [self]);
});

function compaction(hash: number, hashRevision: number, compactRevision = 1): HashKvResult {
  return { hash, hashRevision, compactRevision };
}

for (const [name, hashes, alarms] of [
  ['nobody when all agree', [7, 7], []],
  ['the one that differs', [7, 8], [3n]],
  ['the leader when a quorum agrees without it', [8, 8], [self]],
  ['all that differ from a quorum', [7, 7, 8, 9], [4n, 5n]],
  ['the whole cluster without a quorum', [8, 9], [0n]],
  ['the whole cluster when one of two differs', [8], [0n]],
  ['the whole cluster when half of it differs', [7, 8, 8], [0n]],
] as const) {
  test(`a compaction of different outcome is held against ${name}`, async () => {
    const { checker, raised } = setUp({
      compactions: [compaction(7, 10)],
      peers: () =>
        hashes.map((hash, at) => peer(BigInt(at + 2), answerOf(hash, { compactRevision: 1 }))),
    });
    await checker.compactHashCheck();
    assert.deepEqual(raised, alarms);
  });
}

test('a member that does not answer counts for the quorum, but is not held to be wrong', async () => {
  const { checker, raised } = setUp({
    compactions: [compaction(7, 10)],
    peers: () => [
      peer(2n, answerOf(8, { compactRevision: 1 })),
      peer(3n, new Error('away')),
      peer(4n, answerOf(7, { compactRevision: 4 })),
    ],
  });
  await checker.compactHashCheck();
  assert.deepEqual(raised, [0n], 'neither of the two answers has a quorum of four behind it');
});

test('compactions are compared newest first until one was compared everywhere, then no more', async () => {
  const compactions = [compaction(7, 10), compaction(7, 20, 10), compaction(7, 30, 20)];
  const { checker, asked, raised } = setUp({
    compactions,
    peers: (revision) =>
      revision === 30
        ? [peer(2n, answerOf(9, { compactRevision: 30 }))]
        : [peer(2n, answerOf(7, { compactRevision: revision - 10 }))],
  });
  await checker.compactHashCheck();
  assert.deepEqual(asked, [30, 20]);
  await checker.compactHashCheck();
  assert.deepEqual(asked, [30, 20, 30], 'what was alike at 20 is not asked again');
  assert.deepEqual(raised, []);
});

test('alone in its cluster a member has nothing to compare', async () => {
  const { checker, raised } = setUp({ compactions: [compaction(7, 10)] });
  await checker.compactHashCheck();
  await checker.periodicCheck();
  await checker.initialCheck();
  assert.deepEqual(raised, []);
});
