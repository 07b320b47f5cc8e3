import type { WaitingCall } from './open-call.ts';

/**
 * The calls that wait, oldest first. Every put comes in and leaves again, so the calls themselves
 * are the links of the chain.
 */
export class WaitingCalls {
  #first: WaitingCall | undefined;
  #last: WaitingCall | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(call: WaitingCall): void {
    call.previous = this.#last;
    if (this.#last === undefined) this.#first = call;
    else this.#last.next = call;
    this.#last = call;
    this.#size += 1;
  }

  /** The call must be in the chain. */
  delete(call: WaitingCall): void {
    const { previous, next } = call;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    call.previous = undefined;
    call.next = undefined;
    this.#size -= 1;
  }

  all(): WaitingCall[] {
    const calls: WaitingCall[] = [];
    for (let call = this.#first; call !== undefined; call = call.next) calls.push(call);
    return calls;
  }
}
