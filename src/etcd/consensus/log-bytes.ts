import type { Entry } from '../proto/generated/raftpb.ts';

/**
 * Bytes of the applied entries that raft still keeps in memory, batch by batch. etcd bounds its log
 * in memory by a number of entries only: a few thousand large values would fill a container.
 */
export class LogBytes {
  #batches: { readonly lastIndex: number; readonly bytes: number }[] = [];
  #oldest = 0;
  #total = 0;

  get total(): number {
    return this.#total;
  }

  applied(lastIndex: number, bytes: number): void {
    this.#batches.push({ lastIndex, bytes });
    this.#total += bytes;
  }

  /** The index up to which the log must be cut so that at most `bytesMax` remain; 0: nowhere. */
  cutFor(bytesMax: number): number {
    let index = 0;
    let total = this.#total;
    for (let at = this.#oldest; total > bytesMax; at += 1) {
      const batch = this.#batches[at];
      if (batch === undefined) break;
      total -= batch.bytes;
      index = batch.lastIndex;
    }
    return index;
  }

  /** Entries up to `index` are gone. */
  cut(index: number): void {
    for (;;) {
      const batch = this.#batches[this.#oldest];
      if (batch === undefined || batch.lastIndex > index) break;
      this.#total -= batch.bytes;
      this.#oldest += 1;
    }
    // Moved down in one go, now and then: shifting for every batch would copy them all each time.
    if (this.#oldest * 2 < this.#batches.length) return;
    this.#batches = this.#batches.slice(this.#oldest);
    this.#oldest = 0;
  }
}

export function sumOfBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const { data } of entries) bytes += data.length;
  return bytes;
}
