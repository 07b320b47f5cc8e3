import { sizeOf } from '../../../base/bytes.ts';
import { limits } from '../../config/limits.ts';
import { ConnectionError, ErrorCode } from './errors.ts';
import {
  Flag,
  FRAME_HEADER_BYTES,
  FRAME_PAYLOAD_MAX,
  FrameType,
  WINDOW_DEFAULT,
  WINDOW_MAX,
  writeFrameHeader,
  writeUint32,
} from './frames.ts';
import { type HeaderList, HpackEncoder } from './hpack-encoder.ts';
import type { Output } from './output.ts';
import type { Http2Stream, SendQueue } from './stream.ts';

/** Called when a stream's END_STREAM is on its way. */
export type LocalEnd = (stream: Http2Stream) => void;

/** Fewer bytes are copied faster than they are written as a part of their own. */
const COPIED_BYTES_MAX = 4_096;
/** So few bytes are copied faster one by one. */
const BYTEWISE_MAX = 48;

const emptyPayload = new Uint8Array(0);

/**
 * The sending side of a connection: frames are written into the output as soon as the peer's
 * windows and the socket have room, else the bytes wait with their stream. Streams with bytes and
 * an open window take turns, a frame each.
 */
export class Sender {
  readonly #output: Output;
  readonly #onLocalEnd: LocalEnd;
  readonly #encoder = new HpackEncoder();
  readonly #ready = new Set<Http2Stream>();
  #window = WINDOW_DEFAULT;
  #initialWindow = WINDOW_DEFAULT;
  /** Frames of answers so far, for who wants to know whether there were any since. */
  answers = 0;
  #queuedBytes = 0;
  #isPumping = false;

  constructor(output: Output, onLocalEnd: LocalEnd) {
    this.#output = output;
    this.#onLocalEnd = onLocalEnd;
  }

  /** A new stream's window. */
  get initialWindow(): number {
    return this.#initialWindow;
  }

  /** Bytes of all streams that wait for windows or for the socket. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  headers(stream: Http2Stream, list: HeaderList, endsStream: boolean): void {
    stream.hasAnswered = true;
    this.answers++;
    const block = this.#encoder.encode(list);
    const flags = endsStream ? Flag.endStream : 0;
    if (block.length <= FRAME_PAYLOAD_MAX) {
      this.#frame(FrameType.headers, flags | Flag.endHeaders, stream.id, block);
    } else {
      this.#longHeaders(flags, stream.id, block);
    }
    if (endsStream) this.#onLocalEnd(stream);
  }

  /** False: too much waits already; nothing was queued. */
  data(stream: Http2Stream, prefix: Uint8Array, prefixBytes: number, bytes: Uint8Array): boolean {
    const length = prefixBytes + bytes.length;
    if (!this.#fits(stream, length)) {
      return this.dataInPieces(stream, [prefix.slice(0, prefixBytes), bytes]);
    }
    this.#wholeFrame(stream, length, prefix, prefixBytes, bytes);
    return true;
  }

  /** As `data`, of bytes that wait where they are. */
  dataInPieces(stream: Http2Stream, pieces: readonly Uint8Array[]): boolean {
    const length = sizeOf(pieces);
    if (length === 0) return true;
    if (
      this.#queuedBytes > limits.http2UnsentBytesMax ||
      stream.queuedBytes > limits.http2StreamUnsentBytesMax
    ) {
      return false;
    }
    stream.queue ??= {
      chunks: [],
      chunksSent: 0,
      offset: 0,
      sizeBytes: 0,
      trailers: undefined,
      isAwaited: false,
    };
    for (const piece of pieces) if (piece.length > 0) stream.queue.chunks.push(piece);
    stream.queue.sizeBytes += length;
    this.#queuedBytes += length;
    this.#noteReady(stream);
    this.pump();
    return true;
  }

