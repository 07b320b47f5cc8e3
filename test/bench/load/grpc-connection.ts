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
  #received = 0;
  #out: Buffer[] = [];
  #blocked: { streamId: number; payload: Buffer; end: boolean }[] = [];
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
    this.#socket = connect({ host, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        this.#read(chunk);
      } catch (error) {
        this.#broken(error as Error);
      }
    });
    this.#socket.on('error', (error) => this.#broken(error));
    this.#socket.on('close', () => this.#broken(new Error(`${endpoint} closed the connection`)));
    this.#socket.write(preface);
    this.#write(settings());
    this.#write(windowUpdate(windowMax - 65_535));
  }

  /** Opens a call with its first message; `half` also says that no other follows. */
  call(message: Uint8Array, half: boolean): number {
    const streamId = this.#nextStream;
    this.#nextStream += 2;
    // Path, authority, content type and `te` join the server's table with the first call.
    const isFirst = streamId === 1;
    const block = isFirst ? firstHeaders(this.#path, this.#authority) : laterHeaders;
    this.#write(frame(1, 0x4, streamId, block));
    this.send(streamId, message, half);
    return streamId;
  }

  /** Another message of an open call. */
  send(streamId: number, message: Uint8Array, half: boolean): void {
    const payload = Buffer.allocUnsafe(5 + message.length);
    payload[0] = 0;
    payload.writeUInt32BE(message.length, 1);
    payload.set(message, 5);
    this.#blocked.push({ streamId, payload, end: half });
    this.#pump();
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

  /** Sends what the connection's window lets through, in order, in frames of at most 16 KiB. */
  #pump(): void {
    let sent = 0;
    for (const waiting of this.#blocked) {
      const { streamId, payload, end } = waiting;
      if (payload.length > this.#streamWindow) throw new Error('a request beyond a stream window');
      if (payload.length > this.#sendWindow) break;
      this.#sendWindow -= payload.length;
      for (let at = 0; at < payload.length; at += 16_384) {
        const part = payload.subarray(at, at + 16_384);
        const isLast = at + 16_384 >= payload.length;
        this.#write(frame(0, end && isLast ? 0x1 : 0, streamId, part));
      }
      sent += 1;
    }
    if (sent > 0) this.#blocked = this.#blocked.slice(sent);
  }

  #write(bytes: Buffer): void {
    this.#out.push(bytes);
    if (this.#isFlushQueued) return;
    this.#isFlushQueued = true;
    setImmediate(() => {
      this.#isFlushQueued = false;
      const out = this.#out;
      this.#out = [];
      if (!this.#isClosed) this.#socket.write(out.length === 1 ? (out[0] as Buffer) : concat(out));
    });
  }

  #read(arrived: Buffer): void {
    let at = 0;
    while (this.#rest !== undefined) {
      const rest = this.#rest;
      const copied = arrived.copy(rest, this.#restHave, at);
      at += copied;
      this.#restHave += copied;
      if (this.#restHave < rest.length) return;
      const whole = 9 + rest.readUIntBE(0, 3);
      if (rest.length < whole) {
        this.#rest = Buffer.allocUnsafe(whole);
        rest.copy(this.#rest);
        continue;
      }
      this.#rest = undefined;
      this.#frame(rest, 0, whole);
    }
    while (arrived.length - at >= 9) {
      const end = at + 9 + arrived.readUIntBE(at, 3);
      if (end > arrived.length) break;
      this.#frame(arrived, at, end);
      at = end;
    }
    if (at === arrived.length) return;
    const isHeaderWhole = arrived.length - at >= 9;
    this.#rest = Buffer.allocUnsafe(isHeaderWhole ? 9 + arrived.readUIntBE(at, 3) : 9);
    this.#restHave = arrived.copy(this.#rest, 0, at);
  }

  #frame(bytes: Buffer, at: number, end: number): void {
    const type = bytes[at + 3] as number;
    const flags = bytes[at + 4] as number;
    const streamId = bytes.readUInt32BE(at + 5) & 0x7fffffff;
    const from = at + 9;
    if ((type === 0 || type === 1) && (flags & 0x28) !== 0)
      throw new Error('padded or prioritised');
    if (type === 0) this.#data(streamId, bytes, from, end);
    else if (type === 1) this.#headers(flags, streamId, bytes, from, end);
    else if (type === 3) throw new Error(`stream ${streamId} reset, ${bytes.readUInt32BE(from)}`);
    else if (type === 4) this.#settings(flags, bytes, from, end);
    else if (type === 6 && flags === 0) this.#write(frame(6, 1, 0, bytes.subarray(from, end)));
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
    this.#write(frame(4, 1, 0, Buffer.alloc(0)));
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
    this.#received += end - from;
    if (this.#received >= refillBytes) {
      this.#write(windowUpdate(this.#received));
      this.#received = 0;
    }
    const partial = this.#partial.get(streamId);
    let at = partial === undefined ? from : this.#gather(streamId, partial, bytes, from, end);
    while (end - at >= 5) {
      const next = at + 5 + bytes.readUInt32BE(at + 1);
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

function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(9 + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(streamId, 5);
  bytes.set(payload, 9);
  return bytes;
}

/** No pushes, and the largest window for every stream. */
function settings(): Buffer {
  const payload = Buffer.alloc(12);
  payload.writeUInt16BE(2, 0);
  payload.writeUInt16BE(4, 6);
  payload.writeUInt32BE(windowMax, 8);
  return frame(4, 0, 0, payload);
}

function windowUpdate(bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frame(8, 0, 0, payload);
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

function concat(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts);
}
