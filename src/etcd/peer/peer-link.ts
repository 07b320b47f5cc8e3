import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import { formatId } from '../proto/ids.ts';
import { AppendStreamDecoder, AppendStreamEncoder, type EntryFrames } from './append-stream.ts';
import { MessageStreamDecoder, MessageStreamEncoder } from './message-stream.ts';
import type { PeerDialer } from './peer-dialer.ts';
import { Pipeline, type PostOptions } from './pipeline.ts';
import { sendSnapshotTo } from './snapshot-transfer.ts';
import { StreamReader, type StreamReaderEvents } from './stream-reader.ts';
import { StreamWriter, type StreamWriterEvents } from './stream-writer.ts';
import type {
  DisconnectEvidence,
  PeerAddress,
  PeerHandlers,
  PeerIdentity,
  PeerMetrics,
  SnapshotDatabase,
} from './transport.ts';
import { UrlPicker } from './url-picker.ts';

export type StreamKind = 'message' | 'msgapp';

export type PeerLinkOptions = {
  readonly identity: PeerIdentity;
  readonly handlers: PeerHandlers;
  readonly metrics: PeerMetrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly dialer: PeerDialer;
  /** Shared by all links: followers mostly get the same entries. */
  readonly entryFrames: EntryFrames;
  readonly dialTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
};

/**
 * One other member. Each side dials two streams to the other and is only sent to on the streams the
 * other dialed; until those are there, POST /raft carries everything.
 *
 *   inactive → active          a stream stands in either direction, or a POST was answered
 *   active → inactive          a dial or POST failed, or a stream broke
 *   connected → disconnected   the first break after a stream stood; told once, as stream-broken
 *   disconnected → refused     a dial was refused: nothing listens there any more; told once
 *   any → connected            a stream stands again
 */
export class PeerLink {
  readonly id: bigint;
  readonly #options: PeerLinkOptions;
  readonly #picker: UrlPicker;
  readonly #writers: Readonly<Record<StreamKind, StreamWriter>>;
  readonly #readers: readonly StreamReader[];
  readonly #pipeline: Pipeline;
  readonly #stop = new AbortController();
  #activeSinceMs: number | undefined;
  #told: 'connected' | DisconnectEvidence | 'never-connected' = 'never-connected';

