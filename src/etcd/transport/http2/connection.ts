import type { Duplex } from 'node:stream';
import type { Clock } from '../../../base/clock.ts';
import { limits } from '../../config/limits.ts';
import { connectionEnds } from '../connection-ends.ts';
import type { Keepalive } from '../grpc-server.ts';
import type { Http2Application } from './application.ts';
import { ConnectionError, ErrorCode } from './errors.ts';
import { FrameReader } from './frame-reader.ts';
import { Flag, WINDOW_DEFAULT } from './frames.ts';
import { Output, type OutputBlocks } from './output.ts';
import { PingPolicy } from './ping-policy.ts';
import { Receiver } from './receiver.ts';
import { settingsFrame } from './settings.ts';
import { StreamTable } from './stream-table.ts';

/*
 *   open ──drain()──→ draining (GOAWAY; new streams until the peer has heard of it) ──no streams──┐
 *    └── error: GOAWAY with its code; close(): GOAWAY ───────────────────────────→ closing ←──────┘
 *   closing: nothing is read; our last words leave; cut when the peer closes or lingers too long
 *   lost: the socket is gone
 */
type State = 'open' | 'draining' | 'closing' | 'lost';

export type ConnectionOptions<Head> = {
  readonly application: Http2Application<Head>;
  readonly concurrentStreamsMax: number;
  readonly keepalive: Keepalive;
  readonly clock: Clock;
  readonly blocks: OutputBlocks;
  /** Called when something was written outside of a reading turn: `flush` is due. */
  readonly flushLater: (connection: Http2Connection<Head>) => void;
  /** The last open stream was closed while the connection is draining. */
  readonly becameIdle: () => void;
  readonly lost: (connection: Http2Connection<Head>) => void;
};

const drainPing = Buffer.from('draining', 'latin1');
const keepalivePing = Buffer.from('anybody?', 'latin1');
const STREAM_ID_MAX = 0x7fffffff;
/** Data stops at half of it, so only headers and acknowledgements can come here. */
const PAUSE_BYTES = 2 * limits.http2SocketUnsentBytesMax;

/** One client's connection over an accepted socket: its turns, its states, its time. */
export class Http2Connection<Head> {
  readonly #options: ConnectionOptions<Head>;
  readonly #socket: Duplex;
  readonly #frames = new FrameReader();
  readonly #output: Output;
  readonly #streams: StreamTable<Head>;
  readonly #receiver: Receiver<Head>;
  readonly #pings: PingPolicy;
  #state: State = 'open';
  #isDrainAnnounced = false;
  #isReading = false;
  #isFlushDue = false;
  #lastReadMs: number;
  #keepalivePingMs: number | undefined;
  /** Since when unread answers are more than a few. */
  #stalledSinceMs: number | undefined;
  #answersSeen = 0;
  #closingMs = 0;

