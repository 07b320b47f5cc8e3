/** One watch stream on each of the two servers: what they show, made comparable. */
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { utf8Bytes } from '../../src/base/bytes.ts';
import {
  decodeWatchResponse,
  encodeWatchRequest,
  type WatchRequestInit,
  type WatchResponse,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { comparable, firstDifference } from './comparable.ts';
import { toJsonText } from './json-request.ts';
import type { Way } from './operation.ts';
import { lineAnswer } from './streams.ts';
import { type Twin, withToken } from './twins.ts';

/** Every stream watches this key under this id, and nothing else touches it. */
export const markerKey = utf8Bytes('\0marker');
const markerBase64 = Buffer.from(markerKey).toString('base64');
const marker = { key: markerKey, watchId: 1_000_000n };

/** Refused at once by every server, whatever the stream's state: what was asked before is done. */
const barrier: WatchRequestInit = { createRequest: { startRevision: -1 } };

/** What the comparison needs to know of a response, whichever way it came. */
type Response = {
  readonly revision: number;
  readonly watchId: string;
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compacted: boolean;
  readonly events: readonly {
    readonly modRevision: number;
    readonly isMarker: boolean;
    readonly seen: unknown;
  }[];
  /** All of it, comparable. */
  readonly seen: unknown;
};

export type ResponseTamper = (response: WatchResponse) => WatchResponse;

const answerTimeoutMs = 60_000;
const pollMs = 20;

/** When a watch request is sent: the current revision, and the one compacted last. */
export type Moment = { readonly revision: number; readonly compacted: number };

/** What one server has sent on one stream since the last comparison. */
class Side {
  readonly way: Way;
  readonly #twin: Twin;
  readonly #onChange: () => void;
  readonly #tamper: ResponseTamper | undefined;
  readonly #abort = new AbortController();
  /** Starts of the watches that are asked for, in order. */
  readonly #asked: number[] = [];
  #farthestStart = 0;
  /** Of the latest request. */
  #current = 0;
  #compacted = 0;
  #refusals = 0;
  #stream: ClientDuplexStream<WatchRequestInit, WatchResponse> | undefined;
  #replies: unknown[] = [];
  #events = new Map<string, unknown[]>();
  #compactions = 0;
  #markers = 0;
  #hasMarker = false;
  /** All watches have seen everything up to this revision. */
  #progress = 0;
  #end: unknown;
  /** A response that no server may send. */
  #wrong: string | undefined;

  constructor(twin: Twin, way: Way, onChange: () => void, tamper?: ResponseTamper) {
    this.#twin = twin;
    this.way = way;
    this.#onChange = onChange;
    this.#tamper = tamper;
  }

  get isOpen(): boolean {
    return this.#stream !== undefined && this.#end === undefined;
  }

  expect(requests: readonly WatchRequestInit[], { compacted, revision }: Moment): void {
    this.#compacted = compacted;
    this.#current = revision;
    // What was reported before says nothing about a new watch.
    this.#progress = 0;
    for (const { createRequest } of requests) {
      if (createRequest === undefined) continue;
      const { startRevision = 0 } = createRequest;
      this.#asked.push(startRevision);
      this.#farthestStart = Math.max(this.#farthestStart, startRevision);
    }
  }

  get hasAnswered(): boolean {
    if (this.#end !== undefined) return true;
    return this.#asked.length === 0 && this.#compactions >= this.#refusals;
  }

  /**
   * By its progress, or by the marker where none can be asked for. Who may not watch the marker
   * has no watches, or at least none that can be waited for. etcd reports no progress any more
   * once a watch of the stream was compacted (docs/compatibility.md), and neither does while one
   * has yet to start, so there the counts alone decide.
   */
  hasShown(revision: number, markers: number, kind: 'etcd' | 'etcd-ts'): boolean {
    if (this.#end !== undefined) return true;
    if (this.way === 'json') return this.#markers >= markers;
    if (!this.#hasMarker) return true;
    if (kind === 'etcd' && this.#compactions > 0) return true;
    if (this.#farthestStart > revision) return true;
    return this.#progress >= revision;
  }

  describe(): string {
    const refused = `${this.#compactions} of ${this.#refusals} compacted`;
    const rest = `${this.#asked.length} unanswered, ${refused}, end ${JSON.stringify(this.#end)}`;
    return `${this.counts()} (progress ${this.#progress}, ${this.#markers} markers, ${rest})`;
  }

  openGrpc(token: string | undefined, requests: readonly WatchRequestInit[]): void {
    this.#stream = this.#twin.client.makeBidiStreamRequest(
      '/etcdserverpb.Watch/Watch',
      (message: WatchRequestInit) => Buffer.from(encodeWatchRequest(message)),
      decodeWatchResponse,
      withToken(token),
      {},
    );
    this.#stream.on('data', (response: WatchResponse) => {
      this.#take(ofGrpc(this.#tamper?.(response) ?? response, this.#twin));
    });
    this.#stream.on('error', ({ code, details }: ServiceError) => {
      this.#end = { code, details };
      this.#onChange();
    });
    this.#stream.on('end', () => {
      this.#end ??= 'ended';
      this.#onChange();
    });
    for (const request of requests) this.send(request);
  }

  async openJson(request: WatchRequestInit, token: string | undefined): Promise<void> {
    const body = toJsonText('etcdserverpb.WatchRequest', request);
    const { signal } = this.#abort;
    try {
      const answer = await this.#twin.open('/v3/watch', body, token, signal);
      let text = '';
      for await (const chunk of answer.setEncoding('utf8')) {
        const lines = (text + (chunk as string)).split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) this.#takeLine(line);
      }
      this.#end = `ended: ${answer.statusCode}`;
    } catch (error) {
      this.#end = signal.aborted ? undefined : String(error);
    }
    this.#onChange();
  }

  send(request: WatchRequestInit): void {
    this.#stream?.write(request);
  }

  cancel(): void {
    this.#stream?.cancel();
    this.#abort.abort();
  }

  /** How much each watch has shown. */
  counts(): string {
    const shown = [...this.#events].map(([id, events]) => `${id}:${events.length}`);
    return shown.sort().join(' ');
  }

  /** What was shown since the last time. */
  takeSeen(): object {
    const replies = this.#replies;
    const events = Object.fromEntries([...this.#events].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    this.#replies = [];
    this.#events = new Map();
    return { replies, events, end: this.#end, wrong: this.#wrong };
  }

  #takeLine(line: string): void {
    const answer = lineAnswer(this.#twin, line) as { readonly result?: JsonResponse };
    if (answer.result === undefined) this.#replies.push(answer);
    else this.#take(ofJson(answer.result));
  }

  #take(response: Response): void {
    this.#note(response);
    this.#onChange();
  }

  #note(response: Response): void {
    const { revision, watchId, events } = response;
    if (response.created) this.#created(response);
    if (this.way === 'grpc' && watchId === String(marker.watchId)) {
      this.#hasMarker ||= response.created && !response.canceled;
      this.#markers += events.length;
      return;
    }
    if (response.compacted) {
      // Comes when the server gets to it, so it has its place among the watch's events only.
      this.#compactions += 1;
      this.#listOf(watchId).push(response.seen);
      return;
    }
    if (response.created || response.canceled) {
      if (revision !== this.#current) {
        this.#wrong ??= `the reply's revision is ${revision}, not ${this.#current}`;
      }
      this.#replies.push(response.seen);
      return;
    }
    if (events.length === 0) {
      // Not asked for by a watch but by the comparison, which asks until it is there.
      if (watchId !== '-1') this.#wrong ??= `progress of watch ${watchId} that nobody asked for`;
      this.#progress = Math.max(this.#progress, revision);
      return;
    }
    this.#takeEvents(response);
  }

  /**
   * The events, and that no header is behind them. How many revisions one response has, and in how
   * many fragments those come, depends on how far the server is with watches that began in the
   * past, and on how fast the client reads.
   */
  #takeEvents({ revision, watchId, events }: Response): void {
    const list = this.#listOf(watchId);
    if (this.way === 'json') this.#markers += events.filter(({ isMarker }) => isMarker).length;
    for (const { modRevision, seen } of events) {
      if (modRevision > revision) this.#wrong ??= 'a header is behind its events';
      list.push(seen);
    }
  }

  #created({ canceled }: Response): void {
    const start = this.#asked.shift() ?? 0;
    if (canceled) return;
    if (start > 0 && start < this.#compacted) this.#refusals += 1;
  }

  #listOf(watchId: string): unknown[] {
    const list = this.#events.get(watchId) ?? [];
    this.#events.set(watchId, list);
    return list;
  }
}

