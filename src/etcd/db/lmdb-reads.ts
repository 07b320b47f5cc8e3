import { compareBytes } from '../../base/bytes.ts';
import type { Bucket, Entry, RangeOptions, ReadTxn } from '../backend/backend.ts';
import type { ValuePlace } from '../backend/value-place.ts';
import { DamagedPage, type LmdbFile, type Meta } from './lmdb-file.ts';
import {
  boundsBelow,
  childAt,
  headerBytes,
  isLeaf,
  type KeyBounds,
  keyAt,
  keyCountOf,
  keyOrderProblem,
  nodeAt,
  nodeFlag,
  nodeFlagsAt,
  nodePageProblem,
  overflowAt,
  overflowProblem,
  readRoot,
  rootBytes,
  type TreeRoot,
  tableNameAt,
  valueLengthAt,
  valueStartAt,
} from './lmdb-page.ts';

/** lmdb's own bound for the depth of a tree. */
export const depthMax = 32;
export const tablesName = 'table of tables';

export type ReadsOptions = {
  /** Called for what cannot be read, which is then left out; without it `DamagedPage` is thrown. */
  readonly onDamage?: (damage: DamagedPage, table: string) => void;
  /** What is to be left out though it may be readable. */
  readonly cut?: Cut | undefined;
};

/** A page, or some elements of a branch or leaf. Leaving out a page is damage as any other. */
export type Cut = {
  readonly page: number;
  readonly elements: { readonly from: number; readonly to: number } | undefined;
};

/** A page that another one refers to. */
export type Below = KeyBounds & { readonly number: number; readonly depth: number };

type Leaf = { readonly number: number; readonly page: Buffer };

/** The tables of one state of an lmdb file, read by our own code. Memory does not grow with them. */
export class LmdbReads implements ReadTxn {
  readonly #file: LmdbFile;
  readonly #options: ReadsOptions;
  readonly #roots: ReadonlyMap<string, TreeRoot>;
  /** Pages in memory that are known to be readable. */
  readonly #looked = new WeakSet<Buffer>();

  constructor(file: LmdbFile, meta: Meta, options: ReadsOptions = {}) {
    this.#file = file;
    this.#options = options;
    this.#roots = this.#readRoots(meta);
  }

  /** The names of all tables that are there. */
  get tables(): readonly string[] {
    return [...this.#roots.keys()];
  }

  root(table: string): TreeRoot | undefined {
    return this.#roots.get(table);
  }

  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    const page = this.#roots.get(bucket)?.page;
    if (page === undefined) return undefined;
    return this.#guarded(bucket, () => this.#find(page, key));
  }

  find(bucket: Bucket, key: Uint8Array, place: ValuePlace): boolean {
    return place.owned(this.get(bucket, key));
  }

  *range(
    bucket: Bucket,
    from: Uint8Array,
    to: Uint8Array | undefined,
    { reverse = false, limit = Number.POSITIVE_INFINITY }: RangeOptions = {},
  ): Iterable<Entry> {
    const root = this.#roots.get(bucket);
    if (root === undefined) return;
    let left = limit;
    for (const { number, page } of this.#leaves(bucket, root, from, to, reverse)) {
      const count = keyCountOf(page);
      for (let i = 0; i < count; i++) {
        const element = reverse ? count - 1 - i : i;
        const node = nodeAt(page, element);
        const key = keyAt(page, node);
        if (compareBytes(key, from) < 0) continue;
        if (to !== undefined && compareBytes(key, to) >= 0) continue;
        if (this.#isCut(number, element)) continue;
        const value = this.#guarded(bucket, () => this.#value(page, node));
        if (value === undefined) continue;
        if (left-- <= 0) return;
        yield [Uint8Array.from(key), value];
      }
    }
  }

  count(bucket: Bucket, from: Uint8Array, to: Uint8Array | undefined): number {
    let count = 0;
    for (const _ of this.range(bucket, from, to)) count += 1;
    return count;
  }

  /** Leaves with something of the range, in order. */
  *#leaves(
    table: string,
    root: TreeRoot,
    from: Uint8Array,
    to: Uint8Array | undefined,
    reverse: boolean,
  ): Iterable<Leaf> {
    if (root.page === undefined) return;
    const stack: Below[] = [{ number: root.page, depth: 0, from: undefined, to: undefined }];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const { number, depth } = at;
      const below = at;
      const page = this.#guarded(table, () => this.#orderedPage(below));
      if (page === undefined) continue;
      if (isLeaf(page)) {
        yield { number, page };
        continue;
      }
      const children: Below[] = [];
      const count = keyCountOf(page);
      for (let i = 0; i < count; i++) {
        const bounds = boundsBelow(page, i, at);
        if (bounds.to !== undefined && compareBytes(bounds.to, from) <= 0) continue;
        if (bounds.from !== undefined && to !== undefined && compareBytes(bounds.from, to) >= 0) {
          break;
        }
        if (this.#isCut(number, i)) continue;
        children.push({ number: childAt(page, nodeAt(page, i)), depth: depth + 1, ...bounds });
      }
      // The last one pushed is the next one read.
      stack.push(...(reverse ? children : children.reverse()));
    }
  }