  constructor(address: PeerAddress, options: PeerLinkOptions) {
    this.id = address.id;
    this.#options = options;
    this.#picker = new UrlPicker(address.peerUrls);
    const { identity, clock, dialTimeoutMs, readTimeoutMs, writeTimeoutMs, dialer } = options;
    this.#writers = {
      message: new StreamWriter(
        () => new MessageStreamEncoder(),
        this.#writerEvents('message'),
        writeTimeoutMs,
      ),
      msgapp: new StreamWriter(
        () => new AppendStreamEncoder(options.entryFrames),
        this.#writerEvents('msgapp'),
        writeTimeoutMs,
      ),
    };
    const dial = { dialer, dialTimeoutMs, readTimeoutMs, clock };
    const base = { peerId: this.id, identity, picker: this.#picker, ...dial };
    this.#readers = [
      new StreamReader(
        { ...base, kind: 'message', newDecoder: () => new MessageStreamDecoder() },
        this.#readerEvents('message'),
      ),
      new StreamReader(
        {
          ...base,
          kind: 'msgapp',
          newDecoder: () => new AppendStreamDecoder(this.id, identity.memberId),
        },
        this.#readerEvents('msgapp'),
      ),
    ];
    const stop = this.#stop.signal;
    const post: PostOptions = {
      identity,
      picker: this.#picker,
      dialer,
      clock,
      timeoutMs: dialTimeoutMs + readTimeoutMs,
      stop,
    };
    this.#pipeline = new Pipeline(post, {
      delivered: (bytes) => {
        options.metrics.sentBytes(this.id, bytes);
        this.#activate();
      },
      failed: (error) => this.#sendFailed('pipeline', error),
      removed: () => options.handlers.removedByPeers(),
    });
  }

  get activeSinceMs(): number | undefined {
    return this.#activeSinceMs;
  }

  get url(): string {
    return this.#picker.pick();
  }

  start(): void {
    for (const reader of this.#readers) reader.start();
  }

  update(peerUrls: readonly string[]): void {
    this.#picker.update(peerUrls);
  }

  /** The peer opened a stream for us to send on. */
  attach(kind: StreamKind, response: ServerResponse): void {
    this.#writers[kind].attach(response);
    this.#connected(`${kind} stream`);
  }

  send(message: Message): void {
    if (this.#queue(message)) return;
    this.#options.log.debug('dropped raft message since the sending queue is full', {
      'remote-peer-id': formatId(this.id),
      'message-type': message.type,
    });
    this.#options.metrics.sendFailed(this.id);
    this.#options.handlers.reportUnreachable(this.id);
  }

  /** Writes what was sent to this member in this call of the transport. */
  flush(): void {
    this.#writers.message.flush();
    this.#writers.msgapp.flush();
  }

  async sendSnapshot(message: Message, database: SnapshotDatabase): Promise<void> {
    const { identity, dialer, clock, handlers, metrics, log } = this.#options;
    const stop = this.#stop.signal;
    const startedMs = clock.monotonicMs();
    const fields = { 'remote-peer-id': formatId(this.id), bytes: database.sizeBytes };
    metrics.snapshotSend(this.id, { kind: 'started' });
    log.info('sending database snapshot', fields);
    try {
      const options = { identity, picker: this.#picker, dialer, clock, stop };
      const status = await sendSnapshotTo(options, message, database);
      if (status === 403) handlers.removedByPeers();
      if (status !== 204) throw new Error(`unexpected status ${status} for POST /raft/snapshot`);
    } catch (error) {
      metrics.snapshotSend(this.id, { kind: 'failed' });
      if (stop.aborted) return;
      log.warn('failed to send database snapshot', { ...fields, error });
      this.#sendFailed('snapshot', error as Error);
      handlers.reportSnapshot(this.id, false);
      return;
    }
    const seconds = (clock.monotonicMs() - startedMs) / 1_000;
    metrics.snapshotSend(this.id, { kind: 'succeeded', seconds });
    log.info('sent database snapshot', fields);
    this.#activate();
    handlers.reportSnapshot(this.id, true);
  }

  tick(): void {
    this.#writers.message.tick();
    this.#writers.msgapp.tick();
    for (const reader of this.#readers) reader.tick();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#writers.message.finish();
    this.#writers.msgapp.finish();
    await Promise.all(this.#readers.map((reader) => reader.stop()));
    this.#deactivate();
  }

  #queue(message: Message): boolean {
    const { message: general, msgapp } = this.#writers;
    if (message.type === MessageType.MsgApp && msgapp.isAttached) return msgapp.send(message);
    if (general.isAttached) return general.send(message);
    return this.#pipeline.send(message);
  }

  #writerEvents(kind: StreamKind): StreamWriterEvents {
    return {
      broken: (reason) => {
        this.#broken(`${kind} stream to peer`, reason);
        // What was written last may be lost: raft goes back to probing instead of waiting for it.
        this.#options.handlers.reportUnreachable(this.id);
      },
      sentBytes: (bytes) => this.#options.metrics.sentBytes(this.id, bytes),
    };
  }

  #readerEvents(kind: StreamKind): StreamReaderEvents {
    const { handlers, metrics } = this.#options;
    return {
      established: () => this.#connected(`${kind} stream from peer`),
      broken: (reason) => this.#broken(`${kind} stream from peer`, reason),
      dialFailed: (error) => this.#dialFailed(kind, error),
      removed: () => handlers.removedByPeers(),
      receivedBytes: (bytes) => metrics.receivedBytes(this.id, bytes),
      message: (message) => this.#step(message),
    };
  }

  /** MsgSnap without its database would leave us with a log that starts nowhere. */
  #step(message: Message): void {
    if (message.type === MessageType.MsgSnap) {
      this.#options.metrics.receiveFailed(this.id);
      return;
    }
    const outcome = this.#options.handlers.step(message);
    if (outcome !== 'ok') this.#options.metrics.receiveFailed(this.id);
  }

  #connected(what: string): void {
    this.#told = 'connected';
    this.#activate();
    this.#options.log.info('established TCP streaming connection with remote peer', {
      'remote-peer-id': formatId(this.id),
      stream: what,
    });
  }

  #broken(what: string, reason: string): void {
    const fields = { 'remote-peer-id': formatId(this.id), stream: what, reason };
    this.#options.log.warn('lost TCP streaming connection with remote peer', fields);
    this.#deactivate();
    if (this.#told !== 'connected') return;
    this.#told = 'stream-broken';
    this.#options.handlers.peerDisconnected(this.id, 'stream-broken');
  }

  #dialFailed(kind: StreamKind, error: Error): void {
    if (this.#activeSinceMs !== undefined) {
      const fields = { 'remote-peer-id': formatId(this.id), stream: kind, error };
      this.#options.log.warn('peer became inactive (message send to peer failed)', fields);
    }
    this.#deactivate();
    if (this.#told !== 'stream-broken' || !isRefused(error)) return;
    this.#told = 'refused';
    this.#options.handlers.peerDisconnected(this.id, 'refused');
  }

  #sendFailed(what: string, error: Error): void {
    this.#options.metrics.sendFailed(this.id);
    if (this.#activeSinceMs !== undefined) {
      const fields = { 'remote-peer-id': formatId(this.id), stream: what, error };
      this.#options.log.warn('peer became inactive (message send to peer failed)', fields);
    }
    this.#deactivate();
    this.#options.handlers.reportUnreachable(this.id);
  }

  #activate(): void {
    if (this.#activeSinceMs !== undefined) return;
    this.#activeSinceMs = this.#options.clock.monotonicMs();
    this.#options.metrics.active(this.id, true);
  }

  #deactivate(): void {
    if (this.#activeSinceMs === undefined) return;
    this.#activeSinceMs = undefined;
    this.#options.metrics.active(this.id, false);
  }
}

function isRefused(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
}