function ofGrpc(response: WatchResponse, twin: Twin): Response {
  return {
    revision: response.header?.revision ?? 0,
    watchId: response.watchId.toString(),
    created: response.created,
    canceled: response.canceled,
    compacted: response.compactRevision > 0,
    events: response.events.map((event) => ({
      modRevision: event.kv?.modRevision ?? 0,
      isMarker: false,
      seen: comparable(event, twin.names),
    })),
    seen: comparable(response, twin.names),
  };
}

type JsonResponse = {
  readonly header?: { readonly revision?: string };
  readonly watch_id?: string;
  readonly created?: boolean;
  readonly canceled?: boolean;
  readonly compact_revision?: string;
  readonly events?: readonly {
    readonly kv?: { readonly key?: string; readonly mod_revision?: string };
  }[];
};

function ofJson(response: JsonResponse): Response {
  return {
    revision: Number(response.header?.revision ?? 0),
    watchId: response.watch_id ?? '0',
    created: response.created === true,
    canceled: response.canceled === true,
    compacted: response.compact_revision !== undefined,
    events: (response.events ?? []).map((event) => ({
      modRevision: Number(event.kv?.mod_revision ?? 0),
      isMarker: event.kv?.key === markerBase64,
      seen: event,
    })),
    seen: response,
  };
}

