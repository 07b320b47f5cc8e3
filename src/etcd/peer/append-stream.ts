import { emptyBytes } from '../../base/bytes.ts';
import { limits } from '../config/limits.ts';
import { entryBytes, writeEntryAt } from '../proto/entry-bytes.ts';
import {
  decodeMessage,
  type Entry,
  encodeMessage,
  type Message,
  MessageType,
} from '../proto/generated/raftpb.ts';
import { ByteQueue, FrameError, type FrameWriter } from './frames.ts';
import { type StreamDecoder, type StreamEncoder, takeLength } from './message-stream.ts';

/*
 * etcd's `msgapp` stream (msgAppV2). Both ends remember term and index of the last message, so a
 * leader that only continues sends bare entries.
 *
 *   00                                                                    link heartbeat
 *   01  count: u64  count × { length: u64, raftpb.Entry }  commit: u64    entries follow the state
 *   02  length: u64  raftpb.Message                                       sets the state
 *
 * The state starts at term 0, index 0 on each connection. After 01 the index grows by count; after
 * 02 it is that of the message's last entry, or the message's own index without entries.
 */
const kindHeartbeat = 0;
const kindEntries = 1;
const kindMessage = 2;

/**
 * The entries of a short frame as bytes. Followers that are equally far get the same entries from
 * raft, as one array: they are encoded once.
 */
export class EntryFrames {
  #entries: readonly Entry[] = [];
  #bytes: Uint8Array = emptyBytes;

  /** Must not be changed: others may send it too. */
  of(entries: readonly Entry[]): Uint8Array {
    if (entries.length === 0) return emptyBytes;
    if (entries === this.#entries) return this.#bytes;
    let size = 0;
    for (const entry of entries) size += 8 + entryBytes(entry);
    const bytes = Buffer.allocUnsafe(size);
    let at = 0;
    for (const entry of entries) {
      const start = at + 8;
      const end = writeEntryAt(bytes, start, entry);
      bytes.writeUInt32BE(0, at);
      bytes.writeUInt32BE(end - start, at + 4);
      at = end;
    }
    this.#entries = entries;
    this.#bytes = bytes;
    return bytes;
  }
}

export class AppendStreamEncoder implements StreamEncoder {
  readonly #entryFrames: EntryFrames;
  #term = 0;
  #index = 0;

  constructor(entryFrames: EntryFrames) {
    this.#entryFrames = entryFrames;
  }

  encode(message: Message, to: FrameWriter): void {
    const continues =
      message.index === this.#index &&
      message.term === this.#term &&
      message.logTerm === this.#term &&
      isPlainAppend(message);
    if (continues) this.#encodeEntries(message, to);
    else this.#encodeMessage(message, to);
  }

  linkHeartbeat(to: FrameWriter): void {
    to.byte(kindHeartbeat);
  }

  #encodeEntries(message: Message, to: FrameWriter): void {
    to.byte(kindEntries);
    to.uint64(message.entries.length);
    to.bytes(this.#entryFrames.of(message.entries));
    to.uint64(message.commit);
    this.#index += message.entries.length;
  }

  #encodeMessage(message: Message, to: FrameWriter): void {
    const bytes = encodeMessage(message);
    to.byte(kindMessage);
    to.uint64(bytes.length);
    to.bytes(bytes);
    this.#term = message.term;
    this.#index = indexAfter(message);
  }
}

type Reading =
  | 'start'
  | 'count'
  | 'entry-length'
  | 'entry'
  | 'commit'
  | 'message-length'
  | 'message';

/**
 * start → count → (entry-length → entry)* → commit → start, or start → message-length → message →
 * start.
 */
export class AppendStreamDecoder implements StreamDecoder {
  readonly #queue = new ByteQueue();
  readonly #from: bigint;
  readonly #to: bigint;
  #reading: Reading = 'start';
  /** Bytes of what is read now. */
  #needed = 1;
  /** Entries of this frame that are still to come. */
  #left = 0;
  #entries: Entry[] = [];
  #entryBytes = 0;
  #term = 0;
  #index = 0;

  /** `from` and `to` complete the messages whose frames do not name them. */
  constructor(from: bigint, to: bigint) {
    this.#from = from;
    this.#to = to;
  }

  push(chunk: Uint8Array, onMessage: (message: Message) => void): void {
    this.#queue.push(chunk);
    while (this.#queue.length >= this.#needed) {
      const message = this.#advance();
      if (message !== undefined) onMessage(message);
    }
  }

  #advance(): Message | undefined {
    const queue = this.#queue;
    switch (this.#reading) {
      case 'start':
        this.#afterKind(queue.take(1)[0] as number);
        return undefined;
      case 'count':
        this.#left = queue.takeUint64();
        if (this.#left > limits.peerFrameEntriesMax) {
          throw new FrameError(`${this.#left} entries in one frame`);
        }
        this.#entries = [];
        this.#entryBytes = 0;
        this.#next(this.#left === 0 ? 'commit' : 'entry-length', 8);
        return undefined;
      case 'entry-length':
        this.#next('entry', takeLength(queue, limits.peerMessageBytesMax - this.#entryBytes));
        return undefined;
      case 'entry':
        this.#entryBytes += this.#needed;
        this.#entries.push(queue.takeEntry(this.#needed));
        this.#left -= 1;
        this.#next(this.#left === 0 ? 'commit' : 'entry-length', 8);
        return undefined;
      case 'commit':
        this.#next('start', 1);
        return this.#append(queue.takeUint64());
      case 'message-length':
        this.#next('message', takeLength(queue, limits.peerMessageBytesMax));
        return undefined;
      default: {
        const message = decodeMessage(queue.take(this.#needed));
        this.#next('start', 1);
        this.#term = message.term;
        this.#index = indexAfter(message);
        return message;
      }
    }
  }

  #next(reading: Reading, needed: number): void {
    this.#reading = reading;
    this.#needed = needed;
  }

  #afterKind(kind: number): void {
    if (kind === kindHeartbeat) this.#next('start', 1);
    else if (kind === kindEntries) this.#next('count', 8);
    else if (kind === kindMessage) this.#next('message-length', 8);
    else throw new FrameError(`unknown frame kind ${kind} on a msgapp stream`);
  }

  #append(commit: number): Message {
    if (!Number.isSafeInteger(commit)) throw new FrameError(`commit index ${commit}`);
    const entries = this.#entries;
    this.#entries = [];
    const index = this.#index;
    this.#index += entries.length;
    return {
      type: MessageType.MsgApp,
      to: this.#to,
      from: this.#from,
      term: this.#term,
      logTerm: this.#term,
      index,
      entries,
      commit,
      snapshot: undefined,
      reject: false,
      rejectHint: 0,
      context: emptyBytes,
      vote: 0n,
      responses: [],
    };
  }
}

/** The short frame has no room for anything but entries and commit. */
function isPlainAppend(message: Message): boolean {
  return (
    message.type === MessageType.MsgApp &&
    message.context.length === 0 &&
    message.snapshot === undefined &&
    !message.reject
  );
}

function indexAfter(message: Message): number {
  return message.entries.at(-1)?.index ?? message.index;
}
