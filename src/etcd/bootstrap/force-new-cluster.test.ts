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
import {
  ConfChangeType,
  type ConfState,
  decodeConfChange,
  type Entry,
  EntryType,
  encodeConfChange,
} from '../proto/generated/raftpb.ts';
import { boot, type StatePosition } from './boot.ts';
import type { Boot } from './booted.ts';
import { DataDir } from './data-dir.ts';
import { newClusterIdentity } from './new-cluster.ts';

const urls = ['http://127.0.0.1:1', 'http://127.0.0.1:2', 'http://127.0.0.1:3'];

function configOf(...more: readonly string[]): Config {
  const flags = [
    '--name=m0',
    '--data-dir=/data',
    `--initial-advertise-peer-urls=${urls[0]}`,
    `--initial-cluster=${urls.map((url, i) => `m${i}=${url}`).join()}`,
    ...more,
  ];
  const command = parseServerCommand(flags, {}, () => '');
  assert.equal(command.kind, 'config');
  return command.config;
}

const { memberId: self, members } = newClusterIdentity(configOf());
const others = members.map(({ id }) => id).filter((id) => id !== self);
const empty: StatePosition = { index: 0, term: 0, confState: noConfState };

function start(disk: Disk, force: boolean, state = empty): Promise<Boot> {
  return boot({
    config: force ? configOf('--force-new-cluster') : configOf(),
    dir: new DataDir('/data', ''),
    disk,
    state,
    dialer: plainPeers,
    clock: new ManualClock(),
    log: silentLog,
    walOptions: { segmentBytes: 64 * 1024 },
  });
}

const normal = (term: number, index: number): Entry => ({
  type: EntryType.EntryNormal,
  term,
  index,
  data: new Uint8Array(3),
});

/** Three members, and entries 4 to 8 of which the first two are known to be committed. */
async function usedDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeDir('/data/member');
  for (const path of ['/', '/data', '/data/member']) await disk.syncDir(path);
  const { wal } = await start(disk, false);
  const entries = [4, 5, 6, 7, 8].map((index) => normal(2, index));
  await wal.append(entries, { term: 3, vote: 9n, commit: 5 }, true);
  await wal.close();
  return disk;
}

/** `add 1`, `remove 2`, of what was appended behind entry 8. */
function changesOf({ entries }: Boot): string[] {
  return entries
    .filter(({ index }) => index > 8)
    .map(({ data }) => {
      const { type, nodeId } = decodeConfChange(data);
      const verb = type === ConfChangeType.ConfChangeRemoveNode ? 'remove' : 'add';
      return `${verb} ${nodeId === self ? 'self' : nodeId}`;
    });
}

const removals = others.map((id) => `remove ${id}`);

test('all others are removed behind the end of the log, and all of it is committed', async () => {
  const booted = await start(await usedDisk(), true);
  assert.deepEqual(changesOf(booted), removals);
  assert.deepEqual(
    booted.entries.map(({ index }) => index),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  assert.deepEqual(booted.hardState, { term: 3, vote: 9n, commit: 10 });
  assert.equal(booted.memberId, self);
});

test('it is in the log: the next start needs no flag, and the flag again changes nothing', async () => {
  const disk = await usedDisk();
  await (await start(disk, true)).wal.close();
  for (const force of [false, true]) {
    const again = await start(disk, force);
    assert.deepEqual(changesOf(again), removals, `force ${force}`);
    assert.equal(again.hardState.commit, 10);
    await again.wal.close();
  }
});

test('a power loss at any operation leaves the old cluster or the new one, nothing between', async () => {
  const counting = new CrashingDisk(await usedDisk(), Infinity, seededRandom(0));
  await (await start(counting, true)).wal.close();
  const outcomes = new Set<string>();
  for (let crashAt = 1; crashAt <= counting.operations; crashAt += 1) {
    for (let seed = 1; seed <= 10; seed += 1) {
      const note = `crash at operation ${crashAt}, seed ${seed}`;
      const disk = await usedDisk();
      const random = seededRandom(seed);
      await start(new CrashingDisk(disk, crashAt, random), true).catch(() => undefined);
      disk.crash(random);
      const plain = await start(disk, false);
      const { commit } = plain.hardState;
      outcomes.add(commit === 10 ? 'new' : 'old');
      if (commit === 10) assert.deepEqual(changesOf(plain), removals, note);
      else assert.equal(commit, 5, note);
      await plain.wal.close();
      const forced = await start(disk, true);
      assert.equal(new Set(changesOf(forced)).size, 2, note);
      assert.equal(forced.hardState.commit, forced.entries.at(-1)?.index, note);
      await forced.wal.close();
    }
  }
  assert.deepEqual([...outcomes].toSorted(), ['new', 'old']);
});

test('changes after the state count: who was removed is not removed again', async () => {
  const disk = await usedDisk();
  const { wal } = await start(disk, false);
  const [first, second] = others as [bigint, bigint];
  const change = (index: number, type: number, nodeId: bigint): Entry => ({
    type: EntryType.EntryConfChange,
    term: 3,
    index,
    data: encodeConfChange({ type, nodeId }),
  });
  const { ConfChangeAddLearnerNode: learn, ConfChangeRemoveNode: remove } = ConfChangeType;
  const changes = [change(9, remove, first), change(10, learn, 3n)];
  await wal.append(changes, { term: 3, vote: 0n, commit: 10 }, true);
  await wal.close();
  const booted = await start(disk, true);
  const added = changesOf(booted).slice(2);
  assert.deepEqual(added, [`remove 3`, `remove ${second}`]);
});

test('a member that only learned, or that its log does not know, becomes a voter first', async () => {
  const confState = (learners: readonly bigint[]): ConfState => ({
    ...noConfState,
    voters: [5n],
    learners: [...learners],
  });
  for (const learners of [[self], []]) {
    const booted = await start(await usedDisk(), true, {
      index: 90,
      term: 7,
      confState: confState(learners),
    });
    assert.deepEqual(changesOf(booted), ['add self', 'remove 5']);
    const [added] = booted.entries;
    const context = Buffer.from(decodeConfChange(added?.data ?? new Uint8Array(0)).context);
    assert.match(context.toString(), learners.length > 0 ? /"isPromote":true/ : /localhost:2380/);
    assert.equal(booted.hardState.commit, 92);
  }
});
