import { pageBytes } from '../backend/prepare-file.ts';

/*
 * A page of lmdb's data format 2 as the binding writes it (little endian, 64 bits):
 *
 *   page number u64 | transaction u64 | unused u16 | flags u16 | lower u16, upper u16
 *   | { node's place u16 }… | gap | nodes                                 (branch and leaf)
 *   | … u32 pages instead of lower and upper, then a value's bytes        (overflow)
 *   | a meta record                                                      (pages 0 and 1)
 *
 * Places, lower and upper count from behind the header of 24 bytes. A node:
 *
 *   low u16 | high u16 | flags u16 | key's length u16 | key | value       (even length)
 *
 * In a leaf low and high are the value's length; with `bigData` the value is { first page u64,
 * transaction u64, pages u64 } of overflow pages, with `subData` the root of a table. In a branch
 * low, high and flags are the number of the page below; the first node's key is not used.
 *
 * A root of a tree:
 *
 *   page size u32 | flags u16 | depth u16 | branch pages u64 | leaf pages u64 | overflow pages u64
 *   | entries u64 | page u64
 *
 * Nothing here trusts a page: what does not fit is a reason, never an exception from a buffer.
 */
export const headerBytes = 24;
export const rootBytes = 48;
const nodeHeadBytes = 8;
const bodyBytes = pageBytes - headerBytes;
export const overflowRefBytes = 24;

export const pageFlag = { branch: 1, leaf: 2, overflow: 4, meta: 8 } as const;
const kindMask = 0x6f;
export const nodeFlag = { bigData: 1, subData: 2 } as const;

const TWO_32 = 2 ** 32;
const TWO_64 = 2 ** 64;

/** Exact up to 2^53; damage makes larger ones, which then are merely out of range. */
export function u64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * TWO_32 + bytes.readUInt32LE(at);
}

export type TreeRoot = {
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** undefined: the tree is empty. */
  readonly page: number | undefined;
};

export function readRoot(bytes: Buffer, at: number): TreeRoot {
  const page = u64(bytes, at + 40);
  return {
    depth: bytes.readUInt16LE(at + 6),
    branchPages: u64(bytes, at + 8),
    leafPages: u64(bytes, at + 16),
    overflowPages: u64(bytes, at + 24),
    entries: u64(bytes, at + 32),
    page: page >= TWO_64 - 2_048 ? undefined : page,
  };
}

export function pageNumberOf(page: Buffer): number {
  return u64(page, 0);
}

export function transactionOf(page: Buffer): number {
  return u64(page, 8);
}

export function flagsOf(page: Buffer): number {
  return page.readUInt16LE(18);
}

export function isLeaf(page: Buffer): boolean {
  return (flagsOf(page) & kindMask) === pageFlag.leaf;
}

/** Of an overflow page. */
export function overflowPagesOf(page: Buffer): number {
  return page.readUInt32LE(20);
}

/** How many pages a value of this length takes. */
export function overflowPagesFor(valueBytes: number): number {
  return Math.floor((headerBytes - 1 + valueBytes) / pageBytes) + 1;
}

export function keyCountOf(page: Buffer): number {
  return page.readUInt16LE(20) >> 1;
}

/** Offset of a node in its page. The page has no `nodeProblem`. */
export function nodeAt(page: Buffer, index: number): number {
  return headerBytes + page.readUInt16LE(headerBytes + 2 * index);
}

export function keyAt(page: Buffer, node: number): Buffer {
  const start = node + nodeHeadBytes;
  return page.subarray(start, start + page.readUInt16LE(node + 6));
}

/** The binding ends a table's name with a zero byte. */
export function tableNameAt(page: Buffer, node: number): string {
  return keyAt(page, node).toString('latin1').replace(/\0$/, '');
}

export function nodeFlagsAt(page: Buffer, node: number): number {
  return page.readUInt16LE(node + 4);
}

/** The page below, of a node in a branch. */
export function childAt(page: Buffer, node: number): number {
  return page.readUInt32LE(node) + page.readUInt16LE(node + 4) * TWO_32;
}

export function valueLengthAt(page: Buffer, node: number): number {
  return page.readUInt32LE(node);
}

/** Where the value, the overflow reference or the table's root starts, of a node in a leaf. */
export function valueStartAt(page: Buffer, node: number): number {
  return node + nodeHeadBytes + page.readUInt16LE(node + 6);
}

export type OverflowRef = {
  readonly page: number;
  readonly transaction: number;
  readonly pages: number;
};

export function overflowAt(page: Buffer, node: number): OverflowRef {
  const at = valueStartAt(page, node);
  return { page: u64(page, at), transaction: u64(page, at + 8), pages: u64(page, at + 16) };
}

