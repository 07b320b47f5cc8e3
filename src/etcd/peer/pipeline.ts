import type { Clock } from '../../base/clock.ts';
import { limits } from '../config/limits.ts';
import { encodeMessage, type Message } from '../proto/generated/raftpb.ts';
import { readBody } from './http-answers.ts';
import type { PeerDialer } from './peer-dialer.ts';
import { identityHeaders } from './peer-headers.ts';
import type { PeerIdentity } from './transport.ts';
import type { UrlPicker } from './url-picker.ts';

export type PipelineEvents = {
  delivered(bytes: number): void;
  failed(error: Error): void;
  /** The peer says we were removed from the cluster. */
  removed(): void;
};

export type PostOptions = {
  readonly identity: PeerIdentity;
  readonly picker: UrlPicker;
  readonly dialer: PeerDialer;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly stop: AbortSignal;
};

/** One POST /raft per message: how a peer is reached until it has opened streams to us. */
export class Pipeline {
  readonly #options: PostOptions;
  readonly #events: PipelineEvents;
  readonly #waiting: Message[] = [];
  #busy = 0;

  constructor(options: PostOptions, events: PipelineEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** False when the queue is full: the message is dropped. */
  send(message: Message): boolean {
    if (this.#waiting.length >= limits.peerPipelineQueueMax) return false;
    this.#waiting.push(message);
    if (this.#busy < limits.peerPipelineWorkers) void this.#work();
    return true;
  }

  async #work(): Promise<void> {
    this.#busy += 1;
    for (;;) {
      const message = this.#waiting.shift();
      if (message === undefined || this.#options.stop.aborted) break;
      const body = encodeMessage(message);
      try {
        const status = await postMessage(this.#options, body);
        if (status === 204) this.#events.delivered(body.length);
        else if (status === 403) this.#events.removed();
        else this.#events.failed(new Error(`unexpected status ${status} for POST /raft`));
      } catch (error) {
        if (!this.#options.stop.aborted) this.#events.failed(error as Error);
      }
    }
    this.#busy -= 1;
  }
}

/** The status of the answer; rejects when there is none in time. */
async function postMessage(options: PostOptions, body: Uint8Array): Promise<number> {
  const { identity, picker, dialer, clock, timeoutMs, stop } = options;
  const url = picker.pick();
  const settled = new AbortController();
  try {
    return await new Promise<number>((resolve, reject) => {
      const post = dialer.pooled(url, '/raft', {
        method: 'POST',
        signal: stop,
        headers: {
          ...identityHeaders(identity),
          'Content-Type': 'application/protobuf',
          'Content-Length': body.length,
        },
      });
      post.on('error', reject);
      post.on('response', (response) => {
        readBody(response, limits.peerSmallAnswerBytesMax).then(
          () => resolve(response.statusCode ?? 0),
          reject,
        );
      });
      post.end(body);
      clock
        .after(timeoutMs, settled.signal)
        .then(() => post.destroy(new Error(`no answer from ${url} in time`)))
        .catch(() => {});
    });
  } catch (error) {
    picker.failed(url);
    throw error;
  } finally {
    settled.abort();
  }
}
