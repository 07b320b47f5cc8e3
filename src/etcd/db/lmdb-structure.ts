import { compareBytes } from '../../base/bytes.ts';
import { Findings, type Place } from './findings.ts';
import { DamagedPage, type LmdbFile, type Meta } from './lmdb-file.ts';
import {
  boundsBelow,
  childAt,
  isLeaf,
  type KeyOrder,
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
  transactionOf,
  u64,
  valueLengthAt,
  valueStartAt,
} from './lmdb-page.ts';
import { type Below, depthMax, readOverflow, tablesName } from './lmdb-reads.ts';

const freeListName = 'free list';

/** What each page of the file is for, as far as it is known. */
const used = 1;
const free = 2;

export type StructureFigures = {
  /** Up to the last page of this state. */
  readonly pages: number;
  readonly usedPages: number;
  readonly freePages: number;
  /** Neither used nor free: lost until the store is written anew. */
  readonly leakedPages: number;
  readonly entries: number;
};

/**
 * Walks every page of one state of an lmdb file: trees with their order, depth and counts, values
 * in overflow pages, the free list, and that each page is exactly one of used and free.
 */
export function checkStructure(file: LmdbFile, meta: Meta, findings: Findings): StructureFigures {
  return new StructureCheck(file, meta, findings).run();
}

/** The pages that a whole state uses, besides the meta pages. */
export function usedPages(file: LmdbFile, meta: Meta): readonly number[] {
  const check = new StructureCheck(file, meta, new Findings());
  check.run();
  return check.used();
}

type Counts = { branches: number; leaves: number; overflow: number; entries: number };

class StructureCheck {
  readonly #file: LmdbFile;
  readonly #meta: Meta;
  readonly #findings: Findings;
  /** One byte per page: two megabytes for a file of eight gigabytes. */
  readonly #pages: Uint8Array;
  #entries = 0;

  constructor(file: LmdbFile, meta: Meta, findings: Findings) {
    this.#file = file;
    this.#meta = meta;
    this.#findings = findings;
    this.#pages = new Uint8Array(Math.min(meta.lastPage + 1, file.pageCount));
    this.#pages.fill(used, 0, 2);
  }