/** The same stream on both. */
export class WatchPair {
  readonly way: Way;
  /** No watch of it starts later. */
  farthestStart = 0;
  readonly #theirs: Side;
  readonly #ours: Side;
  #markers = 0;
  #wake: () => void = () => {};

  constructor(etcd: Twin, ours: Twin, way: Way, tamper: ResponseTamper | undefined) {
    const onChange = (): void => this.#wake();
    this.way = way;
    this.#theirs = new Side(etcd, way, onChange);
    this.#ours = new Side(ours, way, onChange, tamper);
  }

  get #sides(): readonly [theirs: Side, ours: Side] {
    return [this.#theirs, this.#ours];
  }

  /**
   * With its first request; `requests` and `tokens` are those for each of the two servers. Through
   * JSON there is only that one: Go's HTTP/1 server may give up the rest of the body once it
   * answers. It has to show the marker.
   */
  async open(
    requests: readonly [WatchRequestInit, WatchRequestInit],
    tokens: readonly [string | undefined, string | undefined],
    moment: Moment,
  ): Promise<void> {
    for (const [i, side] of this.#sides.entries()) {
      const request = requests[i] as WatchRequestInit;
      const all = [{ createRequest: marker }, request, barrier];
      side.expect(this.way === 'json' ? [request] : all, moment);
      if (this.way === 'json') void side.openJson(request, tokens[i]);
      else side.openGrpc(tokens[i], all);
    }
    await this.#answered(requests[0]);
  }

  async send(
    requests: readonly [WatchRequestInit, WatchRequestInit],
    moment: Moment,
  ): Promise<void> {
    for (const [i, side] of this.#sides.entries()) {
      const all = [requests[i] as WatchRequestInit, barrier];
      side.expect(all, moment);
      for (const request of all) side.send(request);
    }
    await this.#answered(requests[0]);
  }

  /** The next write must come after every "from now on" and every refusal of compacted history. */
  async #answered({ createRequest }: WatchRequestInit): Promise<void> {
    this.farthestStart = Math.max(this.farthestStart, createRequest?.startRevision ?? 0);
    const [theirs, ours] = this.#sides;
    await this.#until('requests are answered', () => theirs.hasAnswered && ours.hasAnswered);
  }

  /** No marker can be written: what is on its way cannot be waited for. */
  isBlind(revision: number): boolean {
    return this.way === 'json' || this.farthestStart > revision;
  }

  markerWritten(): void {
    this.#markers += 1;
  }

  /** Waits until both have shown everything up to that revision. */
  async settle(revision: number): Promise<void> {
    const [theirs, ours] = this.#sides;
    await this.#until(`all is shown up to ${revision}`, () => {
      if (!theirs.hasShown(revision, this.#markers, 'etcd')) return false;
      if (!ours.hasShown(revision, this.#markers, 'etcd-ts')) return false;
      return theirs.counts() === ours.counts();
    });
  }

  /** Looks whenever something has come, and asks for progress from time to time. */
  async #until(what: string, isDone: () => boolean): Promise<void> {
    let shown = '';
    let deadlineMs = 0;
    let askedMs = 0;
    while (!isDone()) {
      const nowMs = performance.now();
      // A hundred megabytes of history take their time: late is who shows nothing more.
      const counts = `${this.#theirs.counts()} ${this.#ours.counts()}`;
      if (counts !== shown || deadlineMs === 0) deadlineMs = nowMs + answerTimeoutMs;
      shown = counts;
      if (nowMs > deadlineMs) {
        const states = `etcd: ${this.#theirs.describe()}, ours: ${this.#ours.describe()}`;
        throw new Error(`not in time: ${what}`, { cause: states });
      }
      if (nowMs - askedMs > pollMs) {
        askedMs = nowMs;
        for (const side of this.#sides) if (side.isOpen) side.send({ progressRequest: {} });
      }
      const changed = new Promise<void>((resolve) => (this.#wake = resolve));
      const timer = setTimeout(() => this.#wake(), pollMs);
      await changed;
      clearTimeout(timer);
    }
  }

  firstDifference(): string | undefined {
    return firstDifference(this.#theirs.takeSeen(), this.#ours.takeSeen());
  }

  close(): void {
    for (const side of this.#sides) side.cancel();
  }
}
