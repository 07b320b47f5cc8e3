/** A client that sends whatever frames it is told to, over an in-memory connection. */
import { type Duplex, duplexPair } from 'node:stream';
import type { Clock } from '../../src/base/clock.ts';
import {
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
  PREFACE,
  readUint31,
  readUint32,
  writeFrameHeader,
  writeUint32,
} from '../../src/etcd/transport/http2/frames.ts';
import { HpackDecoder } from '../../src/etcd/transport/http2/hpack-decoder.ts';
import { HpackEncoder } from '../../src/etcd/transport/http2/hpack-encoder.ts';

export type ReceivedFrame = {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
};

export class Http2Peer {
  /** What the server accepts. */
  readonly serverSide: Duplex;
  readonly frames: ReceivedFrame[] = [];
  isClosed = false;
  readonly #side: Duplex;
  readonly #encoder = new HpackEncoder();
  readonly #decoder = new HpackDecoder(1 << 20);
  readonly #waiting = new Set<() => void>();
  #unparsed = Buffer.alloc(0);

  constructor() {
    const [side, serverSide] = duplexPair();
    this.#side = side;
    this.serverSide = serverSide;
    // A kernel copies what it takes; the pair would hand on the bytes themselves.
    const write = serverSide._write.bind(serverSide);
    serverSide._write = (chunk: Buffer, encoding, done) =>
      write(Buffer.from(chunk), encoding, done);
    serverSide.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
    side.on('error', () => {});
    // As a TCP client does when the server closes its side.
    side.on('end', () => side.end());
    side.on('data', (chunk: Buffer) => this.#parse(chunk));
  }

  /** Preface and SETTINGS. */
  greet(settings: readonly (readonly [id: number, value: number])[] = []): this {
    this.send(PREFACE);
    return this.settings(settings);
  }

  settings(settings: readonly (readonly [id: number, value: number])[]): this {
    const payload = Buffer.alloc(settings.length * 6);
    settings.forEach(([id, value], i) => {
      payload[i * 6 + 1] = id;
      writeUint32(payload, i * 6 + 2, value);
    });
    return this.frame(FrameType.settings, 0, 0, payload);
  }

  frame(
    type: number,
    flags: number,
    streamId: number,
    payload: Uint8Array = Buffer.alloc(0),
  ): this {
    const frame = Buffer.alloc(FRAME_HEADER_BYTES + payload.length);
    const at = writeFrameHeader(frame, 0, payload.length, type, flags, streamId);
    frame.set(payload, at);
    return this.send(frame);
  }

  send(bytes: Uint8Array): this {
    if (!this.#side.destroyed && !this.#side.writableEnded) this.#side.write(bytes);
    return this;
  }

  headers(streamId: number, path: string, more: readonly string[] = [], flags = 0): this {
    const fields = [
      ...[':method', 'POST', ':scheme', 'http', ':path', path, ':authority', 'test'],
      ...['content-type', 'application/grpc', 'te', 'trailers', ...more],
    ];
    return this.block(streamId, fields, flags | Flag.endHeaders);
  }

  block(streamId: number, fields: readonly string[], flags: number): this {
    const block = this.#encoder.encode({ fields, isCommon: false });
    return this.frame(FrameType.headers, flags, streamId, block);
  }

  message(streamId: number, message: Uint8Array, endsStream = true): this {
    const flags = endsStream ? Flag.endStream : 0;
    return this.frame(FrameType.data, flags, streamId, grpcMessage(message));
  }

  number(type: number, streamId: number, value: number): this {
    const payload = Buffer.alloc(4);
    writeUint32(payload, 0, value);
    return this.frame(type, 0, streamId, payload);
  }

  /** Of a frame that has not arrived whole. */
  get unparsedBytes(): number {
    return this.#unparsed.length;
  }

  readOn(): void {
    this.#side.resume();
  }

  stopReading(): void {
    this.#side.pause();
  }

  end(): void {
    this.#side.end();
  }

  destroy(): void {
    this.#side.destroy();
    this.serverSide.destroy();
  }

  /** Resolves when what was received satisfies this; rejects when the connection closed without. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.isClosed) throw new Error('the connection was closed');
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Code and words of the last GOAWAY. */
  async goAway(): Promise<{
    readonly code: number;
    readonly words: string;
    readonly lastId: number;
  }> {
    await this.until(() => this.all(FrameType.goAway).length > 0);
    const { payload } = this.all(FrameType.goAway).at(-1) as ReceivedFrame;
    return {
      lastId: readUint31(payload, 0),
      code: readUint32(payload, 4),
      words: payload.toString('latin1', 8),
    };
  }

  /** The code that the stream was reset with. */
  async reset(streamId: number): Promise<number> {
    const isReset = (frame: ReceivedFrame) =>
      frame.type === FrameType.rstStream && frame.streamId === streamId;
    await this.until(() => this.frames.some(isReset));
    return readUint32((this.frames.find(isReset) as ReceivedFrame).payload, 0);
  }

  /** The header blocks of a stream, once it has ended. */
  async answer(streamId: number): Promise<{ blocks: Record<string, string>[]; body: Buffer }> {
    const of = () => this.frames.filter((frame) => frame.streamId === streamId);
    const isEnd = ({ type, flags }: ReceivedFrame) =>
      (type === FrameType.headers || type === FrameType.data) && (flags & Flag.endStream) !== 0;
    await this.until(() => of().some(isEnd));
    const data = of().filter(({ type }) => type === FrameType.data);
    return {
      blocks: of().flatMap((frame): Record<string, string>[] => {
        const block = this.#blocks.get(frame);
        return block === undefined ? [] : [block];
      }),
      body: Buffer.concat(data.map(({ payload }) => payload)),
    };
  }

  all(type: number): ReceivedFrame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  readonly #blocks = new Map<ReceivedFrame, Record<string, string>>();

  #parse(chunk: Buffer): void {
    this.#unparsed = Buffer.concat([this.#unparsed, chunk]);
    for (;;) {
      const bytes = this.#unparsed;
      if (bytes.length < FRAME_HEADER_BYTES) break;
      const end = FRAME_HEADER_BYTES + bytes.readUIntBE(0, 3);
      if (bytes.length < end) break;
      this.#unparsed = bytes.subarray(end);
      this.#received({
        type: bytes[3] as number,
        flags: bytes[4] as number,
        streamId: readUint31(bytes, 5),
        payload: bytes.subarray(FRAME_HEADER_BYTES, end),
      });
    }
    this.#wake();
  }

  #received(frame: ReceivedFrame): void {
    this.frames.push(frame);
    if (frame.type !== FrameType.headers) return;
    // In the order of arrival, for the dynamic table's sake.
    const fields = this.#decoder.decode(frame.payload, 0, frame.payload.length) ?? [];
    const block: Record<string, string> = {};
    for (let i = 0; i < fields.length; i += 2) block[fields[i] as string] = fields[i + 1] as string;
    this.#blocks.set(frame, block);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

export function grpcMessage(message: Uint8Array, flag = 0): Buffer {
  const framed = Buffer.alloc(5 + message.length);
  framed[0] = flag;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}

/** A clock that stands still until it is moved. */
export class StillClock implements Clock {
  nowMs = 1_000_000;
  readonly #timers = new Set<{ atMs: number; run: () => void }>();
  readonly #repeated = new Set<() => void>();

  wallMs(): number {
    return this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  after(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = { atMs: this.nowMs + ms, run: resolve };
      this.#timers.add(timer);
      signal?.addEventListener('abort', () => {
        this.#timers.delete(timer);
        reject(signal.reason as Error);
      });
    });
  }

  every(_ms: number, run: () => void): () => void {
    this.#repeated.add(run);
    return () => this.#repeated.delete(run);
  }

  /** Moves the time and runs what is due; what repeats runs once. */
  advance(ms: number): void {
    this.nowMs += ms;
    for (const timer of [...this.#timers]) {
      if (timer.atMs > this.nowMs) continue;
      this.#timers.delete(timer);
      timer.run();
    }
    for (const run of [...this.#repeated]) run();
  }
}