  run(): StructureFigures {
    const { freeList, tables } = this.#meta;
    this.#checkEnd();
    const roots: { name: string; root: TreeRoot }[] = [];
    this.#tree(tablesName, tables, compareBytes, (page, node, place) => {
      if (nodeFlagsAt(page, node) !== nodeFlag.subData) return this.#strayEntry(place);
      if (valueLengthAt(page, node) !== rootBytes) return this.#strayEntry(place);
      const name = tableNameAt(page, node);
      roots.push({ name, root: readRoot(page, valueStartAt(page, node)) });
    });
    for (const { name, root } of roots) this.#tree(name, root, compareBytes, this.#noTable);
    const entries = this.#entries;
    this.#tree(freeListName, freeList, compareIntegers, (page, node, place) => {
      this.#freeEntry(page, node, place);
    });
    return { ...this.#sum(), entries };
  }

  used(): readonly number[] {
    return [...this.#pages.keys()].filter(
      (number) => number >= 2 && ((this.#pages[number] as number) & used) !== 0,
    );
  }

  #checkEnd(): void {
    const { lastPage } = this.#meta;
    if (lastPage < this.#file.pageCount) return;
    // Free pages at the end need not be there; used ones are missed when they are read.
    const message = `the file ends at page ${this.#file.pageCount - 1}, the state at ${lastPage}`;
    this.#findings.waste('file-cut', { page: lastPage }, message);
  }

  #tree(name: string, root: TreeRoot, order: KeyOrder, visit: VisitEntry): void {
    const counts: Counts = { branches: 0, leaves: 0, overflow: 0, entries: 0 };
    if (root.page === undefined) return this.#compareCounts(name, root, counts);
    const stack: Below[] = [{ number: root.page, depth: 1, from: undefined, to: undefined }];
    let isWhole = true;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const page = this.#nodePage(name, root, at, order);
      if (page === undefined) {
        isWhole = false;
        continue;
      }
      if (isLeaf(page)) {
        counts.leaves += 1;
        isWhole = this.#leaf(name, at.number, page, counts, visit) && isWhole;
        continue;
      }
      counts.branches += 1;
      for (let i = keyCountOf(page) - 1; i >= 0; i--) {
        const number = childAt(page, nodeAt(page, i));
        stack.push({ number, depth: at.depth + 1, ...boundsBelow(page, i, at) });
      }
    }
    this.#entries += counts.entries;
    if (isWhole) this.#compareCounts(name, root, counts);
  }

  /** undefined: something is wrong with it, which is noted; nothing below it is looked at. */
  #nodePage(name: string, root: TreeRoot, at: Below, order: KeyOrder): Buffer | undefined {
    const place = { page: at.number, table: name };
    if (!this.#use(at.number, 1, place)) return undefined;
    const page = this.#read(at.number, place);
    if (page === undefined) return undefined;
    const problem =
      nodePageProblem(page, at.number) ??
      this.#ageProblem(page) ??
      depthProblem(page, at.depth, root.depth) ??
      keyOrderProblem(page, at, order);
    if (problem === undefined) return page;
    this.#findings.damage('page', place, problem);
    return undefined;
  }

  #leaf(name: string, number: number, page: Buffer, counts: Counts, visit: VisitEntry): boolean {
    let isWhole = true;
    for (let i = 0; i < keyCountOf(page); i++) {
      const node = nodeAt(page, i);
      const place = { page: number, table: name, element: i };
      counts.entries += 1;
      if (nodeFlagsAt(page, node) === nodeFlag.bigData) {
        const pages = this.#overflow(page, node, place);
        counts.overflow += pages;
        if (pages === 0) {
          isWhole = false;
          continue;
        }
      }
      visit(page, node, place);
    }
    return isWhole;
  }

  /** Returns how many pages it has; 0: something is wrong with it. */
  #overflow(page: Buffer, node: number, place: Place & { readonly element: number }): number {
    const ref = overflowAt(page, node);
    const at = { table: place.table ?? '', page: ref.page };
    const from = `element ${place.element} of page ${place.page}`;
    if (!this.#use(ref.page, ref.pages, at, from)) return 0;
    const first = this.#read(ref.page, at);
    if (first === undefined) return 0;
    const problem =
      overflowProblem(first, ref, valueLengthAt(page, node)) ?? this.#ageProblem(first);
    if (problem === undefined) return ref.pages;
    this.#findings.damage('page', at, `${problem} (value of ${from})`);
    return 0;
  }

  /** Marks pages as used; false when there are no such pages or somebody else uses them. */
  #use(first: number, count: number, place: Place, from?: string): boolean {
    const by = from === undefined ? '' : ` (value of ${from})`;
    if (!(first >= 2 && count >= 1 && first + count <= this.#pages.length)) {
      const pages = this.#pages.length;
      this.#findings.damage('reference', place, `there is no such page, there are ${pages}${by}`);
      return false;
    }
    for (let number = first; number < first + count; number++) {
      const state = this.#pages[number] as number;
      if ((state & free) !== 0) {
        this.#findings.damage('free-and-used', { ...place, page: number }, 'it is free and used');
      }
      if ((state & used) === 0) continue;
      const message = `it is used in another place already${by}`;
      this.#findings.damage('used-twice', { ...place, page: number }, message);
      return false;
    }
    for (let number = first; number < first + count; number++) {
      this.#pages[number] = (this.#pages[number] as number) | used;
    }
    return true;
  }

  #read(number: number, place: Place): Buffer | undefined {
    try {
      return this.#file.pages(number, 1);
    } catch (error) {
      if (!(error instanceof DamagedPage)) throw error;
      this.#findings.damage('page', place, error.message);
      return undefined;
    }
  }

  /** A write that this state does not know of went to one of its pages. */
  #ageProblem(page: Buffer): string | undefined {
    const { transaction } = this.#meta;
    const found = transactionOf(page);
    if (found <= transaction) return undefined;
    return `it was written by transaction ${found}, the state is that of ${transaction}`;
  }

  #compareCounts(name: string, root: TreeRoot, counts: Counts): void {
    const wrong = [
      ['branch pages', root.branchPages, counts.branches],
      ['leaf pages', root.leafPages, counts.leaves],
      ['overflow pages', root.overflowPages, counts.overflow],
      ['entries', root.entries, counts.entries],
    ].flatMap(([what, said, found]) => (said === found ? [] : [`${said} ${what}, not ${found}`]));
    if (wrong.length === 0) return;
    const message = `its root says ${wrong.join(', ')}`;
    this.#findings.damage('count', { table: name }, message);
  }

  #strayEntry(place: Place): void {
    this.#findings.damage('stray-entry', place, 'an entry that is no table');
  }

  readonly #noTable: VisitEntry = (page, node, place) => {
    if (nodeFlagsAt(page, node) === nodeFlag.subData) {
      this.#findings.damage('stray-table', place, 'a table inside a table');
    }
  };

  /*
   * An entry of the free list: transaction u64 → { count u64 | { page i64 }… }. A 0 is nothing; a
   * negative number −n says that the page behind it is the first of n.
   */
  #freeEntry(page: Buffer, node: number, place: Place): void {
    const key = keyAt(page, node);
    const transaction = key.length === 8 ? u64(key, 0) : Number.NaN;
    const where = { ...place, key: `transaction ${transaction}` };
    const list = this.#freeNumbers(page, node, where);
    if (list === undefined) return;
    let run = 1;
    for (let at = 8; at + 8 <= list.length; at += 8) {
      const number = list.readInt32LE(at + 4) * 2 ** 32 + list.readUInt32LE(at);
      if (number === 0) continue;
      if (number < 0) {
        run = -number;
        continue;
      }
      this.#freePages(number, run, where);
      run = 1;
    }
  }

  #freeNumbers(page: Buffer, node: number, where: Place): Buffer | undefined {
    let bytes: Uint8Array;
    if (nodeFlagsAt(page, node) === nodeFlag.bigData) {
      bytes = readOverflow(this.#file, page, node);
    } else {
      const start = valueStartAt(page, node);
      bytes = page.subarray(start, start + valueLengthAt(page, node));
    }
    const list = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const count = list.length < 8 ? 0 : u64(list, 0);
    if (list.length >= 8 && 8 * (count + 1) <= list.length)
      return list.subarray(0, 8 * (count + 1));
    const message = `an entry of ${list.length} bytes says that it names ${count} pages`;
    this.#findings.damage('free-list', where, message);
    return undefined;
  }

  #freePages(first: number, count: number, where: Place): void {
    for (let number = first; number < first + count; number++) {
      if (number < 2 || number > this.#meta.lastPage) {
        const message = `it names page ${number}, there are ${this.#meta.lastPage + 1}`;
        this.#findings.damage('free-list', where, message);
        return;
      }
      // The file may end before free pages.
      if (number >= this.#pages.length) continue;
      const state = this.#pages[number] as number;
      if ((state & free) !== 0) {
        this.#findings.waste('free-twice', { ...where, page: number }, 'it is free twice');
      }
      if ((state & used) !== 0) {
        this.#findings.damage('free-and-used', { ...where, page: number }, 'it is free and used');
      }
      this.#pages[number] = state | free;
    }
  }

  #sum(): Omit<StructureFigures, 'entries'> {
    let usedPages = 0;
    let freePages = 0;
    let leakedPages = 0;
    this.#pages.forEach((state, number) => {
      if ((state & used) !== 0) usedPages += 1;
      else if (state === free) freePages += 1;
      else {
        leakedPages += 1;
        this.#findings.waste('leaked', { page: number }, 'it is neither used nor free');
      }
    });
    return { pages: this.#pages.length, usedPages, freePages, leakedPages };
  }
}

type VisitEntry = (page: Buffer, node: number, place: Place & { readonly element: number }) => void;

function depthProblem(page: Buffer, depth: number, treeDepth: number): string | undefined {
  if (treeDepth > depthMax) return `the tree says that it is ${treeDepth} pages deep`;
  if (isLeaf(page) === (depth === treeDepth)) return undefined;
  const kind = isLeaf(page) ? 'leaf' : 'branch';
  return `a ${kind} at depth ${depth} of a tree of depth ${treeDepth}`;
}

function compareIntegers(a: Uint8Array, b: Uint8Array): number {
  return integerOf(a) - integerOf(b);
}

function integerOf(key: Uint8Array): number {
  return key.length === 8 ? u64(Buffer.from(key.buffer, key.byteOffset, 8), 0) : Number.NaN;
}
