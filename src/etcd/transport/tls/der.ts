/*
 * The few pieces of DER (X.690) that certificates and revocation lists need.
 *
 *   value = tag, one byte | length | content
 *   length = below 0x80 one byte, else 0x80 + n and n bytes, big endian
 */
const constructed = 0x20;
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  sequence: 0x10 | constructed,
  set: 0x11 | constructed,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** Tag of a member that is chosen by its number, such as `[0] EXPLICIT`. */
export function contextTag(number: number, isConstructed: boolean): number {
  return 0x80 | number | (isConstructed ? constructed : 0);
}

export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length: number[] = [];
  for (let rest = content.length; rest > 0; rest >>>= 8) length.unshift(rest & 0xff);
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length, ...length), content]);
}

/** `1.2.840.10045.4.3.2` and the like. */
export function derObjectId(text: string): Buffer {
  const [first = 0, second = 0, ...arcs] = text.split('.').map(Number);
  const bytes: number[] = [40 * first + second];
  for (const arc of arcs) {
    const groups = [arc & 0x7f];
    for (let rest = arc >>> 7; rest > 0; rest >>>= 7) groups.unshift(0x80 | (rest & 0x7f));
    bytes.push(...groups);
  }
  return der(derTag.objectId, Buffer.from(bytes));
}

/** An unsigned number of any size. */
export function derInteger(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  const isNegative = ((digits[0] ?? 0) & 0x80) !== 0;
  return der(derTag.integer, isNegative ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

/** UTCTime up to 2049, GeneralizedTime from then on, as RFC 5280 (4.1.2.5) asks for. */
export function derTime(time: Date): Buffer {
  const digits = `${time.toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`;
  const isShort = time.getUTCFullYear() < 2050;
  const tag = isShort ? derTag.utcTime : derTag.generalizedTime;
  return der(tag, Buffer.from(isShort ? digits.slice(2) : digits, 'latin1'));
}

export type DerValue = { readonly tag: number; readonly content: Buffer };

/** The values that follow each other in `bytes`. Throws when they are not whole. */
export function readDer(bytes: Buffer): readonly DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number;
    let length = byteAt(bytes, at + 1);
    at += 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4 || at + count > bytes.length) throw new Error('malformed DER');
      length = bytes.readUIntBE(at, count);
      at += count;
    }
    if (at + length > bytes.length) throw new Error('malformed DER: a value is cut off');
    values.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return values;
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new Error('malformed DER: a value is cut off');
  return byte;
}
