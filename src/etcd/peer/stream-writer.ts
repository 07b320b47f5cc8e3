import type { ServerResponse } from 'node:http';
import { limits } from '../config/limits.ts';
import type { Message } from '../proto/generated/raftpb.ts';
import { FrameWriter } from './frames.ts';
import { ticksOf } from './link-ticks.ts';
import type { StreamEncoder } from './message-stream.ts';

export type StreamWriterEvents = {
  /** The connection ended, by the peer or because it took no bytes for too long. */
  broken(reason: string): void;
  sentBytes(bytes: number): void;
};

/**
 * The sending half of one stream: the body of a GET that the peer opened. Everything between two
 * flushes leaves in one write.
 */
export class StreamWriter {
  readonly #newEncoder: () => StreamEncoder;
  readonly #events: StreamWriterEvents;
  readonly #stuckTicksMax: number;
  readonly #frames = new FrameWriter();
  #response: ServerResponse | undefined;
  #encoder: StreamEncoder;
  #waiting: Message[] = [];
  /** Heartbeats due while the socket still held bytes of an earlier write. */
  #stuckTicks = 0;

  /** `timeoutMs`: how long a peer may take no bytes. */
  constructor(
    newEncoder: () => StreamEncoder,
    events: StreamWriterEvents,
    timeoutMs: number = limits.peerDeadlineMs,
  ) {
    this.#stuckTicksMax = ticksOf(timeoutMs);
    this.#newEncoder = newEncoder;
    this.#encoder = newEncoder();
    this.#events = events;
  }

  get isAttached(): boolean {
    return this.#response !== undefined;
  }

  /** Takes the connection over; an older one of the same kind is closed without complaint. */
  attach(response: ServerResponse): void {
    this.close();
    this.#response = response;
    this.#encoder = this.#newEncoder();
    this.#stuckTicks = 0;
    response.on('close', () => this.#onClose(response, 'closed by the peer'));
    response.on('error', (error) => this.#onClose(response, error.message));
  }

  /** False when the peer takes messages slower than we make them: the message is dropped. */
  send(message: Message): boolean {
    const response = this.#response;
    if (response === undefined) return false;
    if (this.#waiting.length >= limits.peerStreamQueueMax) return false;
    if (response.writableLength > limits.peerStreamUnsentBytesMax) return false;
    this.#waiting.push(message);
    return true;
  }

  /** Writes what was sent since the last flush, within this call. */
  flush(): void {
    const response = this.#response;
    if (response === undefined || this.#waiting.length === 0) return;
    for (const message of this.#waiting) this.#encoder.encode(message, this.#frames);
    this.#waiting = [];
    this.#write(response);
  }

  /** Called at every link tick: keeps the peer's read deadline away and watches our own. */
  tick(): void {
    const response = this.#response;
    if (response === undefined) return;
    this.#stuckTicks = response.writableNeedDrain ? this.#stuckTicks + 1 : 0;
    if (this.#stuckTicks > this.#stuckTicksMax) {
      response.destroy();
      return;
    }
    this.#encoder.linkHeartbeat(this.#frames);
    this.#write(response);
  }

  close(): void {
    const response = this.#response;
    this.#response = undefined;
    this.#waiting = [];
    response?.destroy();
  }

  /**
   * Ends the stream behind everything sent so far. To a member that was removed the last message is
   * the one that says so: without it a request waiting there would never be answered.
   */
  finish(): void {
    const response = this.#response;
    if (response === undefined) return;
    this.flush();
    this.#response = undefined;
    response.end();
    response.setTimeout(limits.peerDeadlineMs, () => response.destroy());
  }

  #write(response: ServerResponse): void {
    if (this.#frames.length === 0) return;
    this.#events.sentBytes(this.#frames.length);
    // Node would keep the bytes until the end of the turn; our own disk is asked meanwhile.
    const { socket } = response;
    socket?.cork();
    response.write(this.#frames.take());
    socket?.uncork();
  }

  #onClose(response: ServerResponse, reason: string): void {
    if (this.#response !== response) return;
    this.close();
    this.#events.broken(reason);
  }
}
