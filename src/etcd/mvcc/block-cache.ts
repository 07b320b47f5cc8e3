import type { Change } from './change.ts';
import {
  BlockList,
  type EntryForm,
  isBefore,
  isSameEnd,
  ListBlock,
  type Noted,
  ownKey,
} from './list-block.ts';

export type BlockCacheBounds = {
  readonly bytesMax: number;
  /** A block is closed when it has this many bytes. */
  readonly blockBytes: number;
  /** A list that reads fewer keys from the store leaves nothing here. */
  readonly keysMin: number;
  /** Old revisions whose own blocks are kept. */
  readonly revisionsMax: number;
};

/** Changed keys of a block that are read one by one when it is asked for again. */
const blockChangesMax = 32;
/** Changes while one list is read in pieces; after more of them it leaves nothing here any more. */
const fillChangesMax = 4_096;

/** What changed since a list in pieces began: what it reads is put here as of its own moment. */
export class Fill {
  readonly changes: Noted[] = [];
  isTooMuch = false;

  note(change: Noted): void {
    if (this.changes.length < fillChangesMax) this.changes.push(change);
    else this.isTooMuch = true;
  }
}

/**
 * Parts of lists as they were answered, so that the same list again is put together from a few
 * hundred views instead of two reads of the store per key. `current` has blocks of the newest
 * state, changed keys are read again when somebody asks; `past` has, for a few old revisions that
 * were listed, the blocks that `current` cannot answer for. Whoever is least recently used goes
 * first: the entries of a block, then its count.
 */
export class BlockCache {
  readonly bounds: BlockCacheBounds;
  readonly #current = new BlockList();
  readonly #past = new Map<number, BlockList>();
  readonly #fills = new Set<Fill>();
  #lastReader = 0;

  constructor(bounds: BlockCacheBounds) {
    this.bounds = bounds;
  }

