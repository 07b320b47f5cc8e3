import { limits } from '../config/limits.ts';
import type { Message } from '../proto/generated/raftpb.ts';

/**
 * Proposals of followers that reach a member while leadership changes hands: a leader in transfer
 * or a candidate. Raft drops them; held for a moment they go to whoever leads then, and no caller
 * sees an error. Bounded in number and in time: an old request must not surface after its caller
 * has given up and tried again. Of what is dropped the caller is told after the change of leader.
 */
export class HeldProposals {
  readonly #holdMs: number;
  #held: { readonly message: Message; readonly untilMs: number }[] = [];

  /** `holdMs`: an election timeout, the time in which a transfer ends or is given up. */
  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  hold(message: Message, nowMs: number): void {
    if (this.#held.length >= limits.heldProposalsMax) return;
    this.#held.push({ message, untilMs: nowMs + this.#holdMs });
  }

  /** For another attempt with the time they have left; whoever refuses one again gives it back. */
  retry(nowMs: number, step: (message: Message) => boolean): void {
    if (this.#held.length === 0) return;
    const waiting = this.#held;
    this.#held = [];
    for (const held of waiting) {
      if (held.untilMs > nowMs && !step(held.message)) this.#held.push(held);
    }
  }
}