  /**
   * A whole answer: `body` is the first `startBytes` of `start`, then `rest`. False: windows or
   * socket have no room for it as it is; nothing was sent.
   */
  answer(
    stream: Http2Stream,
    head: HeaderList,
    start: Uint8Array,
    startBytes: number,
    rest: Uint8Array,
    end: HeaderList,
  ): boolean {
    const length = startBytes + rest.length;
    if (!this.#fits(stream, length)) return false;
    this.headers(stream, head, false);
    this.#wholeFrame(stream, length, start, startBytes, rest);
    this.headers(stream, end, true);
    return true;
  }

  trailers(stream: Http2Stream, list: HeaderList): void {
    if (stream.queue === undefined) this.headers(stream, list, true);
    else stream.queue.trailers = list;
  }

  /** The stream is closed: what it did not send is dropped. */
  forget(stream: Http2Stream): void {
    if (stream.queue === undefined) return;
    this.#queuedBytes -= stream.queue.sizeBytes;
    stream.queue = undefined;
    this.#ready.delete(stream);
  }

  raw(frame: Uint8Array): void {
    this.#output.append(frame);
  }

  resetStream(streamId: number, code: number): void {
    this.#number(FrameType.rstStream, streamId, code);
  }

  windowUpdate(streamId: number, increment: number): void {
    this.#number(FrameType.windowUpdate, streamId, increment);
  }

  settingsAck(): void {
    this.#frame(FrameType.settings, Flag.ack, 0, emptyPayload);
  }

  ping(flags: number, payload: Uint8Array): void {
    this.#frame(FrameType.ping, flags, 0, payload);
  }

  goAway(lastStreamId: number, code: number, words: string): void {
    const debug = Buffer.from(words);
    const payload = Buffer.alloc(8 + debug.length);
    writeUint32(payload, writeUint32(payload, 0, lastStreamId), code);
    payload.set(debug, 8);
    this.#frame(FrameType.goAway, 0, 0, payload);
  }

  limitHeaderTable(sizeBytes: number): void {
    this.#encoder.limitTable(sizeBytes);
  }

  /**
   * The peer's INITIAL_WINDOW_SIZE also moves the windows of open streams, even below zero. What
   * may be sent now is left to `pump`: the acknowledgement goes first.
   */
  setInitialWindow(value: number, streams: Iterable<Http2Stream>): void {
    const change = value - this.#initialWindow;
    this.#initialWindow = value;
    for (const stream of streams) {
      stream.sendWindow += change;
      if (stream.sendWindow > WINDOW_MAX) {
        throw new ConnectionError(ErrorCode.flowControlError, 'a stream window above 2^31-1');
      }
      this.#noteReady(stream);
    }
  }

  growWindow(increment: number): void {
    this.#window += increment;
    if (this.#window > WINDOW_MAX) {
      throw new ConnectionError(ErrorCode.flowControlError, 'a connection window above 2^31-1');
    }
    this.pump();
  }

  /** False: the window would be larger than allowed, an error of the stream. */
  growStreamWindow(stream: Http2Stream, increment: number): boolean {
    stream.sendWindow += increment;
    if (stream.sendWindow > WINDOW_MAX) return false;
    this.#noteReady(stream);
    this.pump();
    return true;
  }

  /** Sends what waits, as far as windows and socket allow. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#ready.size > 0 && this.#window > 0 && this.#hasBudget()) {
      for (const stream of this.#ready) {
        if (this.#window <= 0 || !this.#hasBudget()) break;
        this.#sendSome(stream, stream.queue as SendQueue);
      }
    }
    this.#isPumping = false;
  }

  #fits(stream: Http2Stream, length: number): boolean {
    return (
      stream.queue === undefined &&
      length <= FRAME_PAYLOAD_MAX &&
      length <= stream.sendWindow &&
      length <= this.#window &&
      this.#hasBudget()
    );
  }

  #wholeFrame(
    stream: Http2Stream,
    length: number,
    start: Uint8Array,
    startBytes: number,
    rest: Uint8Array,
  ): void {
    const output = this.#output;
    output.room(FRAME_HEADER_BYTES + length);
    const { block } = output;
    let at = writeFrameHeader(block, output.at, length, FrameType.data, 0, stream.id);
    if (startBytes <= BYTEWISE_MAX) {
      for (let i = 0; i < startBytes; i++) block[at++] = start[i] as number;
    } else {
      block.set(start.subarray(0, startBytes), at);
      at += startBytes;
    }
    if (rest.length > 0) block.set(rest, at);
    output.at = at + rest.length;
    stream.sendWindow -= length;
    this.#window -= length;
    this.answers++;
  }

  #noteReady(stream: Http2Stream): void {
    if (stream.queue !== undefined && stream.sendWindow > 0) this.#ready.add(stream);
  }

  /** One frame, then it is the next stream's turn. */
  #sendSome(stream: Http2Stream, queue: SendQueue): void {
    const length = Math.min(
      queue.sizeBytes,
      FRAME_PAYLOAD_MAX,
      Math.max(0, stream.sendWindow),
      this.#window,
    );
    this.#ready.delete(stream);
    this.answers++;
    if (length > 0) this.#dataFrame(stream.id, queue, length);
    stream.sendWindow -= length;
    this.#window -= length;
    queue.sizeBytes -= length;
    this.#queuedBytes -= length;
    if (queue.sizeBytes === 0) stream.queue = undefined;
    else this.#noteReady(stream);
    const hasRoom = queue.sizeBytes * 2 <= limits.http2StreamQueueBytes;
    if (queue.isAwaited && hasRoom) {
      queue.isAwaited = false;
      stream.reader.roomAgain();
    }
    if (queue.sizeBytes === 0 && queue.trailers !== undefined && !stream.isClosed) {
      this.headers(stream, queue.trailers, true);
    }
  }

