import { ConnectionError, ErrorCode } from './errors.ts';
import { FRAME_HEADER_BYTES, FRAME_PAYLOAD_MAX, PREFACE, readUint31 } from './frames.ts';

/** Gets each frame once, in order; the payload is `bytes[start, end)`, a view of what arrived. */
export interface FrameSink {
  /** False: no further frame is wanted. */
  frame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean;
}

/**
 * Cuts what arrives into frames. A frame that lies in one chunk is not copied; one that is split
 * over chunks is gathered in a buffer of its own size, so a peer that sends single bytes makes us
 * hold one frame and copy each byte once.
 */
export class FrameReader {
  #prefaceAt = 0;
  // A frame of which a part has arrived: first its header, then header and payload.
  #partial: Buffer | undefined;
  #have = 0;

  read(chunk: Buffer, sink: FrameSink): void {
    let at = this.#prefaceAt < PREFACE.length ? this.#preface(chunk) : 0;
    while (this.#partial !== undefined) {
      at = this.#gather(chunk, at);
      if (this.#have < this.#partial.length) return;
      const frame = this.#partial;
      const payloadBytes = payloadLength(frame, 0);
      if (frame.length < FRAME_HEADER_BYTES + payloadBytes) {
        this.#enlarge(FRAME_HEADER_BYTES + payloadBytes);
        continue;
      }
      this.#partial = undefined;
      if (!deliver(sink, frame, 0, frame.length)) return;
    }
    while (at + FRAME_HEADER_BYTES <= chunk.length) {
      const end = at + FRAME_HEADER_BYTES + payloadLength(chunk, at);
      if (end > chunk.length) break;
      if (!deliver(sink, chunk, at, end)) return;
      at = end;
    }
    if (at < chunk.length) this.#keep(chunk, at);
  }

  #preface(chunk: Buffer): number {
    const length = Math.min(chunk.length, PREFACE.length - this.#prefaceAt);
    const from = this.#prefaceAt;
    if (PREFACE.compare(chunk, 0, length, from, from + length) !== 0) {
      throw new ConnectionError(ErrorCode.protocolError, 'no HTTP/2 preface');
    }
    this.#prefaceAt += length;
    return length;
  }

  #keep(chunk: Buffer, at: number): void {
    const isHeaderWhole = at + FRAME_HEADER_BYTES <= chunk.length;
    const payloadBytes = isHeaderWhole ? payloadLength(chunk, at) : 0;
    this.#partial = Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + payloadBytes);
    this.#have = chunk.copy(this.#partial, 0, at);
  }

  #gather(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#partial as Buffer, this.#have, at);
    this.#have += copied;
    return at + copied;
  }

  #enlarge(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(bytes);
    (this.#partial as Buffer).copy(larger);
    this.#partial = larger;
  }
}

function deliver(sink: FrameSink, bytes: Buffer, at: number, end: number): boolean {
  const type = bytes[at + 3] as number;
  const flags = bytes[at + 4] as number;
  return sink.frame(type, flags, readUint31(bytes, at + 5), bytes, at + FRAME_HEADER_BYTES, end);
}

function payloadLength(bytes: Buffer, at: number): number {
  const length =
    ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
  if (length > FRAME_PAYLOAD_MAX) {
    const message = `a frame of ${length} bytes, larger than ${FRAME_PAYLOAD_MAX}`;
    throw new ConnectionError(ErrorCode.frameSizeError, message);
  }
  return length;
}
