/**
 * The bbolt file format, as far as etcd uses it. All integers little-endian; page `p` is at
 * `p * pageSize`; `overflow` counts further pages that belong to the same one.
 *
 *     page     | id u64 | flags u16 | count u16 | overflow u32 | elements … | data …
 *     leaf     element: | flags u32 | pos u32 | key size u32 | value size u32 |
 *     branch   element: | pos u32 | key size u32 | page id u64 |
 *     meta     | magic u32 | version u32 | page size u32 | flags u32 | root u64 | sequence u64
 *              | freelist u64 | high water u64 | txid u64 | checksum u64 |
 *
 * `pos` counts from the element itself; a value follows its key. A leaf element with flag 1 is a
 * bucket: its value is | root u64 | sequence u64 |, and when the root is 0 an image of the bucket's
 * only leaf page follows ("inline"). The meta pages 0 and 1 say the same; the valid one with the
 * higher txid counts, where valid means that the FNV-1a of its first 56 bytes is its checksum.
 */
export const PAGE_BYTES = 4096;
export const PAGE_HEADER_BYTES = 16;
export const ELEMENT_BYTES = 16;
export const BUCKET_HEADER_BYTES = 16;
export const META_BYTES = 64;
export const META_PAGES = 2;
export const KEY_BYTES_MAX = 32_768;
/** A bucket whose only page is not larger than this stands inside its parent, as in bbolt. */
export const INLINE_BYTES_MAX = PAGE_BYTES / 4;

export const PageFlag = { branch: 0x01, leaf: 0x02, meta: 0x04, freelist: 0x10 } as const;
export const BUCKET_ELEMENT = 1;

const MAGIC = 0xed0c_daed;
const VERSION = 2;
/** In place of a freelist page: "find the free pages by looking". etcd writes the same. */
const NO_FREELIST = 0xffff_ffff_ffff_ffffn;

export type Meta = {
  readonly pageBytes: number;
  readonly root: number;
  /** The first page id that is not in use. */
  readonly highWater: number;
  readonly txid: bigint;
};

/** Writes a whole meta page body at the start of `page`. */
export function writeMetaPage(page: Buffer, id: number, meta: Meta): void {
  writePageHeader(page, { id, flags: PageFlag.meta, count: 0, overflow: 0 });
  const body = page.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + META_BYTES);
  body.writeUInt32LE(MAGIC, 0);
  body.writeUInt32LE(VERSION, 4);
  body.writeUInt32LE(meta.pageBytes, 8);
  body.writeUInt32LE(0, 12);
  body.writeBigUInt64LE(BigInt(meta.root), 16);
  body.writeBigUInt64LE(0n, 24);
  body.writeBigUInt64LE(NO_FREELIST, 32);
  body.writeBigUInt64LE(BigInt(meta.highWater), 40);
  body.writeBigUInt64LE(meta.txid, 48);
  body.writeBigUInt64LE(fnv1a64(body.subarray(0, 56)), 56);
}

/** The meta behind a page header, or undefined when it is not a valid one. */
export function maybeReadMeta(body: Buffer): Meta | undefined {
  if (body.length < META_BYTES) return undefined;
  if (body.readUInt32LE(0) !== MAGIC || body.readUInt32LE(4) !== VERSION) return undefined;
  if (body.readBigUInt64LE(56) !== fnv1a64(body.subarray(0, 56))) return undefined;
  return {
    pageBytes: body.readUInt32LE(8),
    root: Number(body.readBigUInt64LE(16)),
    highWater: Number(body.readBigUInt64LE(40)),
    txid: body.readBigUInt64LE(48),
  };
}

export type PageHeader = {
  readonly id: number;
  readonly flags: number;
  readonly count: number;
  readonly overflow: number;
};

export function writePageHeader(page: Buffer, header: PageHeader): void {
  writeUint64(page, header.id, 0);
  page.writeUInt16LE(header.flags, 8);
  page.writeUInt16LE(header.count, 10);
  page.writeUInt32LE(header.overflow, 12);
}

export function readPageHeader(page: Buffer): PageHeader {
  return {
    id: Number(page.readBigUInt64LE(0)),
    flags: page.readUInt16LE(8),
    count: page.readUInt16LE(10),
    overflow: page.readUInt32LE(12),
  };
}

export function writeUint64(page: Buffer, value: number, at: number): void {
  page.writeUInt32LE(value % 2 ** 32, at);
  page.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

function fnv1a64(bytes: Uint8Array): bigint {
  let hash = 0xcbf2_9ce4_8422_2325n;
  for (const byte of bytes) {
    hash = ((hash ^ BigInt(byte)) * 0x100_0000_01b3n) & 0xffff_ffff_ffff_ffffn;
  }
  return hash;
}
