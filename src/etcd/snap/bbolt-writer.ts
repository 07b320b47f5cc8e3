import { assert } from '../../base/assert.ts';
import { compareBytes, utf8Bytes } from '../../base/bytes.ts';
import { limits } from '../config/limits.ts';
import {
  BUCKET_ELEMENT,
  BUCKET_HEADER_BYTES,
  ELEMENT_BYTES,
  INLINE_BYTES_MAX,
  KEY_BYTES_MAX,
  META_PAGES,
  PAGE_BYTES,
  PAGE_HEADER_BYTES,
  PageFlag,
  writeMetaPage,
  writePageHeader,
  writeUint64,
} from './bbolt-format.ts';

/**
 * What becomes a bbolt file. It is read twice, once to plan and once to stream, and must say the
 * same both times: read it through one pinned transaction. Keys of a bucket ascend.
 */
export type BboltSource = {
  readonly buckets: readonly {
    readonly name: string;
    entries(): Iterable<readonly [Uint8Array, Uint8Array]>;
  }[];
};

/** The meta pages come first and name the root and the end, so both must be known beforehand. */
export type BboltPlan = { readonly sizeBytes: number; readonly rootPage: number };

/** Reads the source once, to learn the size of the file and where its root will be. */
export function planBbolt(source: BboltSource): BboltPlan {
  const counter = new PageCounter();
  const packing = packDatabase(source, counter);
  for (;;) {
    const step = packing.next();
    if (step.done === true) return planOf(counter, step.value);
  }
}

/** The same, giving the event loop a turn (`nextTurn`) every so many entries. */
export async function planBboltInTurns(
  source: BboltSource,
  nextTurn: () => Promise<void>,
): Promise<BboltPlan> {
  const counter = new PageCounter();
  const packing = packDatabase(source, counter);
  let entries = 0;
  let pages = counter.nextPage;
  for (;;) {
    const step = packing.next();
    if (step.done === true) return planOf(counter, step.value);
    entries += 1;
    const bytes = (counter.nextPage - pages) * PAGE_BYTES;
    if (entries < limits.bboltEntriesPerTurn && bytes < limits.bboltBytesPerTurn) continue;
    entries = 0;
    pages = counter.nextPage;
    await nextTurn();
  }
}

/**
 * The file, in pieces of about `limits.bboltChunkBytes` (more only for a larger value) whose total
 * is exactly `plan.sizeBytes`. Each piece is a buffer of its own that the caller may keep.
 */
export function* streamBbolt(source: BboltSource, plan: BboltPlan): Iterable<Uint8Array> {
  const writer = new PageWriter(plan);
  const packing = packDatabase(source, writer);
  for (;;) {
    const step = packing.next();
    yield* writer.takeFull();
    if (step.done !== true) continue;
    const { sizeBytes, rootPage } = planOf(writer, step.value);
    assert(
      sizeBytes === plan.sizeBytes && rootPage === plan.rootPage,
      'a bbolt source changed between plan and stream',
    );
    yield writer.takeRest();
    return;
  }
}

function planOf(pages: { readonly nextPage: number }, rootPage: number): BboltPlan {
  return { sizeBytes: pages.nextPage * PAGE_BYTES, rootPage };
}

/** Yields after every entry, so that whoever drives it can stop to send, or to let others run. */
function* packDatabase(source: BboltSource, sink: PageSink): Generator<void, number> {
  const buckets = source.buckets.map((bucket) => ({ bucket, name: utf8Bytes(bucket.name) }));
  buckets.sort((a, b) => compareBytes(a.name, b.name));
  const root = new TreePacker(sink);
  for (const { bucket, name } of buckets) {
    const tree = new TreePacker(sink);
    for (const [key, value] of bucket.entries()) {
      tree.add(key, value, 0);
      yield;
    }
    root.add(name, tree.finishAsValue(), BUCKET_ELEMENT);
  }
  return root.finish();
}

