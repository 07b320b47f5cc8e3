import { compareBytes } from '../../base/bytes.ts';
import { type Random, seededRandom } from '../../base/random.ts';

/** Keys from `from` up to, not including, `to`; without `to` all keys from `from` on. */
export type KeyRange = { readonly from: Uint8Array; readonly to: Uint8Array | undefined };

type Node<T> = {
  readonly range: KeyRange;
  readonly values: Set<T>;
  readonly priority: number;
  left: Node<T> | undefined;
  right: Node<T> | undefined;
  /** The largest end in this subtree; undefined when one of them is open. */
  maxTo: Uint8Array | undefined;
};

/**
 * Which ranges contain a key? A treap ordered by (from, to) whose nodes also know the largest end
 * below them. Equal ranges share a node: thousands of watchers on one prefix cost one comparison.
 */
export class RangeTree<T> {
  #root: Node<T> | undefined;
  /** Balance only: a fixed seed keeps runs repeatable, the shape never shows. */
  readonly #random: Random = seededRandom(1);

  get isEmpty(): boolean {
    return this.#root === undefined;
  }

  add(range: KeyRange, value: T): void {
    this.#root = this.#insert(this.#root, range, value);
  }

  remove(range: KeyRange, value: T): void {
    this.#root = remove(this.#root, range, value);
  }

  /** Visits every value whose range contains the key. The tree must not change meanwhile. */
  visitContaining(key: Uint8Array, visit: (value: T) => void): void {
    stab(this.#root, key, visit);
  }

  /** Whether any range contains the key. */
  covers(key: Uint8Array): boolean {
    return anyContaining(this.#root, key);
  }

  #insert(node: Node<T> | undefined, range: KeyRange, value: T): Node<T> {
    if (node === undefined) {
      const priority = this.#random.below(0x1_0000_0000);
      const values = new Set([value]);
      return { range, values, priority, left: undefined, right: undefined, maxTo: range.to };
    }
    const order = compareRanges(range, node.range);
    if (order === 0) {
      node.values.add(value);
      return node;
    }
    if (order < 0) {
      node.left = this.#insert(node.left, range, value);
      if (node.left.priority > node.priority) return rotateRight(node, node.left);
    } else {
      node.right = this.#insert(node.right, range, value);
      if (node.right.priority > node.priority) return rotateLeft(node, node.right);
    }
    update(node);
    return node;
  }
}

function stab<T>(node: Node<T> | undefined, key: Uint8Array, visit: (value: T) => void): void {
  if (node === undefined || !endsAfter(node.maxTo, key)) return;
  stab(node.left, key, visit);
  if (compareBytes(node.range.from, key) > 0) return;
  if (endsAfter(node.range.to, key)) for (const value of node.values) visit(value);
  stab(node.right, key, visit);
}

function anyContaining<T>(node: Node<T> | undefined, key: Uint8Array): boolean {
  if (node === undefined || !endsAfter(node.maxTo, key)) return false;
  if (anyContaining(node.left, key)) return true;
  if (compareBytes(node.range.from, key) > 0) return false;
  return endsAfter(node.range.to, key) || anyContaining(node.right, key);
}

function remove<T>(node: Node<T> | undefined, range: KeyRange, value: T): Node<T> | undefined {
  if (node === undefined) return undefined;
  const order = compareRanges(range, node.range);
  if (order === 0) {
    node.values.delete(value);
    return node.values.size === 0 ? merge(node.left, node.right) : node;
  }
  if (order < 0) node.left = remove(node.left, range, value);
  else node.right = remove(node.right, range, value);
  update(node);
  return node;
}

/** Joins two treaps; every range of `left` sorts before every range of `right`. */
function merge<T>(left: Node<T> | undefined, right: Node<T> | undefined): Node<T> | undefined {
  if (left === undefined) return right;
  if (right === undefined) return left;
  if (left.priority > right.priority) {
    left.right = merge(left.right, right);
    update(left);
    return left;
  }
  right.left = merge(left, right.left);
  update(right);
  return right;
}

function rotateRight<T>(node: Node<T>, left: Node<T>): Node<T> {
  node.left = left.right;
  left.right = node;
  update(node);
  update(left);
  return left;
}

function rotateLeft<T>(node: Node<T>, right: Node<T>): Node<T> {
  node.right = right.left;
  right.left = node;
  update(node);
  update(right);
  return right;
}

function update<T>(node: Node<T>): void {
  let maxTo = node.range.to;
  for (const child of [node.left, node.right]) {
    if (child === undefined || maxTo === undefined) continue;
    if (child.maxTo === undefined || compareBytes(child.maxTo, maxTo) > 0) maxTo = child.maxTo;
  }
  node.maxTo = maxTo;
}

function compareRanges(a: KeyRange, b: KeyRange): number {
  const order = compareBytes(a.from, b.from);
  if (order !== 0) return order;
  if (a.to === undefined) return b.to === undefined ? 0 : 1;
  return b.to === undefined ? -1 : compareBytes(a.to, b.to);
}

function endsAfter(to: Uint8Array | undefined, key: Uint8Array): boolean {
  return to === undefined || compareBytes(to, key) > 0;
}
