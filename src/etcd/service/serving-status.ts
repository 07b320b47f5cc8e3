/** Whether this member wants to be asked by clients that look at gRPC's health service. */
export class ServingStatus {
  readonly #listeners = new Set<(isServing: boolean) => void>();
  /** Reasons not to serve that hold now. */
  #reasons = 0;

  get isServing(): boolean {
    return this.#reasons === 0;
  }

  /** Not serving until what is returned is called, once. */
  suspend(): () => void {
    this.#reasons += 1;
    if (this.#reasons === 1) this.#tell();
    return () => {
      this.#reasons -= 1;
      if (this.#reasons === 0) this.#tell();
    };
  }

  /** Returns the way to stop. */
  onChange(listener: (isServing: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener(this.isServing);
  }
}
