import type { Message } from '../proto/generated/raftpb.ts';
import type { Tracker } from './progress/tracker.ts';

/** A read and the commit index at the moment when the leader accepted it. */
export type PendingRead = { readonly request: Message; readonly index: number };

/**
 * Linearizable reads without log entries (dissertation section 6.4). Reads are numbered from 1 in
 * each leadership; heartbeats carry the number of the newest one, and an answer that echoes n
 * confirms that this leader was still followed after read n was accepted, hence all reads up to n.
 */
export class ReadOnly {
  readonly #limit: number;
  readonly #acks = new Map<bigint, number>();
  /** Accepted in this leadership, oldest first, numbered from `#confirmed + 1`. */
  #unconfirmed: PendingRead[] = [];
  #confirmed = 0;
  /** Came before the first commit of the term, when the commit index may still be too old. */
  #postponed: Message[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.#unconfirmed.length + this.#postponed.length >= this.#limit;
  }

  postpone(request: Message): void {
    this.#postponed.push(request);
  }

  takePostponed(): readonly Message[] {
    const taken = this.#postponed;
    if (taken.length > 0) this.#postponed = [];
    return taken;
  }

  /** The leader itself acknowledges at once. */
  add(request: Message, commitIndex: number, self: bigint): void {
    this.#unconfirmed.push({ request, index: commitIndex });
    this.#acks.set(self, this.#newest());
  }

  acknowledge(from: bigint, context: Uint8Array): void {
    const count = decodeReadCount(context);
    // Nobody can confirm what was not sent: a foreign context must not reach beyond the newest
    // read.
    if (count === undefined || count > this.#newest()) return;
    if (count > (this.#acks.get(from) ?? 0)) this.#acks.set(from, count);
  }

  /** The reads that a quorum has now confirmed, oldest first. */
  takeConfirmed(tracker: Tracker): readonly PendingRead[] {
    const confirmed = Math.min(tracker.quorumAck(this.#acks), this.#newest());
    if (confirmed <= this.#confirmed) return [];
    const taken = this.#unconfirmed.splice(0, confirmed - this.#confirmed);
    this.#confirmed = confirmed;
    return taken;
  }

  /** What heartbeats carry: undefined when no read waits. */
  heartbeatContext(): Uint8Array | undefined {
    return this.#unconfirmed.length === 0 ? undefined : encodeReadCount(this.#newest());
  }

  #newest(): number {
    return this.#confirmed + this.#unconfirmed.length;
  }
}

/** 8 bytes, little-endian: what raft 3.7 leaders send and read. */
function encodeReadCount(count: number): Uint8Array {
  const bytes = new Uint8Array(8);
  let rest = count;
  for (let i = 0; i < 8; i += 1) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

function decodeReadCount(bytes: Uint8Array): number | undefined {
  if (bytes.length !== 8) return undefined;
  let count = 0;
  for (let i = 7; i >= 0; i -= 1) count = count * 256 + (bytes[i] as number);
  return count;
}
