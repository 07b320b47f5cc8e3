import { limits } from '../../config/limits.ts';
import { ConnectionError, ErrorCode } from './errors.ts';
import type { FrameSink } from './frame-reader.ts';
import { Flag, FrameType, readUint31 } from './frames.ts';
import { BlockFragments, HeaderBlocks } from './header-blocks.ts';
import { ReceiveWindow } from './receive-window.ts';
import { areRegularFields, type RequestFields } from './request-fields.ts';
import { applySettings } from './settings.ts';
import type { Http2Stream } from './stream.ts';
import type { StreamTable } from './stream-table.ts';
import { TokenBucket } from './token-bucket.ts';

export type ReceiverParts<Head> = {
  readonly streams: StreamTable<Head>;
  readonly headOf: (request: RequestFields | undefined) => Head;
  readonly pinged: (payload: Buffer) => void;
  readonly pingAnswered: (payload: Buffer) => void;
  /** False: no further frames are wanted. */
  readonly isReading: () => boolean;
};

/**
 * The receiving side of a connection: checks each frame against the protocol and its bounds and
 * hands it to its stream. Throws a ConnectionError for what only the end of the connection answers.
 */
export class Receiver<Head> implements FrameSink {
  readonly #parts: ReceiverParts<Head>;
  readonly #streams: StreamTable<Head>;
  readonly #blocks: HeaderBlocks<Head>;
  readonly #window = new ReceiveWindow(limits.http2ConnectionWindowBytes);
  readonly #settings = new TokenBucket(limits.http2Settings);
  readonly #emptyFrames = new TokenBucket(limits.http2EmptyFrames);
  #fragments: BlockFragments | undefined;
  #hasSettings = false;

  constructor(parts: ReceiverParts<Head>) {
    this.#parts = parts;
    this.#streams = parts.streams;
    this.#blocks = new HeaderBlocks(parts.headOf);
  }

  /** The peer has introduced itself. */
  get hasSettings(): boolean {
    return this.#hasSettings;
  }

  frame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean {
    if (this.#fragments !== undefined) {
      this.#continuation(type, flags, streamId, bytes, start, end);
    } else if (!this.#hasSettings) {
      if (type !== FrameType.settings || (flags & Flag.ack) !== 0) {
        throw protocolError('the first frame is no SETTINGS');
      }
      this.#settingsFrame(flags, streamId, bytes, start, end);
      this.#hasSettings = true;
    } else {
      this.#dispatch(type, flags, streamId, bytes, start, end);
    }
    return this.#parts.isReading();
  }

