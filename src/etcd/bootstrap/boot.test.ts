import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrashingDisk } from '../../../test/support/crashing-disk.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { noConfState } from '../../../test/support/raft-member.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import type { Config } from '../config/config.ts';
import { parseServerCommand } from '../config/server-command.ts';
import type { Disk } from '../io/disk.ts';
import { plainPeers } from '../peer/peer-dialer.ts';
import { encodeMetadata } from '../proto/generated/etcdserverpb.ts';
import { type Entry, EntryType } from '../proto/generated/raftpb.ts';
import { Wal } from '../wal/wal.ts';
import { boot, type StatePosition } from './boot.ts';
import type { Boot } from './booted.ts';
import { DataDir } from './data-dir.ts';
import { newClusterIdentity } from './new-cluster.ts';

const dir = new DataDir('/data', '');
const emptyState: StatePosition = { index: 0, term: 0, confState: noConfState };
const stateAt = (index: number, term: number): StatePosition => ({ ...emptyState, index, term });
const clock = new ManualClock();
const walOptions = { segmentBytes: 64 * 1024 };

function configOf(state: 'new' | 'existing' = 'new'): Config {
  const url = 'http://127.0.0.1:1';
  const flags = [
    '--name=a',
    '--data-dir=/data',
    `--initial-advertise-peer-urls=${url}`,
    `--initial-cluster=a=${url}`,
    `--initial-cluster-state=${state}`,
  ];
  const command = parseServerCommand(flags, {}, () => '');
  assert.equal(command.kind, 'config');
  return command.config;
}

/** The data directory itself is made, durably, before anything is looked for in it. */
async function newDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeDir('/data/member');
  for (const path of ['/', '/data', '/data/member']) await disk.syncDir(path);
  return disk;
}

function start(disk: Disk, state = emptyState, config = configOf()): Promise<Boot> {
  return boot({ config, dir, disk, state, dialer: plainPeers, clock, log: silentLog, walOptions });
}

const entriesOf = (term: number, from: number, to: number): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({
    type: EntryType.EntryNormal,
    term,
    index: from + i,
    data: new Uint8Array([term]),
  }));

const indexesOf = ({ entries }: Boot): string =>
  entries.map(({ index, term }) => `${index}@${term}`).join(' ');

test('a new cluster starts with one committed conf change for each member', async () => {
  const booted = await start(await newDisk());
  assert.equal(indexesOf(booted), '1@1');
  assert.deepEqual(booted.hardState, { term: 1, vote: 0n, commit: 1 });
  assert.equal(booted.memberId, newClusterIdentity(configOf()).memberId);
});

test('a restart continues with the log that is there, whatever the flags say', async () => {
  const disk = await newDisk();
  const first = await start(disk);
  await first.wal.append(entriesOf(2, 2, 4), { term: 2, vote: 1n, commit: 3 }, true);
  disk.crash();
  const again = await start(disk, stateAt(3, 2), configOf('existing'));
  assert.equal(indexesOf(again), '1@1 2@2 3@2 4@2');
  assert.deepEqual(again.hardState, { term: 2, vote: 1n, commit: 3 });
  assert.equal(again.memberId, first.memberId);
});

test('more learners than are allowed keep a member from starting', async () => {
  const disk = await newDisk();
  await (await start(disk)).wal.close();
  const confState = { ...noConfState, learners: [5n, 6n] };
  const withLearners = { ...stateAt(1, 1), confState };
  await assert.rejects(start(disk, withLearners), /too many learner members in cluster/);
  const config = { ...configOf(), learnersMax: 2 };
  await (await start(disk, withLearners, config)).wal.close();
});

