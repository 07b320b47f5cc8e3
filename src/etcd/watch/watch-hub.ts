import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { CatchUp, type CatchUpLimits } from './catch-up.ts';
import { EventRun } from './event-run.ts';
import { startProgressTicks } from './progress-notify.ts';
import { SharedEvent } from './shared-event.ts';
import type { WatchedChange, WatchStore } from './watch-store.ts';
import { type WatchSink, WatchStream, type WatchStreamLimits } from './watch-stream.ts';
import type { Watcher } from './watcher.ts';
import { WatcherGroup } from './watcher-group.ts';

export type WatchHubOptions = {
  readonly store: WatchStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Runs a step of catch-up after other work of the event loop; `setImmediate` in the member. */
  readonly schedule: (run: () => void) => void;
  readonly progressIntervalMs: number;
  readonly streamLimits: WatchStreamLimits;
  readonly catchUpLimits: CatchUpLimits;
};

/**
 * All watchers of this member. The apply pipeline publishes every change exactly once, in revision
 * order; a watcher that has seen all published changes gets new ones directly, the others read the
 * store's history. So each watcher sees each event once, in order, without a gap, and nothing is
 * buffered for a slow client.
 */
export class WatchHub {
  #store: WatchStore;
  #revision: number;
  readonly #options: WatchHubOptions;
  readonly #synced = new WatcherGroup();
  readonly #catchUp: CatchUp;
  readonly #streams = new Set<WatchStream>();
  /** For metrics: events handed to streams. */
  eventsSent = 0;

  constructor(options: WatchHubOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#revision = options.store.currentRevision;
    const host = {
      store: () => this.#store,
      revision: () => this.#revision,
      synced: (watcher: Watcher) => this.#sync(watcher),
      schedule: options.schedule,
    };
    this.#catchUp = new CatchUp(host, options.catchUpLimits);
  }

  /** Everything up to this revision has been published. */
  get revision(): number {
    return this.#revision;
  }

  /** For metrics: watchers that wait for new events, and those that still read history. */
  get counts(): { readonly streams: number; readonly synced: number; readonly catchingUp: number } {
    return {
      streams: this.#streams.size,
      synced: this.#synced.size,
      catchingUp: this.#catchUp.size,
    };
  }

  openStream(sink: WatchSink): WatchStream {
    const stream = new WatchStream(this, sink, this.#options.streamLimits);
    this.#streams.add(stream);
    return stream;
  }

  /**
   * The changes of the entries just applied, in (main, sub) order, and the revision after them. To
   * be called before anything else can read the store, so that no history read runs ahead of it.
   */
  publish(changes: readonly WatchedChange[], revision: number): void {
    assert(revision >= this.#revision, `published revision went back to ${revision}`);
    this.#revision = revision;
    if (this.#synced.size === 0) return;
    const touched: Watcher[] = [];
    let change: WatchedChange;
    let event: SharedEvent | undefined;
    const gather = (watcher: Watcher): void => {
      if (change.main < watcher.nextRevision || !watcher.wants(change)) return;
      event ??= new SharedEvent(change, this.#store);
      if (watcher.gathered === undefined) touched.push(watcher);
      watcher.gathered = EventRun.extend(watcher.gathered, event);
    };
    for (change of changes) {
      event = undefined;
      this.#synced.visitCovering(change.key, gather);
    }
    for (const watcher of touched) this.#deliver(watcher);
  }

  /** A snapshot replaced the store: every watcher goes on from where it stands in the new history. */
  restored(store: WatchStore): void {
    const publishedBefore = this.#revision;
    this.#store = store;
    this.#revision = store.currentRevision;
    for (const stream of this.#streams) {
      for (const watcher of stream.watchers) {
        if (watcher.state !== 'synced') continue;
        watcher.nextRevision = Math.max(watcher.nextRevision, publishedBefore + 1);
        if (watcher.nextRevision > this.#revision) continue;
        this.#synced.remove(watcher);
        this.#catchUp.add(watcher);
      }
    }
  }

  /** Ends all streams with the error. */
  close(error: Error): void {
    for (const stream of [...this.#streams]) stream.fail(error);
  }

  // What follows is for WatchStream only.

  admit(watcher: Watcher): void {
    if (watcher.nextRevision > this.#revision) this.#sync(watcher);
    else this.catchUp(watcher);
  }

  catchUp(watcher: Watcher): void {
    this.#catchUp.add(watcher);
  }

  /** Synced, and not waiting for a revision that has yet to come (etcd issue 20221). */
  isUpToDate(watcher: Watcher): boolean {
    return watcher.state === 'synced' && watcher.startRevision <= this.#revision;
  }

  dismiss(watcher: Watcher): void {
    if (watcher.state === 'synced') this.#synced.remove(watcher);
    else if (watcher.state === 'catching-up') this.#catchUp.remove(watcher);
    else if (watcher.state === 'waiting') watcher.stream.stopWaiting(watcher);
    watcher.state = 'gone';
  }

  startProgressTicks(stream: WatchStream): () => void {
    const { progressIntervalMs, clock, random } = this.#options;
    return startProgressTicks(progressIntervalMs, clock, random, () => stream.progressTick());
  }

  streamClosed(stream: WatchStream): void {
    this.#streams.delete(stream);
  }

  #deliver(watcher: Watcher): void {
    const run = watcher.gathered;
    watcher.gathered = undefined;
    if (run === undefined || watcher.state === 'gone') return;
    const unsentFrom = watcher.stream.sendEvents(watcher, run, undefined);
    if (unsentFrom === undefined || watcher.state !== 'synced') return;
    this.#synced.remove(watcher);
    watcher.nextRevision = unsentFrom;
    watcher.stream.wait(watcher);
  }

  #sync(watcher: Watcher): void {
    watcher.state = 'synced';
    this.#synced.add(watcher);
  }
}
