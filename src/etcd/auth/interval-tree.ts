import { compareBytes } from '../../base/bytes.ts';
import type { KeyRange } from './key-range.ts';

type Side = 'left' | 'right';

class Node {
  readonly range: KeyRange;
  left: Node | undefined;
  right: Node | undefined;
  parent: Node | undefined;
  isRed = true;

  constructor(range: KeyRange, parent: Node | undefined) {
    this.range = range;
    this.parent = parent;
  }

  /** The furthest end below and at this node. */
  get max(): Uint8Array | undefined {
    let max = this.range.to;
    for (const child of [this.left, this.right]) {
      const end = child === undefined ? this.range.to : child.max;
      if (compareEnds(end, max) > 0) max = end;
    }
    return max;
  }
}

/**
 * The red-black interval tree of "Introduction to Algorithms", chapters 13 and 14, searched as etcd
 * does. For a range that ends before it starts, and so has no keys, what etcd finds depends on the
 * shape of its tree. Members must agree on that too: a refused transaction changes nothing at all.
 * Nobody asks for such ranges, so it is not made to be fast.
 */
export class IntervalTree {
  #root: Node | undefined;

  /** In the order of their insertion, which decides the shape. */
  constructor(ranges: readonly KeyRange[]) {
    for (const range of ranges) this.#insert(range);
  }

  /** Whether what is found for the range covers it without a gap. */
  covers(asked: KeyRange): boolean {
    let first: KeyRange | undefined;
    let end: Uint8Array | undefined;
    let hasGap = false;
    visit(this.#root, asked, (range) => {
      if (first === undefined) {
        first = range;
        end = range.to;
        return true;
      }
      hasGap = end !== undefined && compareBytes(end, range.from) < 0;
      if (!hasGap && compareEnds(range.to, end) > 0) end = range.to;
      return !hasGap;
    });
    if (first === undefined || hasGap || compareEnds(end, asked.to) < 0) return false;
    return compareBytes((first as KeyRange).from, asked.from) <= 0;
  }

  #insert(range: KeyRange): void {
    let parent: Node | undefined;
    for (let at = this.#root; at !== undefined; ) {
      parent = at;
      at = at[sideOf(range, at.range)];
    }
    const node = new Node(range, parent);
    if (parent === undefined) this.#root = node;
    else parent[sideOf(range, parent.range)] = node;
    this.#fixUp(node);
  }

  /** Restores that no red node has a red child. */
  #fixUp(inserted: Node): void {
    let node = inserted;
    for (;;) {
      const { parent } = node;
      const grand = parent?.parent;
      if (parent?.isRed !== true || grand === undefined) break;
      const side: Side = parent === grand.left ? 'left' : 'right';
      const uncle = grand[other(side)];
      grand.isRed = true;
      if (uncle?.isRed === true) {
        uncle.isRed = false;
        parent.isRed = false;
        node = grand;
        continue;
      }
      const isInner = node === parent[other(side)];
      if (isInner) this.#rotate(parent, side);
      (isInner ? node : parent).isRed = false;
      this.#rotate(grand, other(side));
      break;
    }
    if (this.#root !== undefined) this.#root.isRed = false;
  }

  /** Moves the node down to `side`; its child on the other side takes its place. */
  #rotate(node: Node, side: Side): void {
    const child = node[other(side)];
    if (child === undefined) return;
    const inner = child[side];
    node[other(side)] = inner;
    if (inner !== undefined) inner.parent = node;
    const { parent } = node;
    child.parent = parent;
    if (parent === undefined) this.#root = child;
    else parent[parent.left === node ? 'left' : 'right'] = child;
    child[side] = node;
    node.parent = child;
  }
}

function other(side: Side): Side {
  return side === 'left' ? 'right' : 'left';
}

function sideOf(range: KeyRange, at: KeyRange): Side {
  const order = compareBytes(range.from, at.from) || compareEnds(range.to, at.to);
  return order < 0 ? 'left' : 'right';
}

/** False: the visitor wants no more. */
function visit(
  node: Node | undefined,
  asked: KeyRange,
  found: (range: KeyRange) => boolean,
): boolean {
  if (node === undefined) return true;
  const order = compareRanges(asked, node.range);
  if (order < 0) return visit(node.left, asked, found);
  if (order > 0) {
    const below = { from: node.range.from, to: node.max };
    if (compareRanges(below, asked) !== 0) return true;
    return visit(node.left, asked, found) && visit(node.right, asked, found);
  }
  return visit(node.left, asked, found) && found(node.range) && visit(node.right, asked, found);
}

/** 0 when they overlap. */
function compareRanges(a: KeyRange, b: KeyRange): number {
  const endsBefore = a.to !== undefined && compareBytes(a.to, b.from) <= 0;
  if (compareBytes(a.from, b.from) < 0 && endsBefore) return -1;
  return b.to !== undefined && compareBytes(a.from, b.to) >= 0 ? 1 : 0;
}

function compareEnds(a: Uint8Array | undefined, b: Uint8Array | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareBytes(a, b);
}
