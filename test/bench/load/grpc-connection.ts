/**
 * The load generator's own gRPC client: HTTP/2 frames straight over a socket, so that the client
 * takes as little of the shared processor as possible while every answer is still checked. One
 * connection serves one method, of which many calls may be open at once.
 *
 * Requests are written once per event-loop turn and never beyond the server's windows. Our own
 * windows are as large as the protocol allows; only the connection's is ever refilled.
 */
import { connect, type Socket } from 'node:net';
import { HpackDecoder } from '../../../src/etcd/transport/http2/hpack-decoder.ts';

/** What happens to one call; `bytes[from, to)` is one message, valid only during the call. */
export interface CallSink {
  message(streamId: number, bytes: Buffer, from: number, to: number): void;
  /** The trailers have come and say 0. Any other status fails the connection. */
  done(streamId: number): void;
}

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const windowMax = 0x7fffffff;
const refillBytes = 256 * 1024 * 1024;
const frameBytesMax = 16_384;
const noBytes = Buffer.alloc(0);
const outBytes = 16 * 1024;
/** What a socket has for us, one at a time: it is read before the next one is asked. */
const arrivals = Buffer.allocUnsafeSlow(256 * 1024);

/** A message that arrived in part: whole length with the five-byte prefix, and what is there. */
type Partial = { bytes: Buffer; have: number };

export class GrpcConnection {
  /** Resolves when the server's settings are there. */
  readonly opened: Promise<void>;
  /** Rejects with the first thing that was not as it should be; never resolves. */
  readonly failed: Promise<never>;
  readonly #socket: Socket;
  readonly #sink: CallSink;
  readonly #path: string;
  readonly #authority: string;
  readonly #hpack = new HpackDecoder(64 * 1024);
  readonly #partial = new Map<number, Partial>();
  /** Trailers of a few indexed bytes mean the same until the table changes: read them once. */
  readonly #knownTrailers = new Set<number>();
  #fail: (error: Error) => void = () => {};
  #open: () => void = () => {};
  #isClosed = false;
  #nextStream = 1;
  #sendWindow = 65_535;
  #streamWindow = 65_535;
  #unrefilled = 0;
  /** What the next flush sends: whole buffers, and one that is being filled. */
  #full: Buffer[] = [];
  #out = Buffer.allocUnsafe(outBytes);
  #outUsed = 0;
  /** Messages that wait for the server's window, oldest first. */
  #blocked: { streamId: number; message: Uint8Array; half: boolean }[] = [];
  #isFlushQueued = false;
  #rest: Buffer | undefined;
  #restHave = 0;

