import type { Clock } from '../../../base/clock.ts';

/** Deadlines within one slot fire together, the earliest of them late by no more than this. */
const SLOT_MS = 10;

export interface Expiring {
  /** Wall-clock milliseconds; Infinity: never. */
  readonly deadlineMs: number;
  expired(): void;
}

/**
 * The deadlines of waiting calls. Most calls end long before theirs, so entering and leaving must
 * cost little: calls are kept by slots of time, and one timer waits for the earliest slot.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #slots = new Map<number, Set<Expiring>>();
  #timer: { readonly slot: number; readonly cancel: AbortController } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(call: Expiring): void {
    if (call.deadlineMs === Number.POSITIVE_INFINITY) return;
    const slot = slotOf(call);
    const known = this.#slots.get(slot);
    if (known !== undefined) {
      known.add(call);
      return;
    }
    this.#slots.set(slot, new Set([call]));
    if (this.#timer === undefined || slot < this.#timer.slot) this.#waitFor(slot);
  }

  remove(call: Expiring): void {
    if (call.deadlineMs === Number.POSITIVE_INFINITY) return;
    const slot = slotOf(call);
    const calls = this.#slots.get(slot);
    if (calls?.delete(call) === true && calls.size === 0) this.#slots.delete(slot);
  }

  close(): void {
    this.#timer?.cancel.abort();
    this.#timer = undefined;
    this.#slots.clear();
  }

  #waitFor(slot: number): void {
    this.#timer?.cancel.abort();
    const cancel = new AbortController();
    this.#timer = { slot, cancel };
    const waitMs = Math.min(Math.max(0, slot * SLOT_MS - this.#clock.wallMs()), 2 ** 31 - 1);
    this.#clock.after(waitMs, cancel.signal).then(
      () => this.#fire(),
      () => {},
    );
  }

  #fire(): void {
    this.#timer = undefined;
    // A timer may fire a millisecond early.
    const now = Math.floor((this.#clock.wallMs() + 1) / SLOT_MS);
    let next = Number.POSITIVE_INFINITY;
    for (const [slot, calls] of this.#slots) {
      if (slot > now) {
        next = Math.min(next, slot);
        continue;
      }
      this.#slots.delete(slot);
      for (const call of calls) call.expired();
    }
    if (this.#timer === undefined && next !== Number.POSITIVE_INFINITY) this.#waitFor(next);
  }
}

/** The first slot that begins at or after the deadline. */
function slotOf(call: Expiring): number {
  return Math.ceil(call.deadlineMs / SLOT_MS);
}
