import { compareBytes, equalBytes } from '../../base/bytes.ts';
import type { EntryRun } from './entry-run.ts';

/** Which entries: with values, or as `keys_only` answers them. */
export type EntryForm = 'full' | 'keys';

/** A change of a key: of the number of keys, and whether it has more bytes than a block. */
export type Noted = {
  readonly key: Uint8Array;
  readonly revision: number;
  readonly delta: number;
  readonly isLong: boolean;
};

/** What the objects and arrays around a block's bytes take, roughly. */
const overheadBytes = 512;

/**
 * What is known of all keys in [from, to): their number, and perhaps their entries. Exact at every
 * revision from `unchangedSince` to the newest (in the cache's lists of old revisions: at the one
 * revision of that list).
 */
export class ListBlock {
  readonly from: Uint8Array;
  /** undefined: to the end. */
  readonly to: Uint8Array | undefined;
  count: number;
  unchangedSince: number;
  full: EntryRun | undefined;
  keys: EntryRun | undefined;
  /** Keys that changed since the entries were made, each one once. Empty without entries. */
  changed: Uint8Array[] = [];
  /** The reader that used it last. */
  usedBy = 0;

  constructor(from: Uint8Array, to: Uint8Array | undefined, count: number, unchangedSince: number) {
    this.from = from;
    this.to = to;
    this.count = count;
    this.unchangedSince = unchangedSince;
  }

  get sizeBytes(): number {
    return overheadBytes + (this.full?.sizeBytes ?? 0) + (this.keys?.sizeBytes ?? 0);
  }

  get hasEntries(): boolean {
    return this.full !== undefined || this.keys !== undefined;
  }

  has(form: EntryForm): boolean {
    return this.full !== undefined || (form === 'keys' && this.keys !== undefined);
  }

  dropEntries(): void {
    this.full = undefined;
    this.keys = undefined;
    this.changed = [];
  }

  /** `changesMax`: with more changed keys reading all of them anew is as cheap. */
  note({ key, revision, delta, isLong }: Noted, changesMax: number): void {
    this.unchangedSince = revision;
    this.count += delta;
    if (!this.hasEntries) return;
    // What was changed is read at once: long values only in pieces, as what is not known here.
    if (isLong) return this.dropEntries();
    if (this.changed.some((known) => equalBytes(known, key))) return;
    if (this.changed.length < changesMax) this.changed.push(ownKey(key));
    else this.dropEntries();
  }
}

/**
 * What stays here must not hold on to the memory around it: keys are views of requests, of log
 * entries and of shared buffers.
 */
export function ownKey(key: Uint8Array): Uint8Array {
  return new Uint8Array(key);
}

/** Whether `key` is before the end `to`. */
export function isBefore(key: Uint8Array, to: Uint8Array | undefined): boolean {
  return to === undefined || compareBytes(key, to) < 0;
}

export function isSameEnd(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || compareBytes(a, b) === 0;
}

/** Blocks of disjoint intervals in key order. */
export class BlockList {
  blocks: ListBlock[] = [];
  sizeBytes = 0;
  /** Where the last search ended: the next one often goes on there. */
  #hint = 0;

  /** The position of the first block that ends behind `key`: it holds it or comes after it. */
  find(key: Uint8Array): number {
    const { blocks } = this;
    if (blocks[this.#hint]?.from === key) return this.#hint++;
    let low = 0;
    let high = blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes((blocks[middle] as ListBlock).from, key) <= 0) low = middle + 1;
      else high = middle;
    }
    // `low` is the first one that starts behind the key; the one before it may hold it.
    if (low > 0 && isBefore(key, (blocks[low - 1] as ListBlock).to)) low--;
    this.#hint = low + 1;
    return low;
  }

  holding(key: Uint8Array): ListBlock | undefined {
    const block = this.blocks[this.find(key)];
    return block !== undefined && compareBytes(block.from, key) <= 0 ? block : undefined;
  }

