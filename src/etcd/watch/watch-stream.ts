import { compareBytes, concatBytes, emptyBytes } from '../../base/bytes.ts';
import { EtcdError } from '../errors.ts';
import type { EventRun, RunPart } from './event-run.ts';
import type { WatchHub } from './watch-hub.ts';
import { fragmentMark, replyBody, splitIntoFragments, type WatchReply } from './watch-response.ts';
import { Watcher, type WatcherOptions, type WatchTarget } from './watcher.ts';

/** Where a stream's responses go. */
export interface WatchSink {
  /**
   * Takes one response: the revision of its header, and behind the header `start`, which is short,
   * and `rest`, which never changes. False: it is taken, but wait for `drained` before sending
   * events again.
   */
  send(revision: number, start: Uint8Array, rest: Uint8Array): boolean;
  drained(): Promise<void>;
  /** Ends the stream with an error. */
  fail(error: Error): void;
}

export type WatchCreate = {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  readonly startRevision: number;
  /** 0n: the stream chooses. */
  readonly watchId: bigint;
} & WatcherOptions;

export type WatchStreamLimits = {
  /** A response with `fragment` asked for is cut at this size. */
  readonly fragmentBytesMax: number;
  /** A response is closed at a revision's end once it has this many bytes. */
  readonly responseBytesSoftMax: number;
  /** Replies without events that a client may leave unread. */
  readonly unreadRepliesMax: number;
};

/** etcd's `WatchID` for "no watcher": failed creations and stream-wide progress. */
const NO_WATCH_ID = -1n;

/**
 * One client stream with its watchers. Events are written only while the sink takes them, so a
 * client that does not read costs one response beyond its sink's room; its watchers read the
 * history when it reads again.
 */
export class WatchStream {
  readonly #hub: WatchHub;
  readonly #sink: WatchSink;
  readonly #limits: WatchStreamLimits;
  readonly #watchers = new Map<bigint, Watcher>();
  /** Watchers in state `waiting`. */
  readonly #waiting = new Set<Watcher>();
  /** Ids canceled by us: taken, and answered once more, until the client cancels them (as etcd). */
  readonly #compacted = new Set<bigint>();
  #nextId = 0n;
  #isFull = false;
  #unreadReplies = 0;
  #isClosed = false;
  #stopProgress: (() => void) | undefined;

  constructor(hub: WatchHub, sink: WatchSink, limits: WatchStreamLimits) {
    this.#hub = hub;
    this.#sink = sink;
    this.#limits = limits;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  get watchers(): Iterable<Watcher> {
    return this.#watchers.values();
  }

