import type { Entry } from '../proto/generated/raftpb.ts';

type Batch<T> = { readonly firstIndex: number; readonly proposals: readonly T[] };

/**
 * What this member, as the leader, put into its own log and has not applied, by index. Another
 * leader can replace the end of the log, so what stands at an index counts only for an entry that
 * holds the very same bytes, not equal ones: then it is the entry that was made of it.
 */
export class OwnEntries<T extends { readonly bytes: Uint8Array }> {
  readonly #max: number;
  /** In the order of their indexes, which may overlap where the log was replaced. */
  readonly #batches: Batch<T>[] = [];
  #count = 0;

  /** More than `max` are not remembered: a leader that cannot commit goes on taking requests. */
  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#count;
  }

  /** They are now the last entries of the log, in this order. */
  appended(proposals: readonly T[], lastIndex: number): void {
    const firstIndex = lastIndex - proposals.length + 1;
    for (;;) {
      const last = this.#batches.at(-1);
      if (last === undefined || last.firstIndex < firstIndex) break;
      this.#batches.pop();
      this.#count -= last.proposals.length;
    }
    if (this.#count + proposals.length > this.#max) return;
    this.#batches.push({ firstIndex, proposals });
    this.#count += proposals.length;
  }

  /** To be asked in the order of the log: what stands at this index or before is forgotten soon. */
  take(entry: Entry): T | undefined {
    for (;;) {
      const batch = this.#batches[0];
      if (batch === undefined || entry.index < batch.firstIndex) return undefined;
      const at = entry.index - batch.firstIndex;
      if (at >= batch.proposals.length - 1) {
        this.#batches.shift();
        this.#count -= batch.proposals.length;
      }
      const proposal = batch.proposals[at];
      if (proposal !== undefined) return proposal.bytes === entry.data ? proposal : undefined;
    }
  }
}
