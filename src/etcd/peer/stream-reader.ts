import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { limits } from '../config/limits.ts';
import type { Message } from '../proto/generated/raftpb.ts';
import { formatId } from '../proto/ids.ts';
import { readBody } from './http-answers.ts';
import { ticksOf } from './link-ticks.ts';
import type { StreamDecoder } from './message-stream.ts';
import type { PeerDialer } from './peer-dialer.ts';
import { identityHeaders } from './peer-headers.ts';
import type { PeerIdentity } from './transport.ts';
import type { UrlPicker } from './url-picker.ts';

export type StreamReaderEvents = {
  established(): void;
  /** An established stream ended. */
  broken(reason: string): void;
  dialFailed(error: Error): void;
  /** The peer says we were removed from the cluster. */
  removed(): void;
  message(message: Message): void;
  receivedBytes(bytes: number): void;
};

export type StreamReaderOptions = {
  readonly kind: 'message' | 'msgapp';
  readonly peerId: bigint;
  readonly identity: PeerIdentity;
  readonly picker: UrlPicker;
  readonly dialer: PeerDialer;
  readonly dialTimeoutMs: number;
  /** How long a peer may send nothing, not even heartbeats of the link. */
  readonly readTimeoutMs: number;
  readonly clock: Clock;
  readonly newDecoder: () => StreamDecoder;
};

/** Waits before the attempts that follow a broken stream; the last one repeats. */
const redialMs = [0, 10, 25, 50, limits.peerRedialMsMax] as const;
/** A stream that did not live this long earns no immediate redial, or two members would spin. */
const healthyMs = 1_000;

/**
 * The receiving half of one stream: dials the peer, reads until the connection ends, dials again.
 * A peer that restarts is found again within milliseconds; one that stays away costs ten dials a
 * second.
 */
export class StreamReader {
  readonly #options: StreamReaderOptions;
  readonly #events: StreamReaderEvents;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  /** Ticks since the last byte; bytes that waited while our own loop was busy reset it in time. */
  #quietTicks = 0;
  #body: IncomingMessage | undefined;

  constructor(options: StreamReaderOptions, events: StreamReaderEvents) {
    this.#options = options;
    this.#events = events;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#body?.destroy();
    await this.#running;
  }

  /** Called at every link tick. */
  tick(): void {
    this.#quietTicks += 1;
    if (this.#quietTicks > ticksOf(this.#options.readTimeoutMs))
      this.#body?.destroy(new Error('nothing received, deadline passed'));
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const startedMs = clock.monotonicMs();
      const lived = await this.#dialAndRead();
      if (this.#stop.signal.aborted) return;
      failures = lived && clock.monotonicMs() - startedMs >= healthyMs ? 0 : failures + 1;
      const waitMs = redialMs[Math.min(failures, redialMs.length - 1)] as number;
      await clock.after(waitMs, this.#stop.signal).catch(() => {});
    }
  }

  /** True when there was a stream, however it ended. */
  async #dialAndRead(): Promise<boolean> {
    const { picker } = this.#options;
    const url = picker.pick();
    let body: IncomingMessage;
    try {
      body = await this.#dial(url);
      await this.#accept(body);
    } catch (error) {
      picker.failed(url);
      if (!this.#stop.signal.aborted) this.#events.dialFailed(error as Error);
      return false;
    }
    this.#body = body;
    this.#quietTicks = 0;
    this.#events.established();
    const reason = await this.#read(body);
    this.#body = undefined;
    if (!this.#stop.signal.aborted) this.#events.broken(reason);
    return true;
  }

  #dial(url: string): Promise<IncomingMessage> {
    const { identity, dialer, peerId, kind, dialTimeoutMs, readTimeoutMs, clock } = this.#options;
    const settled = new AbortController();
    return new Promise<IncomingMessage>((resolve, reject) => {
      const path = `/raft/stream/${kind}/${formatId(identity.memberId)}`;
      const dialed = dialer.single(url, path, {
        headers: { ...identityHeaders(identity), 'X-Raft-To': formatId(peerId) },
        signal: this.#stop.signal,
      });
      dialed.setNoDelay(true);
      dialed.on('response', resolve);
      dialed.on('error', reject);
      dialed.end();
      clock
        .after(dialTimeoutMs + readTimeoutMs, settled.signal)
        .then(() => dialed.destroy(new Error(`no answer from ${url} in time`)))
        .catch(() => {});
    }).finally(() => settled.abort());
  }

  async #accept(response: IncomingMessage): Promise<void> {
    if (response.statusCode === 200) return;
    const text = await readBody(response, limits.peerSmallRequestBytesMax).catch(() => '');
    const reason = typeof text === 'string' ? text : Buffer.from(text).toString().trimEnd();
    if (response.statusCode === 410) this.#events.removed();
    throw new Error(`peer refused the stream: ${response.statusCode} ${reason}`);
  }

  /** Why the stream ended. Malformed bytes end it, errors of the message's receiver do not. */
  async #read(body: IncomingMessage): Promise<string> {
    const decoder = this.#options.newDecoder();
    const waiting: Message[] = [];
    const collect = (message: Message): void => {
      waiting.push(message);
    };
    return new Promise((resolve) => {
      body.on('data', (chunk: Buffer) => {
        this.#quietTicks = 0;
        this.#events.receivedBytes(chunk.length);
        try {
          decoder.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), collect);
        } catch (error) {
          waiting.length = 0;
          body.destroy(error as Error);
          return;
        }
        for (const message of waiting) this.#events.message(message);
        waiting.length = 0;
      });
      body.on('error', (error) => resolve(error.message));
      body.on('close', () => resolve('closed by the peer'));
    });
  }
}