  constructor(socket: Duplex, options: ConnectionOptions<Head>) {
    const { application, clock } = options;
    this.#options = options;
    this.#socket = socket;
    this.#lastReadMs = clock.monotonicMs();
    this.#pings = new PingPolicy(options.keepalive.clientPingMsMin);
    this.#output = new Output(socket, options.blocks);
    const concurrentStreamsMax = Math.min(options.concurrentStreamsMax, limits.http2StreamsMax);
    this.#streams = new StreamTable({
      application,
      output: this.#output,
      concurrentStreamsMax,
      written: () => this.#written(),
      closed: () => this.#streamClosed(),
      ends: () => connectionEnds(socket),
    });
    this.#receiver = new Receiver({
      streams: this.#streams,
      headOf: (request) => application.head(request),
      pinged: (payload) => this.#pinged(payload),
      pingAnswered: (payload) => this.#pingAnswered(payload),
      isReading: () => this.#isOpen,
    });
    this.#greet(concurrentStreamsMax);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('drain', () => this.#drained());
    socket.on('error', () => this.#lost());
    socket.on('end', () => this.#lost());
    socket.on('close', () => this.#lost());
  }

  get streamsOpen(): number {
    return this.#streams.size;
  }

  /** Lets open streams finish, and those that are on their way; then the connection closes. */
  drain(): void {
    if (this.#state !== 'open') return;
    this.#state = 'draining';
    this.#streams.sender.goAway(STREAM_ID_MAX, ErrorCode.noError, 'graceful_stop');
    this.#streams.sender.ping(0, drainPing);
    this.#written();
  }

  /** Aborts open streams. What was written still leaves. */
  close(): void {
    this.#goAway(ErrorCode.noError, '');
  }

  /** Cuts the connection. */
  destroy(): void {
    this.#lost();
  }

  /** Called every few seconds: what only time can tell. */
  supervise(nowMs: number): void {
    this.#streams.nowMs = nowMs;
    if (this.#state === 'lost') return;
    if (this.#state === 'closing') {
      if (nowMs - this.#closingMs >= limits.http2LingerMs) this.#lost();
      return;
    }
    const silentMs = nowMs - this.#lastReadMs;
    if (!this.#receiver.hasSettings && silentMs >= limits.http2HandshakeMs) return this.#lost();
    this.#keepAlive(nowMs, silentMs);
    this.#watchForStall(nowMs);
    // Of what TLS takes, it says so only later, and there is no `drain` when it was little.
    this.#output.reclaim();
  }

  /** One write of what the turn has gathered. */
  flush(): void {
    this.#isFlushDue = false;
    this.#output.flush();
    // A peer that sends and does not read: its answers must not pile up in the socket.
    if (this.#output.unsentBytes > PAUSE_BYTES) this.#socket.pause();
  }

  get #isOpen(): boolean {
    return this.#state === 'open' || this.#state === 'draining';
  }

  #greet(concurrentStreamsMax: number): void {
    const { sender } = this.#streams;
    sender.raw(
      settingsFrame({
        concurrentStreamsMax,
        streamWindowBytes: limits.http2StreamWindowBytes,
        headerListBytesMax: limits.http2HeaderListBytesMax,
      }),
    );
    sender.windowUpdate(0, limits.http2ConnectionWindowBytes - WINDOW_DEFAULT);
    this.flush();
  }

  #read(chunk: Buffer): void {
    if (!this.#isOpen) return;
    this.#lastReadMs = this.#options.clock.monotonicMs();
    this.#streams.nowMs = this.#lastReadMs;
    this.#keepalivePingMs = undefined;
    this.#isReading = true;
    try {
      this.#frames.read(chunk, this.#receiver);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#goAway(error.code, error.message);
    } finally {
      this.#isReading = false;
    }
    this.flush();
  }

  #written(): void {
    if (this.#isReading || this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#options.flushLater(this);
  }

  #drained(): void {
    if (!this.#isOpen) return;
    this.#stalledSinceMs = undefined;
    this.#output.reclaim();
    const { sender } = this.#streams;
    if (sender.queuedBytes > 0) {
      sender.pump();
      // A kernel that takes everything at once calls for more within the same turn: it would go on
      // until the whole of a long answer is sent.
      this.#written();
    }
    if (this.#output.unsentBytes <= PAUSE_BYTES) this.#socket.resume();
  }

  #pinged(payload: Buffer): void {
    const { sender, nowMs, size } = this.#streams;
    sender.ping(Flag.ack, payload);
    if (this.#pings.accept(nowMs, size > 0, sender.answers)) return;
    throw new ConnectionError(ErrorCode.enhanceYourCalm, 'too_many_pings');
  }

  /** The answer proves that the peer has read our GOAWAY: what it opened before is here. */
  #pingAnswered(payload: Buffer): void {
    if (this.#state !== 'draining' || this.#isDrainAnnounced || !payload.equals(drainPing)) return;
    this.#isDrainAnnounced = true;
    this.#streams.serveNoMore();
    this.#streams.sender.goAway(this.#streams.lastId, ErrorCode.noError, '');
    this.#streamClosed();
  }

  #streamClosed(): void {
    if (this.#state !== 'draining' || this.#streams.size > 0) return;
    if (this.#isDrainAnnounced) this.#endSocket();
    this.#options.becameIdle();
  }

  #keepAlive(nowMs: number, silentMs: number): void {
    const { intervalMs, timeoutMs } = this.#options.keepalive;
    if (this.#keepalivePingMs === undefined) {
      if (silentMs < intervalMs) return;
      this.#keepalivePingMs = nowMs;
      this.#streams.sender.ping(0, keepalivePing);
      this.flush();
    } else if (nowMs - this.#keepalivePingMs >= timeoutMs) {
      this.#lost();
    }
  }

  /** A few bytes may wait for ever, as a watcher's do; memory full of answers may not. */
  #watchForStall(nowMs: number): void {
    const waitingBytes = this.#output.unsentBytes + this.#streams.sender.queuedBytes;
    const progress = this.#streams.sender.answers;
    if (waitingBytes < limits.http2StalledBytes || progress !== this.#answersSeen) {
      this.#answersSeen = progress;
      this.#stalledSinceMs = undefined;
      return;
    }
    this.#stalledSinceMs ??= nowMs;
    if (nowMs - this.#stalledSinceMs < limits.http2StalledMs) return;
    this.#goAway(ErrorCode.enhanceYourCalm, 'answers are not read');
  }

  #goAway(code: ErrorCode, words: string): void {
    if (!this.#isOpen) return;
    this.#streams.sender.goAway(this.#streams.lastId, code, words);
    this.#endSocket();
    this.#streams.abortAll();
  }

  #endSocket(): void {
    this.#state = 'closing';
    this.#closingMs = this.#streams.nowMs;
    this.#output.flush();
    this.#socket.end();
    // What still arrives is dropped, so that our last words are not lost in a reset.
    this.#socket.resume();
  }

  #lost(): void {
    if (this.#state === 'lost') return;
    this.#state = 'lost';
    this.#streams.abortAll();
    this.#socket.destroy();
    this.#options.lost(this);
  }
}