  /**
   * Replies created, or created and canceled with the reason. The reply precedes every event.
   * `refusal`: why the client may not watch this.
   */
  create(request: WatchCreate, refusal?: string): void {
    if (this.#isClosed) return;
    if (request.startRevision < 0) return this.#refuse(new EtcdError('Compacted').message);
    if (refusal !== undefined) return this.#refuse(refusal);
    const target = watchTarget(request.key, request.rangeEnd);
    if (target === undefined) return this.#refuse('mvcc: watcher range is empty');
    if (request.watchId !== 0n && this.#isTaken(request.watchId)) {
      return this.#refuse('mvcc: duplicate watch ID provided on the WatchStream');
    }
    const id = request.watchId === 0n ? this.#takeId() : request.watchId;
    const current = this.#hub.revision;
    const start = request.startRevision;
    const watcher = new Watcher(
      id,
      this,
      target,
      start,
      start === 0 ? current + 1 : start,
      request,
    );
    this.#watchers.set(id, watcher);
    this.#reply(current, { watchId: id, created: true });
    if (this.#isClosed) return;
    this.#hub.admit(watcher);
    if (request.progressNotify) this.#stopProgress ??= this.#hub.startProgressTicks(this);
  }

  /** An unknown id is ignored, as etcd does. */
  cancel(watchId: bigint): void {
    const watcher = this.#watchers.get(watchId);
    if (watcher !== undefined) this.#forget(watcher);
    else if (!this.#compacted.delete(watchId)) return;
    this.#reply(this.#hub.revision, { watchId, canceled: true });
  }

  /**
   * One report for the whole stream, only when all its watchers have been sent everything up to
   * the hub's revision; otherwise nothing, and the client asks again. Never ahead of undelivered
   * events (etcd issue 15220).
   */
  requestProgress(): void {
    if (this.#isFull || this.#watchers.size === 0) return;
    for (const watcher of this.#watchers.values()) if (!this.#hub.isUpToDate(watcher)) return;
    this.#send(this.#hub.revision, emptyBytes, replyBody({ watchId: NO_WATCH_ID }));
  }

  /** The periodic report, for each watcher that asked for it, is up to date and had no events since. */
  progressTick(): void {
    for (const watcher of this.#watchers.values()) {
      if (!watcher.options.progressNotify) continue;
      const wasActive = watcher.wasActive;
      watcher.wasActive = false;
      if (wasActive || this.#isFull || !this.#hub.isUpToDate(watcher)) continue;
      this.#send(this.#hub.revision, emptyBytes, replyBody({ watchId: watcher.id }));
    }
  }

  /** The history that the watcher still needs is gone. etcd answers revision 0 in this header. */
  cancelCompacted(watcher: Watcher, compactRevision: number): void {
    this.#forget(watcher);
    this.#compacted.add(watcher.id);
    this.#reply(0, { watchId: watcher.id, canceled: true, compactRevision });
  }

  /**
   * Sends events of one watcher, whole revisions together. Returns the revision of the first event
   * that found no room, undefined when all were sent. Without `headerRevision` it is the events'.
   */
  sendEvents(
    watcher: Watcher,
    run: EventRun,
    headerRevision: number | undefined,
  ): number | undefined {
    const { prevKv, fragment } = watcher.options;
    for (const part of run.parts(prevKv, this.#limits.responseBytesSoftMax)) {
      if (this.#isFull || this.#isClosed) return part.firstRevision;
      watcher.wasActive = true;
      this.#hub.eventsSent += part.events.length;
      const revision = headerRevision ?? part.lastRevision;
      if (fragment) this.#sendFragments(watcher, part, revision);
      else this.#send(revision, watcher.idField, part.fields);
    }
    return undefined;
  }

  /** Puts a watcher aside until the sink drains. */
  wait(watcher: Watcher): void {
    watcher.state = 'waiting';
    this.#waiting.add(watcher);
  }

  stopWaiting(watcher: Watcher): void {
    this.#waiting.delete(watcher);
  }

  /** Forgets everything; nothing is sent any more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopProgress?.();
    for (const watcher of this.#watchers.values()) this.#hub.dismiss(watcher);
    this.#watchers.clear();
    this.#waiting.clear();
    this.#hub.streamClosed(this);
  }

  fail(error: Error): void {
    if (this.#isClosed) return;
    this.close();
    this.#sink.fail(error);
  }

  #sendFragments(watcher: Watcher, part: RunPart, revision: number): void {
    const { prevKv } = watcher.options;
    const fields = part.events.map((event) => event.field(prevKv));
    const fragments = splitIntoFragments(fields, this.#limits.fragmentBytesMax);
    for (const [index, fragment] of fragments.entries()) {
      const isLast = index === fragments.length - 1;
      const start = isLast ? watcher.idField : concatBytes([watcher.idField, fragmentMark]);
      this.#send(revision, start, concatBytes(fragment));
    }
  }

  #takeId(): bigint {
    while (this.#isTaken(this.#nextId)) this.#nextId += 1n;
    this.#nextId += 1n;
    return this.#nextId - 1n;
  }

  #isTaken(id: bigint): boolean {
    return this.#watchers.has(id) || this.#compacted.has(id);
  }

  #refuse(cancelReason: string): void {
    const reply = { watchId: NO_WATCH_ID, created: true, canceled: true, cancelReason };
    this.#reply(this.#hub.revision, reply);
  }

  #forget(watcher: Watcher): void {
    this.#watchers.delete(watcher.id);
    this.#hub.dismiss(watcher);
  }

  /** Replies are sent even when the sink is full: their order is the protocol. Hence the bound. */
  #reply(revision: number, reply: WatchReply): void {
    if (this.#isFull) {
      this.#unreadReplies += 1;
      if (this.#unreadReplies > this.#limits.unreadRepliesMax) {
        this.fail(new EtcdError('RequestTooManyRequests'));
        return;
      }
    }
    this.#send(revision, emptyBytes, replyBody(reply));
  }

  #send(revision: number, start: Uint8Array, rest: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#sink.send(revision, start, rest) || this.#isFull) return;
    this.#isFull = true;
    this.#sink.drained().then(
      () => this.#drained(),
      () => this.close(),
    );
  }

  #drained(): void {
    if (this.#isClosed) return;
    this.#isFull = false;
    this.#unreadReplies = 0;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const watcher of waiting) this.#hub.catchUp(watcher);
  }
}

/** etcd's range rules for watches: an empty key means the smallest key, `\0` as end means no end. */
function watchTarget(key: Uint8Array, rangeEnd: Uint8Array): WatchTarget | undefined {
  const from = key.length === 0 ? Uint8Array.of(0) : key;
  if (rangeEnd.length === 0) return { kind: 'key', key: from };
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) {
    return { kind: 'range', range: { from, to: undefined } };
  }
  if (compareBytes(from, rangeEnd) >= 0) return undefined;
  return { kind: 'range', range: { from, to: rangeEnd } };
}