  /** Changes a block in place. */
  change(block: ListBlock, how: () => void): void {
    this.sizeBytes -= block.sizeBytes;
    how();
    this.sizeBytes += block.sizeBytes;
  }

  /**
   * Takes blocks that follow one another without a gap. What older blocks know beyond their ends
   * is kept where it still can be told.
   */
  put(fresh: readonly ListBlock[]): void {
    const first = fresh[0];
    const last = fresh.at(-1);
    if (first === undefined || last === undefined) return;
    const start = this.find(first.from);
    let end = start;
    while (end < this.blocks.length) {
      if (!isBefore((this.blocks[end] as ListBlock).from, last.to)) break;
      end++;
    }
    const replaced = this.blocks.slice(start, end);
    const kept = remainders(replaced, fresh, first.from, last.to);
    const all = [...kept.before, ...fresh, ...kept.behind];
    for (const block of replaced) this.sizeBytes -= block.sizeBytes;
    for (const block of all) this.sizeBytes += block.sizeBytes;
    this.blocks.splice(start, replaced.length, ...all);
  }

  /** Keeps these only, in the order they have. */
  keep(blocks: ListBlock[]): void {
    this.blocks = blocks;
    this.sizeBytes = blocks.reduce((sum, block) => sum + block.sizeBytes, 0);
    this.#hint = 0;
  }
}

/** What is left of overwritten blocks on both sides: only their counts. */
function remainders(
  replaced: readonly ListBlock[],
  fresh: readonly ListBlock[],
  from: Uint8Array,
  to: Uint8Array | undefined,
): { before: ListBlock[]; behind: ListBlock[] } {
  const kept: { before: ListBlock[]; behind: ListBlock[] } = { before: [], behind: [] };
  // With changes not read yet the fresh entries do not tell how many keys there are now.
  if (fresh.some((block) => block.changed.length > 0)) return kept;
  const first = replaced[0];
  const last = replaced.at(-1);
  if (first !== undefined && compareBytes(first.from, from) < 0 && endsBy(first.to, to)) {
    const inside = countIn(fresh, from, first.to);
    if (inside !== undefined) kept.before.push(counted(first, first.from, from, inside));
  }
  if (last !== undefined && to !== undefined && compareBytes(last.from, from) >= 0) {
    if (!endsBy(last.to, to)) {
      const inside = countIn(fresh, last.from, to);
      if (inside !== undefined) kept.behind.push(counted(last, to, last.to, inside));
    }
  }
  return kept;
}

function endsBy(end: Uint8Array | undefined, to: Uint8Array | undefined): boolean {
  if (to === undefined) return true;
  return end !== undefined && compareBytes(end, to) <= 0;
}

/** A part of a block that has all of its keys but `others`. */
function counted(
  whole: ListBlock,
  from: Uint8Array,
  to: Uint8Array | undefined,
  others: number,
): ListBlock {
  const block = new ListBlock(from, to, whole.count - others, whole.unchangedSince);
  block.usedBy = whole.usedBy;
  return block;
}

function countIn(
  blocks: readonly ListBlock[],
  from: Uint8Array,
  to: Uint8Array | undefined,
): number | undefined {
  let count = 0;
  for (const block of blocks) {
    const run = block.full ?? block.keys;
    if (run === undefined) return undefined;
    const [first, end] = span(run, block, from, to);
    count += Math.max(0, end - first);
  }
  return count;
}

/** The positions in a block's run of the keys in [from, to). */
export function span(
  run: EntryRun,
  block: ListBlock,
  from: Uint8Array,
  to: Uint8Array | undefined,
): [first: number, end: number] {
  const first = compareBytes(block.from, from) >= 0 ? 0 : run.countBelow(from);
  const end = to === undefined || endsBy(block.to, to) ? run.length : run.countBelow(to);
  return [first, end];
}
