import type { EventRun } from './event-run.ts';
import type { KeyRange } from './range-tree.ts';
import { watchIdField } from './watch-response.ts';
import type { WatchedChange } from './watch-store.ts';
import type { WatchStream } from './watch-stream.ts';

/** What a watcher looks at: one key, or a range of keys. */
export type WatchTarget =
  | { readonly kind: 'key'; readonly key: Uint8Array }
  | { readonly kind: 'range'; readonly range: KeyRange };

export type WatcherOptions = {
  readonly prevKv: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly progressNotify: boolean;
  readonly fragment: boolean;
};

/**
 * Where a watcher stands:
 *
 *     synced ──(an event comes while its stream is full)──▶ waiting
 *       ▲                                                     │ the stream drained
 *       └──(it has seen everything published)── catching-up ◀─┘
 *
 * - synced: it has got every event up to the hub's revision; new ones go to it directly.
 * - catching-up: it reads events from `nextRevision` on out of the store's history.
 * - waiting: as catching-up, but its stream cannot take more; it costs nothing meanwhile.
 */
export type WatcherState = 'synced' | 'catching-up' | 'waiting' | 'gone';

export class Watcher {
  readonly id: bigint;
  /** `watch_id` as every response of this watcher begins behind the header. */
  readonly idField: Uint8Array;
  readonly stream: WatchStream;
  readonly target: WatchTarget;
  readonly options: WatcherOptions;
  /** As the client asked, 0 for "from now on". Progress is not reported before it is reached. */
  readonly startRevision: number;
  state: WatcherState = 'gone';
  /**
   * No event below this revision is sent any more. For a watcher that is not synced it is also
   * the first revision it has not been checked against: the cursor that decides what it gets.
   */
  nextRevision: number;
  /** Events gathered for it in the batch that is being delivered. */
  gathered: EventRun | undefined;
  /** Whether it got events since the last progress tick. */
  wasActive = false;

  constructor(
    id: bigint,
    stream: WatchStream,
    target: WatchTarget,
    startRevision: number,
    nextRevision: number,
    options: WatcherOptions,
  ) {
    this.id = id;
    this.idField = watchIdField(id);
    this.stream = stream;
    this.target = target;
    this.startRevision = startRevision;
    this.nextRevision = nextRevision;
    this.options = options;
  }

  /** Whether its filters let the change through. */
  wants(change: WatchedChange): boolean {
    return change.type === 0 ? !this.options.noPut : !this.options.noDelete;
  }
}
