import { limits } from '../config/limits.ts';
import {
  decodeMessage,
  encodeMessage,
  type Message,
  MessageType,
} from '../proto/generated/raftpb.ts';
import { ByteQueue, FrameError, type FrameWriter } from './frames.ts';

/*
 * etcd's `message` stream, and the head of a snapshot transfer.
 *
 *   stream  = { length: uint64 BE, raftpb.Message }
 *   the link heartbeat is the two bytes 08 08: a MsgHeartbeat from nobody to nobody
 */

/** A codec of one direction of one connection; the state of both ends starts fresh with it. */
export interface StreamEncoder {
  encode(message: Message, to: FrameWriter): void;
  linkHeartbeat(to: FrameWriter): void;
}

export interface StreamDecoder {
  /**
   * Takes the bytes over and hands out every message they complete, link heartbeats left out.
   * Throws FrameError or DecodeError when they are not what a peer sends.
   */
  push(chunk: Uint8Array, onMessage: (message: Message) => void): void;
}

const linkHeartbeatBytes = Uint8Array.of(8, MessageType.MsgHeartbeat);

export class MessageStreamEncoder implements StreamEncoder {
  encode(message: Message, to: FrameWriter): void {
    const bytes = encodeMessage(message);
    to.uint64(bytes.length);
    to.bytes(bytes);
  }

  linkHeartbeat(to: FrameWriter): void {
    to.uint64(linkHeartbeatBytes.length);
    to.bytes(linkHeartbeatBytes);
  }
}

export class MessageStreamDecoder implements StreamDecoder {
  readonly #queue = new ByteQueue();
  #length: number | undefined;

  push(chunk: Uint8Array, onMessage: (message: Message) => void): void {
    this.#queue.push(chunk);
    for (;;) {
      if (this.#length === undefined) {
        if (this.#queue.length < 8) return;
        this.#length = takeLength(this.#queue, limits.peerMessageBytesMax);
      }
      if (this.#queue.length < this.#length) return;
      const message = decodeMessage(this.#queue.take(this.#length));
      this.#length = undefined;
      if (!isLinkHeartbeat(message)) onMessage(message);
    }
  }
}

export function takeLength(queue: ByteQueue, most: number): number {
  const length = queue.takeUint64();
  if (length > most) throw new FrameError(`a message of ${length} bytes, at most ${most} allowed`);
  return length;
}

function isLinkHeartbeat(message: Message): boolean {
  return message.type === MessageType.MsgHeartbeat && message.from === 0n && message.to === 0n;
}
