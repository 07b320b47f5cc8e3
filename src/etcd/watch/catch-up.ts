import { EventRun } from './event-run.ts';
import { SharedEvent } from './shared-event.ts';
import type { WatchedChange, WatchStore } from './watch-store.ts';
import type { Watcher } from './watcher.ts';
import { WatcherGroup } from './watcher-group.ts';

export type CatchUpLimits = {
  /** Changes read from the history at once; a response therefore covers at most so many revisions. */
  readonly changesMax: number;
  /** Bytes that one read of history should bring; large values make it read fewer changes. */
  readonly bytesTarget: number;
  /** Watchers that share one read. */
  readonly watchersMax: number;
};

export type CatchUpHost = {
  readonly store: () => WatchStore;
  /** Everything up to it has been published; later history is not shown yet. */
  readonly revision: () => number;
  /** The watcher has seen everything published. */
  readonly synced: (watcher: Watcher) => void;
  /** Runs the next step after other work of the event loop had its turn. */
  readonly schedule: (run: () => void) => void;
};

/**
 * Brings watchers that are behind up to date from the store's history. One step reads one bounded
 * piece of history at the position of the watcher whose turn it is, and serves every other watcher
 * that stands inside this piece; then the loop goes on with other work. Watchers take turns, so one
 * that is a million revisions behind delays nobody, and writes never wait for a watcher.
 */
export class CatchUp {
  readonly #host: CatchUpHost;
  readonly #limits: CatchUpLimits;
  /** In turn order. */
  readonly #behind = new Set<Watcher>();
  #isScheduled = false;
  /** How large the changes of the last read were: the next read is sized by it. */
  #bytesPerChange = 0;

  constructor(host: CatchUpHost, limits: CatchUpLimits) {
    this.#host = host;
    this.#limits = limits;
  }

  get size(): number {
    return this.#behind.size;
  }

  add(watcher: Watcher): void {
    watcher.state = 'catching-up';
    this.#behind.add(watcher);
    this.#wake();
  }

  remove(watcher: Watcher): void {
    this.#behind.delete(watcher);
  }

  #wake(): void {
    if (this.#isScheduled || this.#behind.size === 0) return;
    this.#isScheduled = true;
    this.#host.schedule(() => {
      this.#isScheduled = false;
      this.#step();
      this.#wake();
    });
  }

  #step(): void {
    const store = this.#host.store();
    const turn = this.#takeTurn(store.compactRevision);
    const head = turn[0];
    if (head === undefined) return;
    const from = head.nextRevision;
    const read = store.changes(from, this.#readLimit());
    const end = Math.min(Math.max(read.nextRevision, from), this.#host.revision() + 1);
    const sharers = turn.filter(
      (watcher) => watcher.nextRevision >= from && watcher.nextRevision < end,
    );
    const group = new WatcherGroup();
    for (const watcher of sharers) group.add(watcher);
    let bytes = 0;
    let change: WatchedChange;
    let event: SharedEvent | undefined;
    const gather = (watcher: Watcher): void => {
      if (change.main < watcher.nextRevision || !watcher.wants(change)) return;
      event ??= new SharedEvent(change, store);
      watcher.gathered = EventRun.extend(watcher.gathered, event);
    };
    for (change of read.changes) {
      bytes += change.keyValue.length;
      if (change.main >= end) continue;
      event = undefined;
      group.visitCovering(change.key, gather);
    }
    if (read.changes.length > 0) this.#bytesPerChange = bytes / read.changes.length;
    for (const watcher of sharers) this.#deliver(watcher, end);
  }

  #readLimit(): number {
    const { changesMax, bytesTarget } = this.#limits;
    const fitting = Math.floor(bytesTarget / Math.max(1, this.#bytesPerChange));
    return Math.max(1, Math.min(changesMax, fitting));
  }

  /** The watchers of this step in turn order, without those whose history is gone or stream is full. */
  #takeTurn(compactRevision: number): readonly Watcher[] {
    const turn: Watcher[] = [];
    for (const watcher of this.#behind) {
      if (watcher.nextRevision > this.#host.revision()) {
        this.#leave(watcher);
        this.#host.synced(watcher);
      } else if (watcher.nextRevision < compactRevision) {
        this.#leave(watcher);
        watcher.stream.cancelCompacted(watcher, compactRevision);
      } else if (watcher.stream.isFull) {
        this.#leave(watcher);
        watcher.stream.wait(watcher);
      } else {
        turn.push(watcher);
        if (turn.length >= this.#limits.watchersMax) break;
      }
    }
    return turn;
  }

  #deliver(watcher: Watcher, end: number): void {
    const run = watcher.gathered;
    watcher.gathered = undefined;
    if (watcher.state === 'gone') return;
    this.#leave(watcher);
    const unsentFrom = run && watcher.stream.sendEvents(watcher, run, this.#host.revision());
    watcher.nextRevision = unsentFrom ?? end;
    if (unsentFrom !== undefined) watcher.stream.wait(watcher);
    else if (end > this.#host.revision()) this.#host.synced(watcher);
    else this.#behind.add(watcher);
  }

  #leave(watcher: Watcher): void {
    this.#behind.delete(watcher);
  }
}