  #dispatch(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    switch (type) {
      case FrameType.data:
        return this.#data(flags, streamId, bytes, start, end);
      case FrameType.headers:
        return this.#headers(flags, streamId, bytes, start, end);
      case FrameType.priority:
        return this.#priority(streamId, bytes, start, end);
      case FrameType.rstStream:
        return this.#rstStream(streamId, end - start);
      case FrameType.settings:
        return this.#settingsFrame(flags, streamId, bytes, start, end);
      case FrameType.pushPromise:
        throw protocolError('PUSH_PROMISE from a client');
      case FrameType.ping:
        return this.#ping(flags, streamId, bytes.subarray(start, end));
      case FrameType.goAway:
        if (streamId !== 0) throw protocolError('GOAWAY on a stream');
        if (end - start < 8) throw frameSizeError('GOAWAY');
        return;
      case FrameType.windowUpdate:
        return this.#windowUpdate(streamId, bytes, start, end);
      case FrameType.continuation:
        throw protocolError('CONTINUATION without HEADERS');
      default:
        // Unknown frames are ignored (RFC 9113, section 4.1).
        return;
    }
  }

  #data(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (streamId === 0) throw protocolError('DATA on stream 0');
    if (!this.#window.receive(length)) {
      throw new ConnectionError(ErrorCode.flowControlError, 'more DATA than the window allows');
    }
    const increment = this.#window.giveBack(length);
    if (increment > 0) this.#streams.sender.windowUpdate(0, increment);
    const stream = this.#streams.get(streamId);
    if (stream === undefined || stream.isRemoteEnded) return this.#lateData(streamId);
    let from = start;
    let to = end;
    if ((flags & Flag.padded) !== 0) {
      const padBytes = paddingOf(bytes, start, end);
      from += 1;
      to -= padBytes;
    }
    const isLast = (flags & Flag.endStream) !== 0;
    if (!isLast) {
      stream.receiveWindow ??= new ReceiveWindow(limits.http2StreamWindowBytes);
      if (!stream.receiveWindow.receive(length)) {
        return this.#streams.fail(streamId, ErrorCode.flowControlError);
      }
      // Padding, and frames that are nothing else, are work without content.
      stream.giveBack(length - (to - from));
      if (from === to && !this.#emptyFrames.take(this.#streams.nowMs)) {
        throw calm('too many frames without content');
      }
    }
    this.#body(stream, bytes, from, to, isLast);
  }

  #body(stream: Http2Stream, bytes: Buffer, start: number, end: number, isLast: boolean): void {
    if (stream.bodyBytesLeft !== undefined) {
      stream.bodyBytesLeft -= end - start;
      if (stream.bodyBytesLeft < 0 || (isLast && stream.bodyBytesLeft > 0)) {
        return this.#streams.fail(stream.id, ErrorCode.protocolError);
      }
    }
    stream.isRemoteEnded = isLast;
    stream.reader.data(bytes, start, end, isLast);
  }

  #lateData(streamId: number): void {
    if (streamId > this.#streams.lastId) throw protocolError('DATA on an idle stream');
    if (this.#streams.isIgnored(streamId)) return;
    this.#streams.fail(streamId, ErrorCode.streamClosed);
  }

  #headers(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    let from = start;
    let to = end;
    if ((flags & Flag.padded) !== 0) {
      const padBytes = paddingOf(bytes, start, end);
      from += 1;
      to -= padBytes;
    }
    if ((flags & Flag.priority) !== 0) {
      if (to - from < 5) throw frameSizeError('HEADERS with a priority');
      this.#checkDependency(streamId, bytes, from);
      from += 5;
    }
    this.#checkHeadersAllowed(streamId);
    const endsStream = (flags & Flag.endStream) !== 0;
    if ((flags & Flag.endHeaders) !== 0) {
      this.#headerBlock(streamId, endsStream, bytes, from, to);
      return;
    }
    this.#fragments = new BlockFragments(streamId, endsStream);
    this.#fragments.add(bytes, from, to);
  }

  #continuation(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const fragments = this.#fragments as BlockFragments;
    if (type !== FrameType.continuation || streamId !== fragments.streamId) {
      throw protocolError('a frame within a header block');
    }
    fragments.add(bytes, start, end);
    if ((flags & Flag.endHeaders) === 0) return;
    this.#fragments = undefined;
    const whole = fragments.whole();
    this.#headerBlock(streamId, fragments.endsStream, whole, 0, whole.length);
  }

  #checkHeadersAllowed(streamId: number): void {
    if ((streamId & 1) === 0) throw protocolError('HEADERS on a stream of ours');
    if (streamId > this.#streams.lastId) return;
    const stream = this.#streams.get(streamId);
    if (stream !== undefined && !stream.isRemoteEnded) return;
    // Trailers may cross our own end of the stream.
    if (stream === undefined && this.#streams.isIgnored(streamId)) return;
    if (stream !== undefined || this.#streams.wasClosed(streamId)) {
      throw new ConnectionError(ErrorCode.streamClosed, 'HEADERS on a closed stream');
    }
    throw protocolError('a stream identifier below an earlier one');
  }

  #headerBlock(
    streamId: number,
    endsStream: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    if (streamId <= this.#streams.lastId) {
      return this.#trailers(streamId, endsStream, bytes, start, end);
    }
    // Also of a stream that is refused: the dynamic table belongs to the connection.
    const block = this.#blocks.request(bytes, start, end);
    const stream = this.#streams.open(streamId, endsStream, block);
    if (endsStream && stream !== undefined) this.#body(stream, noBody, 0, 0, true);
  }

  #trailers(
    streamId: number,
    endsStream: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const fields = this.#blocks.other(bytes, start, end);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (!endsStream || fields === undefined || !areRegularFields(fields)) {
      return this.#streams.fail(streamId, ErrorCode.protocolError);
    }
    this.#body(stream, noBody, 0, 0, true);
  }

  /** Priorities are checked and otherwise ignored (RFC 9113, section 5.3.2). */
  #priority(streamId: number, bytes: Buffer, start: number, end: number): void {
    if (streamId === 0) throw protocolError('PRIORITY on stream 0');
    if (end - start !== 5) return this.#streams.fail(streamId, ErrorCode.frameSizeError);
    this.#checkDependency(streamId, bytes, start);
  }

  #checkDependency(streamId: number, bytes: Buffer, at: number): void {
    if (readUint31(bytes, at) === streamId) throw protocolError('a stream that depends on itself');
  }

  #rstStream(streamId: number, length: number): void {
    if (streamId === 0) throw protocolError('RST_STREAM on stream 0');
    if (length !== 4) throw frameSizeError('RST_STREAM');
    if (streamId > this.#streams.lastId) throw protocolError('RST_STREAM on an idle stream');
    this.#streams.peerReset(streamId);
  }

  #settingsFrame(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    if (streamId !== 0) throw protocolError('SETTINGS on a stream');
    if ((flags & Flag.ack) !== 0) {
      if (end > start) throw frameSizeError('SETTINGS with ACK');
      return;
    }
    if (!this.#settings.take(this.#streams.nowMs)) throw calm('too many SETTINGS');
    const { sender } = this.#streams;
    applySettings(bytes, start, end, {
      headerTableBytes: (value) => sender.limitHeaderTable(value),
      initialWindow: (value) => sender.setInitialWindow(value, this.#streams.all()),
    });
    sender.settingsAck();
    sender.pump();
  }

  #ping(flags: number, streamId: number, payload: Buffer): void {
    if (streamId !== 0) throw protocolError('PING on a stream');
    if (payload.length !== 8) throw frameSizeError('PING');
    if ((flags & Flag.ack) !== 0) this.#parts.pingAnswered(payload);
    else this.#parts.pinged(payload);
  }

  #windowUpdate(streamId: number, bytes: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw frameSizeError('WINDOW_UPDATE');
    const increment = readUint31(bytes, start);
    if (streamId === 0) {
      if (increment === 0) throw protocolError('WINDOW_UPDATE of 0');
      this.#streams.sender.growWindow(increment);
      return;
    }
    if (streamId > this.#streams.lastId) throw protocolError('WINDOW_UPDATE on an idle stream');
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) return this.#streams.fail(streamId, ErrorCode.protocolError);
    if (!this.#streams.sender.growStreamWindow(stream, increment)) {
      this.#streams.fail(streamId, ErrorCode.flowControlError);
    }
  }
}

const noBody = Buffer.alloc(0);

/** Bytes of padding at the end; the byte that says so is the first. */
function paddingOf(bytes: Buffer, start: number, end: number): number {
  const padBytes = start < end ? (bytes[start] as number) : 256;
  if (padBytes >= end - start) throw protocolError('padding as long as its frame');
  return padBytes;
}

function protocolError(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.protocolError, what);
}

function frameSizeError(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.frameSizeError, `${what} of a wrong length`);
}

function calm(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.enhanceYourCalm, what);
}