test('a power loss at any operation of founding ends in the same cluster later', async () => {
  const counting = new CrashingDisk(await newDisk(), Infinity, seededRandom(0));
  await (await start(counting)).wal.close();
  assert.ok(counting.operations > 5);
  for (let crashAt = 1; crashAt <= counting.operations; crashAt += 1) {
    for (let seed = 1; seed <= 10; seed += 1) {
      const note = `crash at operation ${crashAt}, seed ${seed}`;
      const disk = await newDisk();
      const random = seededRandom(seed);
      await start(new CrashingDisk(disk, crashAt, random)).catch(() => undefined);
      disk.crash(random);
      const again = await start(disk);
      assert.equal(indexesOf(again), '1@1', note);
      assert.equal(again.hardState.commit, 1, note);
      assert.equal(again.entries[0]?.type, EntryType.EntryConfChange, note);
    }
  }
});

test('founding entries without their hard state were torn: they are written again', async () => {
  const disk = await newDisk();
  const { memberId, clusterId } = newClusterIdentity(configOf());
  const metadata = encodeMetadata({ NodeID: memberId, ClusterID: clusterId });
  const wal = await Wal.create(dir.wal, metadata, disk, walOptions);
  await wal.append(entriesOf(1, 1, 1), undefined, true);
  await wal.close();
  const booted = await start(disk);
  assert.deepEqual(booted.hardState, { term: 1, vote: 0n, commit: 1 });
  assert.equal(booted.entries[0]?.type, EntryType.EntryConfChange);
  await booted.wal.close();
  assert.equal(indexesOf(await start(disk)), '1@1');
});

test('an unfinished log of another cluster is refused', async () => {
  const disk = await newDisk();
  const metadata = encodeMetadata({ NodeID: 1n, ClusterID: 2n });
  await (await Wal.create(dir.wal, metadata, disk, walOptions)).close();
  await assert.rejects(start(disk), /belongs to another cluster or member/);
});

test('a state without its log is refused: votes and entries would be forgotten', async () => {
  await assert.rejects(start(await newDisk(), stateAt(5, 1)), /holds state up to log index 5/);
});

test('a state from a leader’s snapshot is ahead of the log: the log goes on behind it', async () => {
  const disk = await newDisk();
  const first = await start(disk);
  await first.wal.append(entriesOf(2, 2, 4), { term: 2, vote: 1n, commit: 2 }, true);
  await first.wal.close();
  const again = await start(disk, stateAt(90, 7));
  assert.deepEqual([again.snapshotIndex, again.snapshotTerm, indexesOf(again)], [90, 7, '']);
  assert.deepEqual(again.hardState, { term: 7, vote: 0n, commit: 90 });
  await again.wal.close();
  const third = await start(disk, stateAt(90, 7));
  assert.equal(third.snapshotIndex, 90, 'the marker is in the log now');
});

test('entries that a leader’s snapshot contradicts are not part of the log any more', async () => {
  const disk = await newDisk();
  const first = await start(disk);
  // Never committed: a leader of term 2 wrote them and was deposed.
  await first.wal.append(entriesOf(2, 2, 9), { term: 2, vote: 1n, commit: 1 }, true);
  await first.wal.close();
  const again = await start(disk, stateAt(5, 3));
  assert.deepEqual([again.snapshotIndex, again.snapshotTerm, indexesOf(again)], [5, 3, '']);
  assert.deepEqual(again.hardState, { term: 3, vote: 0n, commit: 5 });
});

test('the newest marker that the state has reached decides where the log is read from', async () => {
  const disk = await newDisk();
  const first = await start(disk);
  await first.wal.append(entriesOf(2, 2, 9), { term: 2, vote: 1n, commit: 9 }, true);
  await first.wal.saveSnapshot({ index: 4, term: 2, confState: noConfState });
  await first.wal.saveSnapshot({ index: 8, term: 2, confState: noConfState });
  await first.wal.close();
  // The machine lost its power after the second marker, and the state came back older than it.
  const again = await start(disk, stateAt(6, 2));
  assert.deepEqual([again.snapshotIndex, indexesOf(again)], [4, '5@2 6@2 7@2 8@2 9@2']);
});