  #find(root: number, key: Uint8Array): Uint8Array | undefined {
    let number = root;
    for (let depth = 0; ; depth++) {
      const page = this.#nodePage(number, depth);
      const found = lastNotAbove(page, key);
      if (isLeaf(page)) {
        if (found < 0) return undefined;
        const node = nodeAt(page, found);
        if (compareBytes(keyAt(page, node), key) !== 0) return undefined;
        return this.#isCut(number, found) ? undefined : this.#value(page, node);
      }
      const child = Math.max(found, 0);
      if (this.#isCut(number, child)) return undefined;
      number = childAt(page, nodeAt(page, child));
    }
  }

  #orderedPage(below: Below): Buffer {
    try {
      const page = this.#nodePage(below.number, below.depth);
      const problem = keyOrderProblem(page, below, compareBytes);
      if (problem !== undefined) throw new DamagedPage(below.number, problem);
      return page;
    } catch (error) {
      if (!(error instanceof DamagedPage)) throw error;
      const { from, to } = below;
      throw new DamagedPage(error.page, error.reason, { from, to });
    }
  }

  #isCut(page: number, element: number): boolean {
    const { cut } = this.#options;
    if (cut?.page !== page || cut.elements === undefined) return false;
    return element >= cut.elements.from && element <= cut.elements.to;
  }

  #assertNotCut(first: number, count: number): void {
    const { cut } = this.#options;
    if (cut === undefined || cut.elements !== undefined) return;
    if (cut.page >= first && cut.page < first + count) throw new DamagedPage(cut.page, 'cleared');
  }

  #nodePage(number: number, depth: number): Buffer {
    this.#assertNotCut(number, 1);
    if (depth >= depthMax) throw new DamagedPage(number, 'the tree above it is too deep');
    const page = this.#file.page(number);
    if (this.#looked.has(page)) return page;
    const problem = nodePageProblem(page, number);
    if (problem !== undefined) throw new DamagedPage(number, problem);
    this.#looked.add(page);
    return page;
  }

  #value(page: Buffer, node: number): Uint8Array {
    const length = valueLengthAt(page, node);
    if (nodeFlagsAt(page, node) !== nodeFlag.bigData) {
      const start = valueStartAt(page, node);
      return Uint8Array.from(page.subarray(start, start + length));
    }
    const ref = overflowAt(page, node);
    this.#assertNotCut(ref.page, ref.pages);
    return readOverflow(this.#file, page, node);
  }

  #readRoots({ tables }: Meta): ReadonlyMap<string, TreeRoot> {
    const roots = new Map<string, TreeRoot>();
    for (const { page } of this.#leaves(tablesName, tables, new Uint8Array(0), undefined, false)) {
      for (let i = 0; i < keyCountOf(page); i++) {
        const node = nodeAt(page, i);
        if (nodeFlagsAt(page, node) !== nodeFlag.subData) continue;
        if (valueLengthAt(page, node) !== rootBytes) continue;
        const name = tableNameAt(page, node);
        roots.set(name, readRoot(page, valueStartAt(page, node)));
      }
    }
    return roots;
  }

  #guarded<T>(table: string, read: () => T): T | undefined {
    const { onDamage } = this.#options;
    if (onDamage === undefined) return read();
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DamagedPage)) throw error;
      onDamage(error, table);
      return undefined;
    }
  }
}

/** A value in overflow pages, of a node that says so. */
export function readOverflow(file: LmdbFile, page: Buffer, node: number): Uint8Array {
  const length = valueLengthAt(page, node);
  const ref = overflowAt(page, node);
  const problem = overflowProblem(file.pages(ref.page, 1), ref, length);
  if (problem !== undefined) throw new DamagedPage(ref.page, problem);
  return file.pages(ref.page, ref.pages).subarray(headerBytes, headerBytes + length);
}

/** The last element whose key is not above this one; −1: all are. A branch's first has no key. */
function lastNotAbove(page: Buffer, key: Uint8Array): number {
  let low = isLeaf(page) ? 0 : 1;
  let high = keyCountOf(page) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (compareBytes(keyAt(page, nodeAt(page, middle)), key) <= 0) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}
