import { assert } from '../../../base/assert.ts';
import type { Entry, Snapshot } from '../../proto/generated/raftpb.ts';
import { entrySize } from '../entry.ts';

/**
 * The log of one member, in memory from the last compaction on.
 *
 *     base        writing    stable                    last
 *      │ compacted   │ on disk  │ being written, queued  │
 *      ├─────────────┼──────────┼────────────────────────┤
 *                applied ≤ applying ≤ min(committed, stable)
 *
 * Always: base ≤ applied ≤ committed ≤ last, and stable ≤ last. Committed may be ahead of stable: a
 * quorum of others can commit what this disk does not have yet.
 *
 * A received snapshot replaces the log at once; until it is installed nothing is applied.
 */
export class RaftLog {
  /** `#entries[#head + i]` has index `#base + 1 + i`; slots before the head are released. */
  #entries: Entry[];
  #head = 0;
  #base: number;
  #baseTerm: number;
  #stable: number;
  /** How far the write in progress reaches and still agrees with this log. */
  #writing: number;
  #committed: number;
  #applied: number;
  #applying: number;
  #pendingSnapshot: Snapshot | undefined;

  constructor(from: {
    readonly snapshotIndex: number;
    readonly snapshotTerm: number;
    readonly entries: readonly Entry[];
    readonly committed: number;
    readonly applied: number;
  }) {
    this.#base = from.snapshotIndex;
    this.#baseTerm = from.snapshotTerm;
    this.#entries = continuation(from);
    this.#stable = this.lastIndex;
    this.#writing = this.#stable;
    assert(from.applied >= this.#base, 'the state is older than the start of the log');
    assert(from.applied <= from.committed, 'more entries applied than committed');
    assert(from.committed <= this.lastIndex, 'the log ends before the commit index');
    this.#committed = from.committed;
    this.#applied = from.applied;
    this.#applying = from.applied;
  }

  /** Index of the first entry held; one more than last when there is none. */
  get firstIndex(): number {
    return this.#base + 1;
  }
  get lastIndex(): number {
    return this.#base + this.#entries.length - this.#head;
  }
  get lastTerm(): number {
    return this.#entries.length === this.#head
      ? this.#baseTerm
      : (this.#entries[this.#entries.length - 1] as Entry).term;
  }
  get stableIndex(): number {
    return this.#stable;
  }
  get committed(): number {
    return this.#committed;
  }
  get applied(): number {
    return this.#applied;
  }
  get hasPendingSnapshot(): boolean {
    return this.#pendingSnapshot !== undefined;
  }

  /** The term of the entry at `index`; undefined when it is compacted or not there yet. */
  termAt(index: number): number | undefined {
    if (index === this.#base) return this.#baseTerm;
    if (index < this.#base || index > this.lastIndex) return undefined;
    return this.entryAt(index).term;
  }

  entryAt(index: number): Entry {
    const entry = this.#entries[this.#head + index - this.#base - 1];
    assert(entry !== undefined && index > this.#base, 'no entry at this index');
    return entry;
  }

  /** True when a log that ends with this position has at least what this one has (paper, 5.4.1). */
  isUpToDate(lastTerm: number, lastIndex: number): boolean {
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex);
  }

  /** Entries from `from` on: at most `maxEntries`, at most `maxBytes`, but one if there is one. */
  entriesFrom(from: number, to: number, maxBytes: number, maxEntries: number): Entry[] {
    assert(from > this.#base, 'these entries are compacted');
    const start = this.#head + from - this.#base - 1;
    const limit = Math.min(this.#head + to - this.#base, start + maxEntries);
    let end = start;
    let bytes = 0;
    while (end < limit) {
      bytes += entrySize(this.#entries[end] as Entry);
      if (bytes > maxBytes && end > start) break;
      end += 1;
    }
    return this.#entries.slice(start, end);
  }

  /** For the leader: entries that continue this log. */
  append(entries: readonly Entry[]): void {
    for (const entry of entries) this.#entries.push(entry);
  }

  /**
   * For followers (paper, figure 2, AppendEntries 2 to 4): entries that follow `prevIndex`, whose
   * term is `prevTerm` at the leader. False when the logs differ there. What agrees stays, what
   * conflicts is replaced together with everything behind it.
   */
  maybeAppend(prevIndex: number, prevTerm: number, entries: readonly Entry[]): boolean {
    if (this.termAt(prevIndex) !== prevTerm) return false;
    let fresh = 0;
    while (fresh < entries.length && this.#holds(entries[fresh] as Entry)) fresh += 1;
    if (fresh === entries.length) return true;
    const keep = prevIndex + fresh;
    assert(keep >= this.#committed, 'a committed entry must not be replaced');
    if (keep < this.lastIndex) this.#truncateAfter(keep);
    this.append(fresh === 0 ? entries : entries.slice(fresh));
    return true;
  }

  /**
   * Moves the commit index forward; it never goes back. A leader only names what it knows this
   * member has, so an index beyond the log means that the disk lost acknowledged entries: going on
   * could elect leaders without them.
   */
  commitTo(index: number): void {
    if (index <= this.#committed) return;
    assert(
      index <= this.lastIndex,
      `commit ${index} is beyond the last index ${this.lastIndex}: the log has lost entries`,
    );
    this.#committed = index;
  }

  /**
   * The largest index ≤ `index` whose term is ≤ `term`, with its term (0 when it is compacted).
   * Both sides of a refused append use it to skip a whole term per round trip.
   */
  findConflictByTerm(
    index: number,
    term: number,
  ): { readonly index: number; readonly term: number } {
    let at = Math.min(index, this.lastIndex);
    for (; at > this.#base; at -= 1) {
      const own = this.entryAt(at).term;
      if (own <= term) return { index: at, term: own };
    }
    if (at === this.#base && this.#baseTerm <= term) return { index: at, term: this.#baseTerm };
    return { index: Math.max(0, Math.min(at, this.#base - 1)), term: 0 };
  }

  // Stable storage. The caller allows one write at a time, so what the disk holds when a write ends
  // is what that write contained; `#writing` says how much of it is still this log.

  takeUnstable(): { readonly entries: readonly Entry[]; readonly snapshot: Snapshot | undefined } {
    const entries =
      this.#stable === this.lastIndex
        ? []
        : this.#entries.slice(this.#head + this.#stable - this.#base);
    this.#writing = this.lastIndex;
    return { entries, snapshot: this.#pendingSnapshot };
  }

  get hasUnstable(): boolean {
    return this.#stable < this.lastIndex || this.#pendingSnapshot !== undefined;
  }

  /** The write that `takeUnstable` began is on disk. */
  wroteUnstable(snapshot: Snapshot | undefined): void {
    if (snapshot !== undefined) this.#installed(snapshot);
    if (this.#writing > this.#stable) this.#stable = this.#writing;
  }

  // Application.

  takeCommitted(maxBytes: number, maxEntries: number): Entry[] {
    if (this.#applying > this.#applied || this.#pendingSnapshot !== undefined) return [];
    const to = Math.min(this.#committed, this.#stable);
    if (to <= this.#applied) return [];
    const entries = this.entriesFrom(this.#applied + 1, to, maxBytes, maxEntries);
    this.#applying = this.#applied + entries.length;
    return entries;
  }

  get hasCommitted(): boolean {
    return (
      this.#applying <= this.#applied &&
      this.#pendingSnapshot === undefined &&
      Math.min(this.#committed, this.#stable) > this.#applied
    );
  }

  /** A late acknowledgement of entries that a snapshot has overtaken is ignored. */
  appliedTo(index: number): void {
    if (index <= this.#applied) return;
    assert(index <= this.#committed, `applied ${index} is beyond commit ${this.#committed}`);
    this.#applied = index;
    if (this.#applying < index) this.#applying = index;
  }

  /** Forgets entries up to `index`, which must be applied: nobody but slow followers needs them. */
  compact(index: number): void {
    if (index <= this.#base) return;
    assert(index <= this.#applied, 'entries that are not applied must stay in the log');
    const term = this.entryAt(index).term;
    const end = this.#head + index - this.#base;
    this.#entries.fill(released, this.#head, end);
    this.#head = end;
    this.#base = index;
    this.#baseTerm = term;
    // Moving the rest costs less than the slots released since the last time.
    if (this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Replaces the whole log by a snapshot that is ahead of it. */
  restore(snapshot: Snapshot): void {
    const { index, term } = positionOf(snapshot);
    this.#entries = [];
    this.#head = 0;
    this.#base = index;
    this.#baseTerm = term;
    this.#stable = index;
    this.#writing = index;
    this.#committed = index;
    this.#pendingSnapshot = snapshot;
  }

  #installed(snapshot: Snapshot): void {
    const { index } = positionOf(snapshot);
    if (this.#pendingSnapshot === snapshot) this.#pendingSnapshot = undefined;
    if (index <= this.#applied) return;
    this.#applied = index;
    this.#applying = index;
  }

  #holds(entry: Entry): boolean {
    return this.termAt(entry.index) === entry.term;
  }

  #truncateAfter(index: number): void {
    this.#entries.length = this.#head + index - this.#base;
    if (this.#stable > index) this.#stable = index;
    if (this.#writing > index) this.#writing = index;
  }
}

const released = {} as Entry;

/**
 * The entries that really continue the snapshot. Terms never go down within a log; where they do on
 * disk, the rest was written before the snapshot was received, which replaced it. Keeping such a
 * tail would make this member's log look older than it is, and its vote could go to a candidate
 * that lacks committed entries.
 */
function continuation(from: {
  readonly snapshotIndex: number;
  readonly snapshotTerm: number;
  readonly entries: readonly Entry[];
}): Entry[] {
  const kept: Entry[] = [];
  let term = from.snapshotTerm;
  for (const entry of from.entries) {
    if (entry.term < term) break;
    assert(entry.index === from.snapshotIndex + 1 + kept.length, 'the restored log has a gap');
    term = entry.term;
    kept.push(entry);
  }
  return kept;
}

function positionOf(snapshot: Snapshot): { readonly index: number; readonly term: number } {
  const metadata = snapshot.metadata;
  assert(metadata !== undefined, 'a snapshot has a position');
  return metadata;
}
