/**
 * How much the peer may still send, on a connection or a stream. What was used is given back in
 * batches of half the window.
 */
export class ReceiveWindow {
  readonly #sizeBytes: number;
  #leftBytes: number;
  #usedBytes = 0;

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes;
    this.#leftBytes = sizeBytes;
  }

  /** False: the peer sent more than it may. */
  receive(bytes: number): boolean {
    this.#leftBytes -= bytes;
    return this.#leftBytes >= 0;
  }

  /** The increment to announce now, or 0. */
  giveBack(bytes: number): number {
    this.#usedBytes += bytes;
    if (this.#usedBytes * 2 < this.#sizeBytes) return 0;
    const increment = this.#usedBytes;
    this.#usedBytes = 0;
    this.#leftBytes += increment;
    return increment;
  }
}
