import { compareBytes } from '../../base/bytes.ts';
import { IntervalTree } from './interval-tree.ts';
import { isOpenEnd, type KeyRange } from './key-range.ts';

/** A union of ranges, kept as the fewest disjoint ones: ranges that touch are one. */
export class KeyRanges {
  /** Ascending. */
  readonly #ranges: readonly KeyRange[];
  readonly #unmerged: readonly KeyRange[];
  #tree: IntervalTree | undefined;

  constructor(ranges: readonly KeyRange[]) {
    this.#ranges = merged(ranges);
    this.#unmerged = ranges;
  }

  hasKey(key: Uint8Array): boolean {
    const range = this.#startingAtOrBefore(key);
    return range !== undefined && isBefore(key, range.to);
  }

  /**
   * Whether all keys of the range are in here; for a range that ends before it starts, what etcd
   * says.
   */
  hasRange(key: Uint8Array, rangeEnd: Uint8Array): boolean {
    if (rangeEnd.length === 0) return this.hasKey(key);
    if (!isOpenEnd(rangeEnd) && compareBytes(rangeEnd, key) <= 0) {
      this.#tree ??= new IntervalTree(this.#unmerged);
      return this.#tree.covers({ from: key, to: rangeEnd });
    }
    const range = this.#startingAtOrBefore(key);
    if (range === undefined || !isBefore(key, range.to)) return false;
    if (range.to === undefined) return true;
    return !isOpenEnd(rangeEnd) && compareBytes(rangeEnd, range.to) <= 0;
  }

  #startingAtOrBefore(key: Uint8Array): KeyRange | undefined {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes((this.#ranges[middle] as KeyRange).from, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return this.#ranges[low - 1];
  }
}

function merged(ranges: readonly KeyRange[]): KeyRange[] {
  const sorted = ranges
    .filter(({ from, to }) => isBefore(from, to))
    .sort((a, b) => compareBytes(a.from, b.from));
  const result: KeyRange[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last === undefined || !reaches(last.to, range.from)) {
      result.push(range);
    } else if (last.to !== undefined && (range.to === undefined || isBefore(last.to, range.to))) {
      result[result.length - 1] = { from: last.from, to: range.to };
    }
  }
  return result;
}

function isBefore(key: Uint8Array, end: Uint8Array | undefined): boolean {
  return end === undefined || compareBytes(key, end) < 0;
}

function reaches(end: Uint8Array | undefined, start: Uint8Array): boolean {
  return end === undefined || compareBytes(start, end) <= 0;
}
