import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { metaBytes, pageBytes } from '../backend/prepare-file.ts';
import {
  flagsOf,
  headerBytes,
  type KeyBounds,
  pageFlag,
  readRoot,
  type TreeRoot,
  u64,
} from './lmdb-page.ts';

/*
 * A meta record, behind a page header, in pages 0 and 1; the one with the newer transaction counts:
 *
 *   magic u32 | version u32 | address u64 | map size u64 | root of the free list
 *   | root of the table of tables
 *   | last page u64 | transaction u64 | boot id u64
 */
const magic = 0xbeefc0de;
const version = 2;

export type Meta = {
  readonly slot: 0 | 1;
  readonly transaction: number;
  readonly lastPage: number;
  readonly freeList: TreeRoot;
  readonly tables: TreeRoot;
};

/** A page that is not what it is referred to as. */
export class DamagedPage extends Error {
  override readonly name = 'DamagedPage';
  readonly page: number;
  readonly reason: string;
  /** Between which keys what it should hold lies, where that is known. */
  readonly bounds: KeyBounds | undefined;

  constructor(page: number, reason: string, bounds?: KeyBounds) {
    super(`page ${page}: ${reason}`);
    this.page = page;
    this.reason = reason;
    this.bounds = bounds;
  }
}

/** Pages kept in memory: 64 MiB, in two generations. */
const cachedPagesMax = 8_192;

/** An lmdb file read page by page, without lmdb: nothing in it can crash the process or hang it. */
export class LmdbFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Both meta records that can be read, the newer one first. */
  readonly metas: readonly Meta[];
  readonly metaProblems: readonly string[];
  readonly #fd: number;
  readonly #metaPages: Buffer;
  #young = new Map<number, Buffer>();
  #old = new Map<number, Buffer>();

  /** `metaPages`: those of a checkpoint, instead of the file's own. */
  constructor(path: string, metaPages?: Uint8Array) {
    this.path = path;
    this.#fd = openSync(path, 'r');
    this.sizeBytes = fstatSync(this.#fd).size;
    const pages = Buffer.alloc(metaBytes);
    if (metaPages !== undefined) pages.set(metaPages.subarray(0, metaBytes));
    else readSync(this.#fd, pages, 0, metaBytes, 0);
    this.#metaPages = pages;
    const found = [0, 1].map((slot) => readMeta(pages, slot as 0 | 1));
    this.metaProblems = found.flatMap((meta) => (typeof meta === 'string' ? [meta] : []));
    this.metas = found
      .flatMap((meta) => (typeof meta === 'string' ? [] : [meta]))
      .sort((a, b) => b.transaction - a.transaction);
  }

  get pageCount(): number {
    return Math.floor(this.sizeBytes / pageBytes);
  }

  metaPage(slot: 0 | 1): Buffer {
    return this.#metaPages.subarray(slot * pageBytes, (slot + 1) * pageBytes);
  }

  /** A view of the page; it must not be changed. Throws `DamagedPage` for one that is not there. */
  page(number: number): Buffer {
    const known = this.#young.get(number);
    if (known !== undefined) return known;
    const page = this.#old.get(number) ?? this.#read(number, 1);
    if (this.#young.size >= cachedPagesMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(number, page);
    return page;
  }

  /** Pages that follow each other, not kept. */
  pages(first: number, count: number): Buffer {
    return this.#read(first, count);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #read(first: number, count: number): Buffer {
    if (!(first >= 2 && count >= 1 && first + count <= this.pageCount)) {
      throw new DamagedPage(first, `there is no such page, the file has ${this.pageCount}`);
    }
    const bytes = Buffer.allocUnsafe(count * pageBytes);
    const got = readSync(this.#fd, bytes, 0, bytes.length, first * pageBytes);
    if (got !== bytes.length) throw new DamagedPage(first, `only ${got} bytes of it can be read`);
    return bytes;
  }
}

function readMeta(pages: Buffer, slot: 0 | 1): Meta | string {
  const page = pages.subarray(slot * pageBytes, (slot + 1) * pageBytes);
  if ((flagsOf(page) & pageFlag.meta) === 0) return `meta page ${slot} is not marked as one`;
  const at = headerBytes;
  if (page.readUInt32LE(at) !== magic) return `meta page ${slot} does not begin as lmdb's do`;
  const found = page.readUInt32LE(at + 4) & 0xffff;
  if (found !== version) return `meta page ${slot} has format ${found}, not ${version}`;
  const size = page.readUInt32LE(at + 24);
  if (size !== pageBytes) return `meta page ${slot} says pages of ${size} bytes, not ${pageBytes}`;
  return {
    slot,
    transaction: u64(page, at + 128),
    lastPage: u64(page, at + 120),
    freeList: readRoot(page, at + 24),
    tables: readRoot(page, at + 72),
  };
}
