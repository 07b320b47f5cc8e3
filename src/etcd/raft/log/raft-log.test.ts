import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyBytes } from '../../../base/bytes.ts';
import type { Entry } from '../../proto/generated/raftpb.ts';
import { RaftLog } from './raft-log.ts';

function entry(term: number, index: number, bytes = 0): Entry {
  return { type: 0, term, index, data: bytes === 0 ? emptyBytes : new Uint8Array(bytes) };
}

function logOf(terms: readonly number[], committed = 0): RaftLog {
  return new RaftLog({
    snapshotIndex: 0,
    snapshotTerm: 0,
    entries: terms.map((term, i) => entry(term, i + 1)),
    committed,
    applied: 0,
  });
}

function terms(log: RaftLog): number[] {
  const all: number[] = [];
  for (let index = log.firstIndex; index <= log.lastIndex; index += 1) {
    all.push(log.entryAt(index).term);
  }
  return all;
}

test('a leftover of an older log behind a snapshot is not read back', () => {
  const log = new RaftLog({
    snapshotIndex: 10,
    snapshotTerm: 5,
    entries: [entry(2, 11), entry(2, 12)],
    committed: 10,
    applied: 10,
  });
  assert.equal(log.lastIndex, 10);
  assert.equal(log.lastTerm, 5);
});

test('entries that agree stay, a conflict replaces everything behind it', () => {
  const log = logOf([1, 1, 2, 2]);
  assert.equal(log.maybeAppend(1, 1, [entry(1, 2), entry(2, 3)]), true);
  assert.deepEqual(terms(log), [1, 1, 2, 2], 'a shorter message cuts nothing off');
  assert.equal(log.maybeAppend(2, 1, [entry(3, 3)]), true);
  assert.deepEqual(terms(log), [1, 1, 3]);
  assert.equal(log.maybeAppend(3, 2, [entry(3, 4)]), false, 'another term before it');
  assert.equal(log.maybeAppend(9, 3, []), false, 'a gap');
});

test('a committed entry cannot be replaced', () => {
  const log = logOf([1, 1], 2);
  assert.throws(() => log.maybeAppend(1, 1, [entry(2, 2)]), /committed/);
});

test('committing beyond the log stops the member', () => {
  assert.throws(() => logOf([1]).commitTo(2), /beyond/);
});

test('only what is stable is given out to apply', () => {
  const log = logOf([1, 1], 2);
  log.append([entry(1, 3)]);
  log.commitTo(3);
  assert.deepEqual(
    log.takeCommitted(Infinity, 100).map((e) => e.index),
    [1, 2],
  );
  log.appliedTo(2);
  assert.equal(log.hasCommitted, false);
  log.takeUnstable();
  log.wroteUnstable(undefined);
  assert.deepEqual(
    log.takeCommitted(Infinity, 100).map((e) => e.index),
    [3],
  );
});

test('a batch is bounded in bytes and entries, but a large entry passes alone', () => {
  const log = new RaftLog({
    snapshotIndex: 0,
    snapshotTerm: 0,
    entries: [entry(1, 1, 1000), entry(1, 2, 10), entry(1, 3, 10), entry(1, 4, 10)],
    committed: 4,
    applied: 0,
  });
  const indexes = (from: number, bytes: number, count: number): number[] =>
    log.entriesFrom(from, 4, bytes, count).map((e) => e.index);
  assert.deepEqual(indexes(1, 50, 10), [1]);
  assert.deepEqual(indexes(2, 80, 10), [2, 3]);
  assert.deepEqual(indexes(2, 1000, 1), [2]);
});

test('compaction keeps the position before the first entry, many times over', () => {
  const log = logOf(
    Array.from({ length: 100 }, (_, i) => 1 + Math.floor(i / 10)),
    100,
  );
  log.appliedTo(100);
  for (let index = 1; index <= 99; index += 7) {
    log.compact(index);
    assert.equal(log.firstIndex, index + 1);
    assert.equal(log.termAt(index), 1 + Math.floor((index - 1) / 10));
    assert.equal(log.termAt(index - 1), undefined);
    assert.equal(log.entryAt(index + 1).index, index + 1);
    assert.equal(log.lastIndex, 100);
  }
  log.compact(50);
  assert.equal(log.firstIndex, 100, 'going back is ignored');
});

test('what is not applied cannot be compacted', () => {
  assert.throws(() => logOf([1, 1], 2).compact(1), /applied/);
});

test('the hint for a refusal is the last entry that could agree', () => {
  const ascending = fc
    .array(fc.nat(2), { minLength: 1, maxLength: 20 })
    .map((steps) => steps.reduce<number[]>((all, step) => [...all, (all.at(-1) ?? 1) + step], []));
  fc.assert(
    fc.property(ascending, fc.nat(22), fc.nat(30), (list, index, term) => {
      const found = logOf(list).findConflictByTerm(index, term);
      let expected = 0;
      list.forEach((own, i) => {
        if (i + 1 <= index && own <= term) expected = i + 1;
      });
      assert.deepEqual(found, { index: expected, term: list[expected - 1] ?? 0 });
    }),
  );
});

/** The dumb twin of stable storage: a list of what the disk holds, written whole. */
test('what counts as stable is always on the disk, through overwriting and compaction', () => {
  const command = fc.record({ kind: fc.nat(5), a: fc.nat(30), b: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 80 }), (commands) => {
      const log = logOf([]);
      const disk = new Map<number, number>();
      let writing: readonly Entry[] | undefined;
      let term = 1;
      for (const { kind, a, b } of commands) {
        if (kind === 0) {
          log.append([entry(term, log.lastIndex + 1)]);
        } else if (kind === 1) {
          // A new leader replaces what is not committed.
          const prev = log.committed + (a % (log.lastIndex - log.committed + 1));
          term += 1;
          const fresh = Array.from({ length: b + 1 }, (_, i) => entry(term, prev + 1 + i));
          assert.equal(log.maybeAppend(prev, log.termAt(prev) as number, fresh), true);
        } else if (kind === 2 && writing === undefined && log.hasUnstable) {
          writing = log.takeUnstable().entries;
        } else if (kind === 3 && writing !== undefined) {
          const first = writing[0]?.index ?? Infinity;
          for (const index of disk.keys()) if (index >= first) disk.delete(index);
          for (const e of writing) disk.set(e.index, e.term);
          log.wroteUnstable(undefined);
          writing = undefined;
        } else if (kind === 4) {
          log.commitTo(log.committed + (a % (log.lastIndex - log.committed + 1)));
          const taken = log.takeCommitted(Infinity, b + 1);
          for (const e of taken) assert.equal(disk.get(e.index), e.term, 'applied from the disk');
          if (taken.length > 0) log.appliedTo(taken.at(-1)?.index as number);
        } else if (kind === 5 && log.applied > 0) {
          log.compact(Math.max(1, log.applied - b));
        }
        for (let index = log.firstIndex; index <= log.stableIndex; index += 1) {
          assert.equal(disk.get(index), log.termAt(index), `stable index ${index}`);
        }
      }
    }),
  );
});
