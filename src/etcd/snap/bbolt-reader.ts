import { compareBytes, utf8Text } from '../../base/bytes.ts';
import { limits } from '../config/limits.ts';
import { type ByteSource, openFileSource } from '../io/file-source.ts';
import {
  BUCKET_ELEMENT,
  BUCKET_HEADER_BYTES,
  ELEMENT_BYTES,
  META_BYTES,
  META_PAGES,
  type Meta,
  maybeReadMeta,
  PAGE_HEADER_BYTES,
  PageFlag,
  readPageHeader,
} from './bbolt-format.ts';

export class BboltCorruptError extends Error {
  override readonly name = 'BboltCorruptError';
}

/**
 * Reads a bbolt file that nobody writes at the time. Every step is checked against the file's own
 * bounds and no page is visited twice in one walk, so a damaged file ends in an error that names
 * the page and never in a loop or a wild allocation.
 */
export class BboltFile {
  readonly #source: ByteSource;
  readonly #meta: Meta;
  readonly #buckets = new Map<string, Buffer>();

  constructor(source: ByteSource) {
    this.#source = source;
    this.#meta = readMeta(source);
    for (const item of this.#walk(this.#meta.root)) {
      const name = utf8Text(item.key);
      if (item.flags !== BUCKET_ELEMENT) throw corrupt(`the root holds ${name}, not a bucket`);
      if (item.value.length < BUCKET_HEADER_BYTES) throw corrupt(`bucket ${name} has no header`);
      this.#buckets.set(name, item.value);
    }
  }

  /** Bytes in use, which is what a snapshot of the file would have; the file itself may be longer. */
  get sizeBytes(): number {
    return this.#meta.highWater * this.#meta.pageBytes;
  }

  /** Names in key order. */
  buckets(): readonly string[] {
    return [...this.#buckets.keys()];
  }

  /** Entries in key order; none for a bucket that does not exist. The views stay valid. */
  *entries(bucket: string): Iterable<readonly [Uint8Array, Uint8Array]> {
    const value = this.#buckets.get(bucket);
    if (value === undefined) return;
    const root = Number(value.readBigUInt64LE(0));
    const items =
      root === 0 ? this.#inline(bucket, value.subarray(BUCKET_HEADER_BYTES)) : this.#walk(root);
    for (const { key, value: bytes, flags } of items) {
      if (flags !== 0) throw corrupt(`bucket ${bucket} holds a bucket of its own`);
      yield [key, bytes];
    }
  }

  close(): void {
    this.#source.close();
  }

  *#inline(bucket: string, image: Buffer): Iterable<LeafItem> {
    if (image.length < PAGE_HEADER_BYTES) throw corrupt(`inline bucket ${bucket} has no page`);
    const { flags, count } = readPageHeader(image);
    if (flags !== PageFlag.leaf) throw corrupt(`inline bucket ${bucket} is not a leaf`);
    const where = `inline bucket ${bucket}`;
    const order = new KeyOrder();
    for (let i = 0; i < count; i += 1) {
      const item = leafItem(image, i, count, where);
      order.check(item.key, where);
      yield item;
    }
  }

  /** All leaf items below a page, depth first, with an explicit stack of half-read branch pages. */
  *#walk(root: number): Iterable<LeafItem> {
    const visited = new Uint8Array(Math.ceil(this.#meta.highWater / 8));
    const order = new KeyOrder();
    const stack: number[] = [root];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      const { page, flags, count } = this.#page(id, visited);
      const where = `page ${id}`;
      if (flags === PageFlag.branch) {
        if (count === 0) throw corrupt(`${where} is a branch without children`);
        for (let i = count - 1; i >= 0; i -= 1) stack.push(branchChild(page, i, count, where));
        continue;
      }
      if (flags !== PageFlag.leaf) throw corrupt(`${where} is neither branch nor leaf (${flags})`);
      for (let i = 0; i < count; i += 1) {
        const item = leafItem(page, i, count, where);
        order.check(item.key, where);
        yield item;
      }
    }
  }