/** Where pages go, in ascending order of their ids. */
interface PageSink {
  readonly nextPage: number;
  /** Places a page of that many bytes and returns its id. */
  leaf(items: readonly LeafItem[], bytes: number): number;
  branch(children: ChildList, from: number, to: number, bytes: number): number;
}

type LeafItem = { readonly key: Uint8Array; readonly value: Uint8Array; readonly flags: number };

/**
 * Packs ascending entries into leaf pages as they come, then branch pages above them until one
 * page is left. An item larger than a page gets one of its own with overflow pages.
 */
class TreePacker {
  readonly #sink: PageSink;
  #items: LeafItem[] = [];
  #bytes = PAGE_HEADER_BYTES;
  #leaves = new ChildList();
  #lastKey: Uint8Array | undefined;

  constructor(sink: PageSink) {
    this.#sink = sink;
  }

  add(key: Uint8Array, value: Uint8Array, flags: number): void {
    assert(key.length > 0 && key.length <= KEY_BYTES_MAX, 'a bbolt key has 1 to 32768 bytes');
    const ascends = this.#lastKey === undefined || compareBytes(this.#lastKey, key) < 0;
    assert(ascends, 'the keys of a bbolt source ascend');
    const bytes = ELEMENT_BYTES + key.length + value.length;
    if (this.#items.length > 0 && this.#bytes + bytes > PAGE_BYTES) this.#endLeaf();
    this.#items.push({ key, value, flags });
    this.#bytes += bytes;
    this.#lastKey = key;
  }

  /** The tree as a bucket's value in its parent: inline when small, else its root's page id. */
  finishAsValue(): Uint8Array {
    if (this.#leaves.length > 0 || this.#bytes > INLINE_BYTES_MAX) {
      const value = Buffer.alloc(BUCKET_HEADER_BYTES);
      writeUint64(value, this.finish(), 0);
      return value;
    }
    const value = Buffer.alloc(BUCKET_HEADER_BYTES + this.#bytes);
    writeLeaf(value.subarray(BUCKET_HEADER_BYTES), 0, 0, this.#items);
    return value;
  }

  /** Places what is left and returns the page id of the root. */
  finish(): number {
    if (this.#items.length > 0 || this.#leaves.length === 0) this.#endLeaf();
    let level = this.#leaves;
    while (level.length > 1) level = this.#levelAbove(level);
    return level.pageOf(0);
  }

  #endLeaf(): void {
    const first = this.#items[0]?.key ?? new Uint8Array(0);
    this.#leaves.add(first, this.#sink.leaf(this.#items, this.#bytes));
    this.#items = [];
    this.#bytes = PAGE_HEADER_BYTES;
  }

  /** Every branch page gets at least two children: the last one never stays alone. */
  #levelAbove(children: ChildList): ChildList {
    const above = new ChildList();
    let from = 0;
    while (from < children.length) {
      let to = from;
      let bytes = PAGE_HEADER_BYTES;
      while (to < children.length) {
        const more = ELEMENT_BYTES + children.keyBytes(to);
        const isAlone = to === children.length - 1;
        if (to - from >= 2 && bytes + more > PAGE_BYTES && !isAlone) break;
        bytes += more;
        to += 1;
      }
      above.add(children.keyOf(from), this.#sink.branch(children, from, to, bytes));
      from = to;
    }
    return above;
  }
}

/** First key and page id of every page of one level, packed: a large file has millions of leaves. */
class ChildList {
  #keys = Buffer.allocUnsafe(1024);
  readonly #ends: number[] = [];
  readonly #pages: number[] = [];

  get length(): number {
    return this.#pages.length;
  }

  add(key: Uint8Array, page: number): void {
    const start = this.#ends.at(-1) ?? 0;
    const end = start + key.length;
    if (end > this.#keys.length) {
      const grown = Buffer.allocUnsafe(Math.max(end, this.#keys.length * 2));
      grown.set(this.#keys.subarray(0, start));
      this.#keys = grown;
    }
    this.#keys.set(key, start);
    this.#ends.push(end);
    this.#pages.push(page);
  }

  keyOf(i: number): Uint8Array {
    return this.#keys.subarray(this.#ends[i - 1] ?? 0, this.#ends[i]);
  }

  keyBytes(i: number): number {
    return (this.#ends[i] as number) - (this.#ends[i - 1] ?? 0);
  }

  pageOf(i: number): number {
    return this.#pages[i] as number;
  }
}

/** The plan's sink: only counts. */
class PageCounter implements PageSink {
  nextPage = META_PAGES;

  leaf(_items: readonly LeafItem[], bytes: number): number {
    return this.#place(bytes);
  }

  branch(_children: ChildList, _from: number, _to: number, bytes: number): number {
    return this.#place(bytes);
  }

  #place(bytes: number): number {
    const page = this.nextPage;
    this.nextPage += Math.ceil(bytes / PAGE_BYTES);
    return page;
  }
}

/** The stream's sink: pages in file order, gathered into pieces. */
class PageWriter implements PageSink {
  nextPage = 0;
  #full: Uint8Array[] = [];
  #piece = Buffer.alloc(limits.bboltChunkBytes);
  #used = 0;

  constructor(plan: BboltPlan) {
    const meta = {
      pageBytes: PAGE_BYTES,
      root: plan.rootPage,
      highWater: plan.sizeBytes / PAGE_BYTES,
    };
    // A copied database has its newest transaction in page 0 and the one before in page 1.
    writeMetaPage(this.#place(PAGE_BYTES), 0, { ...meta, txid: 2n });
    writeMetaPage(this.#place(PAGE_BYTES), 1, { ...meta, txid: 1n });
  }

  leaf(items: readonly LeafItem[], bytes: number): number {
    const id = this.nextPage;
    const page = this.#place(bytes);
    writeLeaf(page, id, page.length / PAGE_BYTES - 1, items);
    return id;
  }

  branch(children: ChildList, from: number, to: number, bytes: number): number {
    const id = this.nextPage;
    const page = this.#place(bytes);
    const overflow = page.length / PAGE_BYTES - 1;
    writePageHeader(page, { id, flags: PageFlag.branch, count: to - from, overflow });
    let element = PAGE_HEADER_BYTES;
    let at = PAGE_HEADER_BYTES + ELEMENT_BYTES * (to - from);
    for (let i = from; i < to; i += 1) {
      const key = children.keyOf(i);
      page.writeUInt32LE(at - element, element);
      page.writeUInt32LE(key.length, element + 4);
      writeUint64(page, children.pageOf(i), element + 8);
      page.set(key, at);
      at += key.length;
      element += ELEMENT_BYTES;
    }
    return id;
  }

  takeFull(): readonly Uint8Array[] {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  takeRest(): Uint8Array {
    return this.#piece.subarray(0, this.#used);
  }

  #place(bytes: number): Buffer {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    const size = pages * PAGE_BYTES;
    if (this.#used + size > this.#piece.length) {
      if (this.#used > 0) this.#full.push(this.#piece.subarray(0, this.#used));
      this.#piece = Buffer.alloc(Math.max(size, limits.bboltChunkBytes));
      this.#used = 0;
    }
    const page = this.#piece.subarray(this.#used, this.#used + size);
    this.#used += size;
    this.nextPage += pages;
    return page;
  }
}

function writeLeaf(page: Buffer, id: number, overflow: number, items: readonly LeafItem[]): void {
  writePageHeader(page, { id, flags: PageFlag.leaf, count: items.length, overflow });
  let element = PAGE_HEADER_BYTES;
  let at = PAGE_HEADER_BYTES + ELEMENT_BYTES * items.length;
  for (const { key, value, flags } of items) {
    page.writeUInt32LE(flags, element);
    page.writeUInt32LE(at - element, element + 4);
    page.writeUInt32LE(key.length, element + 8);
    page.writeUInt32LE(value.length, element + 12);
    page.set(key, at);
    page.set(value, at + key.length);
    at += key.length + value.length;
    element += ELEMENT_BYTES;
  }
}
