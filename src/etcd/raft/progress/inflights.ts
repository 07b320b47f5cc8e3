import { assert } from '../../../base/assert.ts';

/**
 * The last indexes of the MsgApp that are on their way to one follower, oldest first: a ring that
 * grows up to its limit, so that idle followers cost nothing.
 */
export class Inflights {
  readonly #limit: number;
  #ring: number[] = [];
  #start = 0;
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= this.#limit;
  }

  /** `lastIndex` must not be smaller than the one added before it. */
  add(lastIndex: number): void {
    assert(!this.isFull, 'the inflight window is full');
    if (this.#count === this.#ring.length) this.#grow();
    this.#ring[(this.#start + this.#count) % this.#ring.length] = lastIndex;
    this.#count += 1;
  }

  /** An answer for `index` answers every earlier message too. */
  freeUpTo(index: number): void {
    const size = this.#ring.length;
    while (this.#count > 0 && (this.#ring[this.#start] as number) <= index) {
      this.#start = this.#start + 1 === size ? 0 : this.#start + 1;
      this.#count -= 1;
    }
  }

  clear(): void {
    this.#start = 0;
    this.#count = 0;
  }

  #grow(): void {
    const size = Math.min(this.#limit, Math.max(8, this.#ring.length * 2));
    const grown = Array.from({ length: size }, () => 0);
    for (let i = 0; i < this.#count; i += 1) {
      grown[i] = this.#ring[(this.#start + i) % this.#ring.length] as number;
    }
    this.#ring = grown;
    this.#start = 0;
  }
}