  get sizeBytes(): number {
    let sum = this.#current.sizeBytes;
    for (const list of this.#past.values()) sum += list.sizeBytes;
    return sum;
  }

  /** A name for one reader: what the last readers used is dropped last. */
  newReader(): number {
    this.#lastReader++;
    return this.#lastReader;
  }

  /** Must hear of every change when it becomes visible to readers. */
  changed(changes: readonly Change[]): void {
    if (this.#current.blocks.length === 0 && this.#fills.size === 0) return;
    for (const { type, main: revision, key, keyValue, isCreate } of changes) {
      const delta = type === 1 ? -1 : isCreate ? 1 : 0;
      const isLong = keyValue.length > this.bounds.blockBytes;
      const change = { key, revision, delta, isLong };
      const block = this.#current.holding(key);
      if (block !== undefined) {
        const { sizeBytes } = block;
        block.note(change, blockChangesMax);
        this.#current.sizeBytes += block.sizeBytes - sizeBytes;
      }
      if (this.#fills.size === 0) continue;
      const noted = { ...change, key: ownKey(key) };
      for (const fill of this.#fills) fill.note(noted);
    }
  }

  /** Revisions below are not read any more. */
  compacted(revision: number): void {
    for (const old of this.#past.keys()) if (old < revision) this.#past.delete(old);
  }

  openFill(): Fill {
    const fill = new Fill();
    this.#fills.add(fill);
    return fill;
  }

  closeFill(fill: Fill): void {
    this.#fills.delete(fill);
  }

  /**
   * The first block that ends behind `key`, is exact at `revision` and has entries of this form
   * (none asked for: any block, for its count).
   */
  next(key: Uint8Array, revision: number, form: EntryForm | undefined): ListBlock | undefined {
    const current = firstUsable(this.#current, key, revision, form);
    const past = this.#past.get(revision);
    if (past === undefined) return current;
    const other = firstUsable(past, key, revision, form);
    if (current === undefined || other === undefined) return current ?? other;
    if (isBefore(key, current.from)) return isBefore(other.from, current.from) ? other : current;
    return current;
  }

  /** Blocks that follow one another. `fill`: they were read at a moment that may be over. */
  putCurrent(blocks: readonly ListBlock[], fill: Fill | undefined): void {
    const [first, last] = [blocks[0], blocks.at(-1)];
    if (first === undefined || last === undefined || fill?.isTooMuch === true) return;
    for (const change of fill?.changes ?? []) {
      const { key } = change;
      if (isBefore(key, first.from) || !isBefore(key, last.to)) continue;
      const block = blocks.find((each) => isBefore(key, each.to));
      block?.note(change, blockChangesMax);
    }
    this.#current.put(blocks);
  }

  putPast(blocks: readonly ListBlock[], revision: number): void {
    if (blocks.length === 0) return;
    const list = this.#past.get(revision) ?? new BlockList();
    // The one that was filled last is the last one to go.
    this.#past.delete(revision);
    this.#past.set(revision, list);
    list.put(blocks);
    for (const oldest of this.#past.keys()) {
      if (this.#past.size <= this.bounds.revisionsMax) break;
      this.#past.delete(oldest);
    }
  }

  /** Changes a block that `next` found. */
  change(block: ListBlock, how: () => void): void {
    const { sizeBytes } = block;
    how();
    const list = this.#listOf(block);
    if (list !== undefined) list.sizeBytes += block.sizeBytes - sizeBytes;
  }

  /** Replaces a block that `next` found by its parts. */
  split(block: ListBlock, parts: readonly ListBlock[]): void {
    const list = this.#listOf(block);
    if (list === undefined) return;
    list.sizeBytes -= block.sizeBytes;
    list.blocks.splice(list.blocks.indexOf(block), 1, ...parts);
    for (const part of parts) list.sizeBytes += part.sizeBytes;
  }

  /** Called when a reader has put down what it had in hand. */
  makeRoom(): void {
    const { bytesMax } = this.bounds;
    let excess = this.sizeBytes - bytesMax;
    if (excess <= 0) return;
    // More than needed at once: each time costs a look at every block.
    excess += bytesMax / 8;
    const lists = [this.#current, ...this.#past.values()];
    const all = lists.flatMap((list) => list.blocks).sort((a, b) => a.usedBy - b.usedBy);
    const dropped = new Set<ListBlock>();
    for (const block of all) {
      if (excess <= 0) break;
      excess -= block.sizeBytes;
      if (!block.hasEntries) {
        dropped.add(block);
        continue;
      }
      block.dropEntries();
      excess += block.sizeBytes;
    }
    for (const list of lists) {
      list.keep(mergeCounts(list.blocks.filter((block) => !dropped.has(block))));
    }
  }

  #listOf(block: ListBlock): BlockList | undefined {
    if (this.#current.holding(block.from) === block) return this.#current;
    for (const list of this.#past.values()) if (list.holding(block.from) === block) return list;
    return undefined;
  }
}

function firstUsable(
  list: BlockList,
  key: Uint8Array,
  revision: number,
  form: EntryForm | undefined,
): ListBlock | undefined {
  const { blocks } = list;
  for (let i = list.find(key); i < blocks.length; i++) {
    const block = blocks[i] as ListBlock;
    if (block.unchangedSince > revision) continue;
    if (form === undefined || block.has(form)) return block;
  }
  return undefined;
}

/** Neighbours of which only the counts are left become one. */
function mergeCounts(blocks: readonly ListBlock[]): ListBlock[] {
  const merged: ListBlock[] = [];
  for (const block of blocks) {
    const last = merged.at(-1);
    const joins =
      last !== undefined && !last.hasEntries && !block.hasEntries && isSameEnd(last.to, block.from);
    if (!joins) {
      merged.push(block);
      continue;
    }
    const unchangedSince = Math.max(last.unchangedSince, block.unchangedSince);
    const both = new ListBlock(last.from, block.to, last.count + block.count, unchangedSince);
    both.usedBy = Math.max(last.usedBy, block.usedBy);
    merged[merged.length - 1] = both;
  }
  return merged;
}