/** Why a page cannot be read as the branch or leaf with this number; undefined when it can. */
export function nodePageProblem(page: Buffer, number: number): string | undefined {
  if (pageNumberOf(page) !== number) return `its header says page ${pageNumberOf(page)}`;
  const kind = flagsOf(page) & kindMask;
  if (kind !== pageFlag.branch && kind !== pageFlag.leaf) {
    return `its flags ${hex(flagsOf(page))} are neither a branch's nor a leaf's`;
  }
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  if (lower % 2 !== 0 || lower === 0 || lower > upper || upper > bodyBytes) {
    return `its bounds ${lower} and ${upper} are impossible`;
  }
  return nodesProblem(page, kind === pageFlag.leaf, upper);
}

function nodesProblem(page: Buffer, isLeafPage: boolean, upper: number): string | undefined {
  let bytes = 0;
  const count = keyCountOf(page);
  for (let i = 0; i < count; i++) {
    const place = page.readUInt16LE(headerBytes + 2 * i);
    if (place < upper || place % 2 !== 0 || place + nodeHeadBytes > bodyBytes) {
      return `element ${i} is at the impossible place ${place}`;
    }
    const node = headerBytes + place;
    const flags = page.readUInt16LE(node + 4);
    if (isLeafPage && flags > nodeFlag.subData)
      return `element ${i} has unknown flags ${hex(flags)}`;
    const length = nodeBytes(page, node, isLeafPage);
    if (place + length > bodyBytes) return `element ${i} ends behind the page`;
    bytes += length + (length & 1);
  }
  // lmdb leaves no gaps between elements, so others would overlap or be lost.
  if (bytes === bodyBytes - upper) return undefined;
  return `its elements take ${bytes} bytes of ${bodyBytes - upper}`;
}

function nodeBytes(page: Buffer, node: number, isLeafPage: boolean): number {
  const head = nodeHeadBytes + page.readUInt16LE(node + 6);
  if (!isLeafPage) return head;
  const flags = page.readUInt16LE(node + 4);
  if (flags === nodeFlag.bigData) return head + overflowRefBytes;
  return head + page.readUInt32LE(node);
}

export type KeyOrder = (a: Uint8Array, b: Uint8Array) => number;

/** Keys from `from` on and below `to`; undefined: no bound. */
export type KeyBounds = { readonly from: Buffer | undefined; readonly to: Buffer | undefined };

/**
 * Why the keys of a readable page cannot be where the page is. As each page's bounds lie within
 * those of the page above, pages that pass cannot lead back to themselves.
 */
export function keyOrderProblem(
  page: Buffer,
  { from, to }: KeyBounds,
  order: KeyOrder,
): string | undefined {
  const first = isLeaf(page) ? 0 : 1;
  const count = keyCountOf(page);
  let before = from;
  for (let i = first; i < count; i++) {
    const key = keyAt(page, nodeAt(page, i));
    // Only a leaf may begin with the very key that leads to it.
    const step = before === undefined ? 1 : order(key, before);
    if (step < 0 || (step === 0 && !(first === 0 && i === 0))) {
      const what = i === first ? 'where the page above says' : `behind element ${i - 1}`;
      return `the key of element ${i} does not sort ${what}`;
    }
    before = key;
  }
  if (to === undefined || before === undefined || count === first) return undefined;
  return order(before, to) < 0 ? undefined : 'its last key belongs to the next page';
}

/** Where the keys of the page below an element of a branch have to be. */
export function boundsBelow(page: Buffer, element: number, { from, to }: KeyBounds): KeyBounds {
  const isLast = element + 1 >= keyCountOf(page);
  return {
    from: element === 0 ? from : keyAt(page, nodeAt(page, element)),
    to: isLast ? to : keyAt(page, nodeAt(page, element + 1)),
  };
}

/** Why a page cannot be the first overflow page that a leaf refers to. */
export function overflowProblem(
  page: Buffer,
  ref: OverflowRef,
  valueBytes: number,
): string | undefined {
  if (pageNumberOf(page) !== ref.page) return `its header says page ${pageNumberOf(page)}`;
  if ((flagsOf(page) & kindMask) !== pageFlag.overflow) {
    return `its flags ${hex(flagsOf(page))} are not those of an overflow page`;
  }
  const needed = overflowPagesFor(valueBytes);
  if (overflowPagesOf(page) === needed && ref.pages === needed) return undefined;
  const found = `${overflowPagesOf(page)} in its header, ${ref.pages} in the leaf`;
  return `a value of ${valueBytes} bytes needs ${needed} pages, it has ${found}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
