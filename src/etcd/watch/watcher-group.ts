import { RangeTree } from './range-tree.ts';
import type { Watcher } from './watcher.ts';

/** The synced watchers, found by the key of a change: a map for single keys, a tree for ranges. */
export class WatcherGroup {
  readonly #byKey = new Map<string, Set<Watcher>>();
  readonly #byRange = new RangeTree<Watcher>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watcher: Watcher): void {
    this.#size += 1;
    if (watcher.target.kind === 'range') {
      this.#byRange.add(watcher.target.range, watcher);
      return;
    }
    const key = keyText(watcher.target.key);
    const watchers = this.#byKey.get(key);
    if (watchers === undefined) this.#byKey.set(key, new Set([watcher]));
    else watchers.add(watcher);
  }

  remove(watcher: Watcher): void {
    this.#size -= 1;
    if (watcher.target.kind === 'range') {
      this.#byRange.remove(watcher.target.range, watcher);
      return;
    }
    const key = keyText(watcher.target.key);
    const watchers = this.#byKey.get(key);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#byKey.delete(key);
  }

  /** Visits every watcher that covers the key. The group must not change meanwhile. */
  visitCovering(key: Uint8Array, visit: (watcher: Watcher) => void): void {
    if (this.#byKey.size > 0) {
      const watchers = this.#byKey.get(keyText(key));
      if (watchers !== undefined) for (const watcher of watchers) visit(watcher);
    }
    if (!this.#byRange.isEmpty) this.#byRange.visitContaining(key, visit);
  }
}

/** Latin-1 maps every byte string to its own text. */
function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