  constructor(endpoint: string, path: string, sink: CallSink) {
    const [host, port] = endpoint.split(':') as [string, string];
    this.#authority = endpoint;
    this.#path = path;
    this.#sink = sink;
    this.opened = new Promise((resolve) => (this.#open = resolve));
    this.failed = new Promise((_, reject) => (this.#fail = reject));
    this.failed.catch(() => {}); // Whoever runs the load races with it.
    const callback = (length: number): boolean => {
      try {
        this.#read(arrivals, length);
      } catch (error) {
        this.#broken(error as Error);
      }
      return true;
    };
    const onread = { buffer: arrivals, callback };
    this.#socket = connect({ host, port: Number(port), noDelay: true, onread });
    this.#socket.on('error', (error) => this.#broken(error));
    this.#socket.on('close', () => this.#broken(new Error(`${endpoint} closed the connection`)));
    this.#socket.write(preface);
    this.#frame(4, 0, 0, settings());
    this.#frame(8, 0, 0, windowUpdate(windowMax - 65_535));
  }

  /** Opens a call with its first message; `half` also says that no other follows. */
  call(message: Uint8Array, half: boolean): number {
    const streamId = this.#nextStream;
    this.#nextStream += 2;
    // Path, authority, content type and `te` join the server's table with the first call.
    const isFirst = streamId === 1;
    const block = isFirst ? firstHeaders(this.#path, this.#authority) : laterHeaders;
    this.#frame(1, 0x4, streamId, block);
    this.send(streamId, message, half);
    return streamId;
  }

  /** Another message of an open call. */
  send(streamId: number, message: Uint8Array, half: boolean): void {
    if (this.#blocked.length > 0 || !this.#trySend(streamId, message, half)) {
      this.#blocked.push({ streamId, message, half });
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  #broken(error: Error): void {
    if (this.#isClosed) return;
    this.close();
    this.#fail(error);
  }

  /** False when the connection's window does not let the whole message through. */
  #trySend(streamId: number, message: Uint8Array, half: boolean): boolean {
    const length = 5 + message.length;
    if (length > this.#streamWindow) throw new Error('a request beyond a stream window');
    if (length > this.#sendWindow) return false;
    this.#sendWindow -= length;
    const first = Math.min(message.length, frameBytesMax - 5);
    const at = this.#reserve(14 + first);
    writeHeader(this.#out, at, 5 + first, 0, half && first === message.length ? 0x1 : 0, streamId);
    this.#out[at + 9] = 0;
    writeUint32(this.#out, at + 10, message.length);
    copyStart(message, first, this.#out, at + 14);
    for (let from = first; from < message.length; from += frameBytesMax) {
      const part = message.subarray(from, from + frameBytesMax);
      this.#frame(0, half && from + part.length === message.length ? 0x1 : 0, streamId, part);
    }
    return true;
  }

  #pump(): void {
    let sent = 0;
    for (const { streamId, message, half } of this.#blocked) {
      if (!this.#trySend(streamId, message, half)) break;
      sent += 1;
    }
    if (sent > 0) this.#blocked = this.#blocked.slice(sent);
  }

  #frame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    const at = this.#reserve(9 + payload.length);
    writeHeader(this.#out, at, payload.length, type, flags, streamId);
    this.#out.set(payload, at + 9);
  }

  /** Room in `#out`, from the returned offset; all of a turn leaves together. */
  #reserve(length: number): number {
    if (this.#outUsed + length > this.#out.length) {
      if (this.#outUsed > 0) this.#full.push(this.#out.subarray(0, this.#outUsed));
      this.#out = Buffer.allocUnsafe(Math.max(outBytes, length));
      this.#outUsed = 0;
    }
    const at = this.#outUsed;
    this.#outUsed += length;
    if (!this.#isFlushQueued) {
      this.#isFlushQueued = true;
      setImmediate(this.#flush);
    }
    return at;
  }

  readonly #flush = (): void => {
    this.#isFlushQueued = false;
    const last = this.#out.subarray(0, this.#outUsed);
    const bytes = this.#full.length === 0 ? last : Buffer.concat([...this.#full, last]);
    this.#full = [];
    // The socket keeps what it was given; the rest of the buffer is still ours.
    this.#out = this.#out.subarray(this.#outUsed);
    this.#outUsed = 0;
    if (!this.#isClosed) this.#socket.write(bytes);
  };

  #read(arrived: Buffer, length: number): void {
    let at = 0;
    while (this.#rest !== undefined) {
      const rest = this.#rest;
      const copied = arrived.copy(rest, this.#restHave, at, length);
      at += copied;
      this.#restHave += copied;
      if (this.#restHave < rest.length) return;
      const whole = 9 + uint24(rest, 0);
      if (rest.length < whole) {
        this.#rest = Buffer.allocUnsafe(whole);
        rest.copy(this.#rest);
        continue;
      }
      this.#rest = undefined;
      this.#received(rest, 0, whole);
    }
    while (length - at >= 9) {
      const end = at + 9 + uint24(arrived, at);
      if (end > length) break;
      this.#received(arrived, at, end);
      at = end;
    }
    if (at === length) return;
    const isHeaderWhole = length - at >= 9;
    this.#rest = Buffer.allocUnsafe(isHeaderWhole ? 9 + uint24(arrived, at) : 9);
    this.#restHave = arrived.copy(this.#rest, 0, at, length);
  }

  #received(bytes: Buffer, at: number, end: number): void {
    const type = bytes[at + 3] as number;
    const flags = bytes[at + 4] as number;
    const streamId = uint32(bytes, at + 5) & 0x7fffffff;
    const from = at + 9;
    if ((type === 0 || type === 1) && (flags & 0x28) !== 0)
      throw new Error('padded or prioritised');
    if (type === 0) this.#data(streamId, bytes, from, end);
    else if (type === 1) this.#headers(flags, streamId, bytes, from, end);
    else if (type === 3) throw new Error(`stream ${streamId} reset, ${bytes.readUInt32BE(from)}`);
    else if (type === 4) this.#settings(flags, bytes, from, end);
    else if (type === 6 && flags === 0) this.#frame(6, 1, 0, bytes.subarray(from, end));
    else if (type === 7) throw new Error(`GOAWAY ${bytes.toString('latin1', from + 8, end)}`);
    else if (type === 9) throw new Error('CONTINUATION is not expected here');
    else if (type === 8 && streamId === 0) {
      this.#sendWindow += bytes.readUInt32BE(from);
      this.#pump();
    }
  }

  #settings(flags: number, bytes: Buffer, from: number, end: number): void {
    if (flags !== 0) return;
    for (let at = from; at < end; at += 6) {
      const id = bytes.readUInt16BE(at);
      const value = bytes.readUInt32BE(at + 2);
      if (id === 1 && value < 4096) throw new Error('a header table smaller than the default');
      if (id === 4) this.#streamWindow = value;
    }
    this.#frame(4, 1, 0, noBytes);
    this.#open();
  }

  #headers(flags: number, streamId: number, bytes: Buffer, from: number, end: number): void {
    if ((flags & 0x4) === 0) throw new Error('CONTINUATION is not expected here');
    const isLast = (flags & 0x1) !== 0;
    const key = indexedOnly(bytes, from, end);
    if (key === undefined) this.#knownTrailers.clear();
    if (key === undefined || (isLast && !this.#knownTrailers.has(key))) {
      const fields = this.#hpack.decode(bytes, from, end) ?? [];
      if (isLast) {
        if (fieldOf(fields, 'grpc-status') !== '0') throw new Error(`answer: ${fields.join(' ')}`);
        if (key !== undefined) this.#knownTrailers.add(key);
      }
    }
    if (!isLast) return;
    if (this.#partial.has(streamId)) throw new Error('a message was cut off');
    this.#sink.done(streamId);
  }

  #data(streamId: number, bytes: Buffer, from: number, end: number): void {
    this.#unrefilled += end - from;
    if (this.#unrefilled >= refillBytes) {
      this.#frame(8, 0, 0, windowUpdate(this.#unrefilled));
      this.#unrefilled = 0;
    }
    const partial = this.#partial.get(streamId);
    let at = partial === undefined ? from : this.#gather(streamId, partial, bytes, from, end);
    while (end - at >= 5) {
      const next = at + 5 + uint32(bytes, at + 1);
      if (next > end) break;
      this.#sink.message(streamId, bytes, at + 5, next);
      at = next;
    }
    if (at === end) return;
    const whole = end - at >= 5 ? 5 + bytes.readUInt32BE(at + 1) : 5;
    const kept = { bytes: Buffer.allocUnsafe(whole), have: 0 };
    kept.have = bytes.copy(kept.bytes, 0, at, end);
    this.#partial.set(streamId, kept);
  }

  /** Fills the message that had arrived in part; returns where the next one starts. */
  #gather(streamId: number, partial: Partial, bytes: Buffer, from: number, end: number): number {
    let at = from;
    for (;;) {
      const copied = bytes.copy(partial.bytes, partial.have, at, end);
      at += copied;
      partial.have += copied;
      if (partial.have < partial.bytes.length) return end;
      const whole = 5 + partial.bytes.readUInt32BE(1);
      if (partial.bytes.length === whole) break;
      const larger = Buffer.allocUnsafe(whole);
      partial.bytes.copy(larger);
      partial.bytes = larger;
    }
    this.#partial.delete(streamId);
    this.#sink.message(streamId, partial.bytes, 5, partial.bytes.length);
    return at;
  }
}

/** Without the checks of Buffer's methods, which every frame would pay for. */
function uint24(bytes: Buffer, at: number): number {
  const high = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8);
  return high | (bytes[at + 2] as number);
}

function uint32(bytes: Buffer, at: number): number {
  return (((bytes[at] as number) << 24) | uint24(bytes, at + 1)) >>> 0;
}

function writeHeader(
  into: Buffer,
  at: number,
  payloadBytes: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  into[at] = payloadBytes >>> 16;
  into[at + 1] = payloadBytes >>> 8;
  into[at + 2] = payloadBytes;
  into[at + 3] = type;
  into[at + 4] = flags;
  writeUint32(into, at + 5, streamId);
}

function writeUint32(into: Buffer, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

/** A few bytes are copied faster here than there. */
function copyStart(message: Uint8Array, length: number, into: Buffer, at: number): void {
  if (length > 32) into.set(length < message.length ? message.subarray(0, length) : message, at);
  else for (let i = 0; i < length; i += 1) into[at + i] = message[i] as number;
}

/** No pushes, and the largest window for every stream. */
function settings(): Buffer {
  const payload = Buffer.alloc(12);
  payload.writeUInt16BE(2, 0);
  payload.writeUInt16BE(4, 6);
  payload.writeUInt32BE(windowMax, 8);
  return payload;
}

function windowUpdate(bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return payload;
}

/** `:method POST`, `:scheme http`, then four fields that join the dynamic table. */
function firstHeaders(path: string, authority: string): Buffer {
  return Buffer.concat([
    Buffer.from([0x83, 0x86, 0x44]),
    text(path),
    Buffer.from([0x41]),
    text(authority),
    Buffer.from([0x5f]),
    text('application/grpc'),
    Buffer.from([0x40]),
    text('te'),
    text('trailers'),
  ]);
}

const laterHeaders = Buffer.from([0x83, 0x86, 0xc1, 0xc0, 0xbf, 0xbe]);

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
}

/** A number that stands for the block when it is at most five one-byte indexed fields. */
function indexedOnly(bytes: Buffer, from: number, end: number): number | undefined {
  if (end - from > 5) return undefined;
  let key = 0;
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < 0x80 || byte === 0xff) return undefined;
    key = key * 256 + byte;
  }
  return key;
}

function fieldOf(fields: readonly string[], name: string): string | undefined {
  for (let i = 0; i < fields.length; i += 2) if (fields[i] === name) return fields[i + 1];
  return undefined;
}
