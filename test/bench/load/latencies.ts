/** Collects latencies in milliseconds; made for millions of them. */
export class Latencies {
  #values = new Float64Array(4096);
  #count = 0;
  #sorted = true;

  get count(): number {
    return this.#count;
  }

  add(milliseconds: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count] = milliseconds;
    this.#count += 1;
    this.#sorted = false;
  }

  /** `share` 0.5 is the median, 1 the worst. NaN when there are none. */
  percentile(share: number): number {
    if (!this.#sorted) this.#values.subarray(0, this.#count).sort();
    this.#sorted = true;
    return this.#values[Math.max(0, Math.ceil(share * this.#count) - 1)] ?? NaN;
  }
}