  #dataFrame(streamId: number, queue: SendQueue, length: number): void {
    const output = this.#output;
    output.room(FRAME_HEADER_BYTES);
    output.at = writeFrameHeader(output.block, output.at, length, FrameType.data, 0, streamId);
    let left = length;
    while (left > 0) {
      const chunk = queue.chunks[queue.chunksSent] as Uint8Array;
      const taken = Math.min(chunk.length - queue.offset, left);
      const part = viewOf(chunk, queue.offset, taken);
      if (taken < COPIED_BYTES_MAX) output.append(part);
      else output.reference(part);
      left -= taken;
      queue.offset += taken;
      if (queue.offset < chunk.length) break;
      queue.offset = 0;
      queue.chunksSent++;
    }
    // Now and then, so that a long-lived queue gives its sent chunks back.
    if (queue.chunksSent >= 64) {
      queue.chunks.splice(0, queue.chunksSent);
      queue.chunksSent = 0;
    }
  }

  #hasBudget(): boolean {
    return this.#output.unsentBytes < limits.http2SocketUnsentBytesMax;
  }

  #longHeaders(flags: number, streamId: number, block: Uint8Array): void {
    this.#frame(FrameType.headers, flags, streamId, block.subarray(0, FRAME_PAYLOAD_MAX));
    for (let at = FRAME_PAYLOAD_MAX; at < block.length; at += FRAME_PAYLOAD_MAX) {
      const part = block.subarray(at, at + FRAME_PAYLOAD_MAX);
      const isLast = at + FRAME_PAYLOAD_MAX >= block.length;
      this.#frame(FrameType.continuation, isLast ? Flag.endHeaders : 0, streamId, part);
    }
  }

  #number(type: number, streamId: number, value: number): void {
    const output = this.#output;
    output.room(FRAME_HEADER_BYTES + 4);
    const at = writeFrameHeader(output.block, output.at, 4, type, 0, streamId);
    output.at = writeUint32(output.block, at, value);
  }

  #frame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    const output = this.#output;
    output.room(FRAME_HEADER_BYTES + payload.length);
    const { block } = output;
    let at = writeFrameHeader(block, output.at, payload.length, type, flags, streamId);
    if (payload.length > BYTEWISE_MAX) {
      block.set(payload, at);
      at += payload.length;
    } else {
      for (let i = 0; i < payload.length; i++) block[at++] = payload[i] as number;
    }
    output.at = at;
  }
}

/** As a Buffer: a stream would make one of anything else. */
function viewOf(bytes: Uint8Array, start: number, length: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, length);
}
