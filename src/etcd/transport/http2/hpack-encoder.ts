import type { HeaderFields } from './hpack-decoder.ts';
import { HpackTable, headerTableBytesDefault } from './hpack-table.ts';
import { encodeHuffman, huffmanLength } from './huffman.ts';

/** A header block's fields. `isCommon` ones join the dynamic table and are encoded once. */
export type HeaderList = { readonly fields: HeaderFields; readonly isCommon: boolean };

type CachedBlock = { readonly list: HeaderList; generation: number; bytes: Uint8Array };

/**
 * Writes header blocks (layout: hpack-decoder.ts). Encoding changes the table that the peer
 * mirrors: a block must be sent, and in the order of encoding.
 */
export class HpackEncoder {
  readonly #table = new HpackTable();
  readonly #cache: CachedBlock[] = [];
  readonly #huffman: 'shorter' | 'never';
  #tableBytesMax: number;
  #resizeTo: number | undefined;
  #out = Buffer.allocUnsafe(256);
  #at = 0;

  constructor(tableBytesMax = headerTableBytesDefault, huffman: 'shorter' | 'never' = 'shorter') {
    this.#tableBytesMax = tableBytesMax;
    this.#huffman = huffman;
    if (tableBytesMax !== headerTableBytesDefault) this.#table.resize(tableBytesMax);
  }

  /**
   * The peer's bound. Ours never grows beyond the default; a smaller one empties the table first,
   * so that several changes between two blocks need one announcement.
   */
  limitTable(sizeBytesMax: number): void {
    const wanted = Math.min(sizeBytesMax, headerTableBytesDefault);
    if (wanted >= this.#tableBytesMax) return;
    this.#tableBytesMax = 0;
    this.#resizeTo = 0;
  }

  /** The block's bytes, valid until the next call. */
  encode(list: HeaderList): Uint8Array {
    if (!list.isCommon || this.#resizeTo !== undefined) return this.#write(list);
    const cached = this.#cached(list);
    if (cached !== undefined && cached.generation === this.#table.generation) return cached.bytes;
    const before = this.#table.generation;
    const bytes = this.#write(list);
    // A block that changed the table would change it again.
    if (this.#table.generation !== before) return bytes;
    const entry = { list, generation: before, bytes: bytes.slice() };
    if (cached === undefined) this.#cache.push(entry);
    else Object.assign(cached, entry);
    return bytes;
  }

  #cached(list: HeaderList): CachedBlock | undefined {
    for (const entry of this.#cache) if (entry.list === list) return entry;
    return undefined;
  }

  #write({ fields, isCommon }: HeaderList): Uint8Array {
    this.#at = 0;
    if (this.#resizeTo !== undefined) {
      this.#table.resize(this.#resizeTo);
      this.#integer(0x20, 5, this.#resizeTo);
      this.#resizeTo = undefined;
    }
    const joins = isCommon && this.#tableBytesMax > 0;
    for (let i = 0; i < fields.length; i += 2) {
      this.#field(fields[i] as string, fields[i + 1] as string, joins);
    }
    return new Uint8Array(this.#out.buffer, this.#out.byteOffset, this.#at);
  }

  #field(name: string, value: string, joins: boolean): void {
    const found = this.#table.find(name, value);
    if (found > 0) return this.#integer(0x80, 7, found);
    if (joins) this.#integer(0x40, 6, -found);
    else this.#integer(0, 4, -found);
    if (found === 0) this.#string(name);
    this.#string(value);
    if (joins) this.#table.insert(name, value);
  }

  #integer(pattern: number, prefixBits: number, value: number): void {
    this.#room(8);
    const mask = (1 << prefixBits) - 1;
    if (value < mask) {
      this.#out[this.#at++] = pattern | value;
      return;
    }
    this.#out[this.#at++] = pattern | mask;
    let rest = value - mask;
    for (; rest >= 0x80; rest >>>= 7) this.#out[this.#at++] = (rest & 0x7f) | 0x80;
    this.#out[this.#at++] = rest;
  }

  #string(text: string): void {
    const packed = huffmanLength(text);
    // Huffman also when it only ties, as the RFC's examples do.
    if (this.#huffman === 'shorter' && packed <= text.length && packed > 0) {
      this.#integer(0x80, 7, packed);
      this.#room(packed);
      this.#at = encodeHuffman(text, this.#out, this.#at);
      return;
    }
    this.#integer(0, 7, text.length);
    this.#room(text.length);
    this.#at += this.#out.write(text, this.#at, 'latin1');
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#out.length * 2, this.#at + bytes));
    larger.set(this.#out.subarray(0, this.#at));
    this.#out = larger;
  }
}
