const REMEMBERED = 256;

/**
 * The streams that were closed last, and by whom. What still arrives for a stream that we ended is
 * a matter of timing; for one that the peer ended it is an error; a skipped identifier was never
 * open.
 */
export class ClosedStreams {
  readonly #ids = new Int32Array(REMEMBERED);
  readonly #byUs = new Uint8Array(REMEMBERED);
  #next = 0;

  add(id: number, isByUs: boolean): void {
    this.#ids[this.#next] = id;
    this.#byUs[this.#next] = isByUs ? 1 : 0;
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  has(id: number): boolean {
    return this.#ids.includes(id);
  }

  isByUs(id: number): boolean {
    const slot = this.#ids.lastIndexOf(id);
    return slot >= 0 && this.#byUs[slot] === 1;
  }
}