  #page(id: number, visited: Uint8Array): { page: Buffer; flags: number; count: number } {
    const { pageBytes, highWater } = this.#meta;
    if (id < META_PAGES || id >= highWater) throw corrupt(`page ${id} is out of bounds`);
    const bit = 1 << (id & 7);
    if (((visited[id >> 3] as number) & bit) !== 0) throw corrupt(`page ${id} is reached twice`);
    visited[id >> 3] = (visited[id >> 3] as number) | bit;
    const first = Buffer.allocUnsafe(pageBytes);
    this.#source.read(first, id * pageBytes);
    const header = readPageHeader(first);
    if (header.id !== id) throw corrupt(`page ${id} says it is page ${header.id}`);
    if (id + header.overflow >= highWater) throw corrupt(`page ${id} overflows out of bounds`);
    if ((header.overflow + 1) * pageBytes > limits.bboltPageBytesMax) {
      throw corrupt(`page ${id} claims ${header.overflow} further pages`);
    }
    if (header.overflow === 0) return { page: first, flags: header.flags, count: header.count };
    const page = Buffer.allocUnsafe((header.overflow + 1) * pageBytes);
    this.#source.read(page, id * pageBytes);
    return { page, flags: header.flags, count: header.count };
  }
}

export function openBbolt(path: string): BboltFile {
  const source = openFileSource(path);
  try {
    return new BboltFile(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

type LeafItem = { readonly key: Buffer; readonly value: Buffer; readonly flags: number };

function leafItem(page: Buffer, i: number, count: number, where: string): LeafItem {
  const element = elementOffset(page, i, count, where);
  const flags = page.readUInt32LE(element);
  const start = element + page.readUInt32LE(element + 4);
  const keyEnd = start + page.readUInt32LE(element + 8);
  const valueEnd = keyEnd + page.readUInt32LE(element + 12);
  if (valueEnd > page.length) throw corrupt(`${where}: element ${i} ends out of bounds`);
  return { key: page.subarray(start, keyEnd), value: page.subarray(keyEnd, valueEnd), flags };
}

function branchChild(page: Buffer, i: number, count: number, where: string): number {
  const element = elementOffset(page, i, count, where);
  return Number(page.readBigUInt64LE(element + 8));
}

function elementOffset(page: Buffer, i: number, count: number, where: string): number {
  if (PAGE_HEADER_BYTES + count * ELEMENT_BYTES > page.length) {
    throw corrupt(`${where}: ${count} elements do not fit`);
  }
  return PAGE_HEADER_BYTES + i * ELEMENT_BYTES;
}

/** Keys ascend through the whole bucket. */
class KeyOrder {
  #last: Uint8Array | undefined;

  check(key: Uint8Array, where: string): void {
    if (key.length === 0) throw corrupt(`${where} holds an empty key`);
    if (this.#last !== undefined && compareBytes(this.#last, key) >= 0) {
      throw corrupt(`${where}: keys do not ascend`);
    }
    this.#last = key;
  }
}

/** The valid meta with the higher txid. Page 1 must be found even when page 0 cannot be read. */
function readMeta(source: ByteSource): Meta {
  let best = maybeMetaAt(source, 0);
  const pageSizes = best === undefined ? [1024, 2048, 4096, 8192, 16384, 32768, 65536] : [];
  for (const pageBytes of best === undefined ? pageSizes : [best.pageBytes]) {
    const other = maybeMetaAt(source, pageBytes);
    if (other === undefined || other.pageBytes !== pageBytes) continue;
    if (best === undefined || other.txid > best.txid) best = other;
  }
  if (best === undefined) throw corrupt('no valid meta page: this is not a bbolt file');
  const { pageBytes, highWater } = best;
  if (pageBytes < 512 || pageBytes > 65536 || (pageBytes & (pageBytes - 1)) !== 0) {
    throw corrupt(`page size ${pageBytes}`);
  }
  if (highWater * pageBytes > source.sizeBytes) {
    throw corrupt(`${highWater} pages do not fit into ${source.sizeBytes} bytes: the file is cut`);
  }
  return best;
}

function maybeMetaAt(source: ByteSource, position: number): Meta | undefined {
  const end = position + PAGE_HEADER_BYTES + META_BYTES;
  if (end > source.sizeBytes) return undefined;
  const body = Buffer.alloc(META_BYTES);
  source.read(body, position + PAGE_HEADER_BYTES);
  return maybeReadMeta(body);
}

function corrupt(reason: string): BboltCorruptError {
  return new BboltCorruptError(`bbolt: ${reason}`);
}
