import type { Http2Stream } from './stream.ts';

const FIRST_SLOTS = 32;

/**
 * A connection's open streams by id. Each request comes in and leaves again, and a Map makes itself
 * anew after every few of those. A stream stands in the slot of its number, or in the next free
 * one: clients number their streams in a row, so those that are open at one time rarely meet. One
 * that skips numbers to make thousands meet costs microseconds with each of its frames.
 */
export class OpenStreams {
  #slots: (Http2Stream | undefined)[] = emptySlots(FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Http2Stream | undefined {
    return this.#slots[this.#slotOf(id)];
  }

  /** No stream with this id may be there. */
  add(stream: Http2Stream): void {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    this.#slots[this.#slotOf(stream.id)] = stream;
    this.#size += 1;
  }

  /** Streams behind the hole that were pushed out of their slot move up, so that they are found. */
  delete(id: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = this.#slotOf(id);
    if (slots[hole] === undefined) return;
    this.#size -= 1;
    for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      const stream = slots[at];
      if (stream === undefined) break;
      const way = (at - home(stream.id, mask)) & mask;
      if (way < ((at - hole) & mask)) continue;
      slots[hole] = stream;
      hole = at;
    }
    slots[hole] = undefined;
  }

  /** Oldest first. */
  all(): Http2Stream[] {
    const streams = this.#slots.filter((stream) => stream !== undefined);
    return streams.sort((a, b) => a.id - b.id);
  }

  /** Where the stream stands, or would. There is always a free slot. */
  #slotOf(id: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = home(id, mask);
    for (;;) {
      const stream = slots[at];
      if (stream === undefined || stream.id === id) return at;
      at = (at + 1) & mask;
    }
  }

  #grow(): void {
    const streams = this.all();
    this.#slots = emptySlots(this.#slots.length * 2);
    for (const stream of streams) this.#slots[this.#slotOf(stream.id)] = stream;
  }
}

/** Clients' ids are odd. */
function home(id: number, mask: number): number {
  return (id >>> 1) & mask;
}

function emptySlots(count: number): (Http2Stream | undefined)[] {
  return Array.from({ length: count }, () => undefined);
}
