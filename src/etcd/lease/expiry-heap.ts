/** When to look at a lease next. Entries are not removed: the lessor knows which are out of date. */
export type ExpiryEntry = { readonly id: bigint; readonly atMs: number };

/** A binary heap, earliest first. */
export class ExpiryHeap {
  #entries: ExpiryEntry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  peek(): ExpiryEntry | undefined {
    return this.#entries[0];
  }

  push(entry: ExpiryEntry): void {
    const entries = this.#entries;
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = entries[parent] as ExpiryEntry;
      if (above.atMs <= entry.atMs) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = entry;
  }

  pop(): ExpiryEntry | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined || entries.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= entries.length) break;
      const right = entries[child + 1];
      if (right !== undefined && right.atMs < (entries[child] as ExpiryEntry).atMs) child++;
      const below = entries[child] as ExpiryEntry;
      if (below.atMs >= last.atMs) break;
      entries[at] = below;
      at = child;
    }
    entries[at] = last;
    return first;
  }

  clear(): void {
    this.#entries = [];
  }
}
