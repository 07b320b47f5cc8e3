/*
 * A frame (RFC 9113, section 4.1), numbers big-endian:
 *
 *   length (3 bytes) │ type (1) │ flags (1) │ stream (4; the highest bit is ignored) │ payload
 */

export const FRAME_HEADER_BYTES = 9;
/** The largest payload that every peer must accept; we never announce and never send more. */
export const FRAME_PAYLOAD_MAX = 16_384;

export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const Flag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 };

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** Windows and stream identifiers have 31 bits. */
export const WINDOW_MAX = 0x7fffffff;
export const WINDOW_DEFAULT = 65_535;

/** Writes the nine bytes before a payload and returns the offset behind them. */
export function writeFrameHeader(
  into: Uint8Array,
  at: number,
  payloadBytes: number,
  type: number,
  flags: number,
  streamId: number,
): number {
  into[at] = payloadBytes >>> 16;
  into[at + 1] = payloadBytes >>> 8;
  into[at + 2] = payloadBytes;
  into[at + 3] = type;
  into[at + 4] = flags;
  return writeUint32(into, at + 5, streamId);
}

export function writeUint32(into: Uint8Array, at: number, value: number): number {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
  return at + 4;
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return readUint31(bytes, at) + ((bytes[at] as number) >>> 7) * 0x80000000;
}

/** Without the reserved bit. */
export function readUint31(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) & 0x7f) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}
