import { assert } from '../../base/assert.ts';

/** The URL of a peer to use next: one until it fails, then the following one. */
export class UrlPicker {
  #urls: readonly string[];
  #picked = 0;

  constructor(urls: readonly string[]) {
    assert(urls.length > 0, 'a peer without URLs');
    this.#urls = urls;
  }

  update(urls: readonly string[]): void {
    assert(urls.length > 0, 'a peer without URLs');
    this.#urls = urls;
    this.#picked = 0;
  }

  pick(): string {
    return this.#urls[this.#picked] as string;
  }

  /** Only the URL in use moves the choice on: two connections may see the same failure. */
  failed(url: string): void {
    if (this.pick() === url) this.#picked = (this.#picked + 1) % this.#urls.length;
  }
}
