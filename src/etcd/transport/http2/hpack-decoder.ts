import { ConnectionError, ErrorCode } from './errors.ts';
import { fieldBytes, HpackTable, headerTableBytesDefault } from './hpack-table.ts';
import { decodeHuffman } from './huffman.ts';

/*
 * A header block is a row of fields (RFC 7541, section 6); `n+` is an integer whose first part has
 * n bits and which goes on in bytes of seven bits, low ones first, when those are all ones:
 *
 *   1 index 7+                                  a field of the tables
 *   01 name index 6+ │ value                    a field, which joins the dynamic table
 *   001 size 5+                                 the dynamic table's new size; only at the beginning
 *   0000 name index 4+ │ value                  a field (0001: one that nobody should index)
 *
 *   value = H length 7+ │ bytes (Huffman code when H); name index 0: the name comes first, likewise
 */

/** Names and values in turns, one character per byte. */
export type HeaderFields = readonly string[];

const noBytes = Buffer.alloc(0);

export class HpackDecoder {
  readonly table: HpackTable;
  readonly #tableBytesMax: number;
  readonly #listBytesMax: number;
  #bytes: Buffer = noBytes;
  #at = 0;
  #end = 0;

  constructor(listBytesMax: number, tableBytesMax = headerTableBytesDefault) {
    this.#listBytesMax = listBytesMax;
    this.#tableBytesMax = tableBytesMax;
    this.table = new HpackTable(tableBytesMax);
  }

  /**
   * Undefined when the fields are more than the list may hold: then the table is still right and
   * the next block can be read. A block that is no HPACK breaks the connection.
   */
  decode(bytes: Buffer, start: number, end: number): HeaderFields | undefined {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    const fields: string[] = [];
    let listBytes = 0;
    while (this.#at < end) {
      const first = bytes[this.#at] as number;
      if (first >= 0x20 && first < 0x40) {
        this.#resize(fields.length > 0 || listBytes > 0);
        continue;
      }
      let name: string;
      let value: string;
      if (first >= 0x80) {
        const index = this.#integer(7);
        name = this.#known(this.table.name(index));
        value = this.#known(this.table.value(index));
      } else {
        const joins = first >= 0x40;
        const index = this.#integer(joins ? 6 : 4);
        name = index === 0 ? this.#string() : this.#known(this.table.name(index));
        value = this.#string();
        if (joins) this.table.insert(name, value);
      }
      listBytes += fieldBytes(name, value);
      if (listBytes <= this.#listBytesMax) fields.push(name, value);
    }
    this.#bytes = noBytes;
    return listBytes <= this.#listBytesMax ? fields : undefined;
  }

  #resize(isLate: boolean): void {
    const size = this.#integer(5);
    if (isLate || size > this.#tableBytesMax) throw broken('a wrong dynamic table size update');
    this.table.resize(size);
  }

  #known(text: string | undefined): string {
    if (text === undefined) throw broken('an index outside the tables');
    return text;
  }

  #integer(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    let value = (this.#bytes[this.#at++] as number) & mask;
    if (value < mask) return value;
    for (let shift = 0; ; shift += 7) {
      // 28 bits are far beyond every index, size and length that could be right.
      if (this.#at >= this.#end || shift > 21) throw broken('an unfinished or overlong integer');
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  #string(): string {
    if (this.#at >= this.#end) throw broken('an unfinished field');
    const isHuffman = (this.#bytes[this.#at] as number) >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    const end = start + length;
    if (end > this.#end) throw broken('a string longer than its block');
    this.#at = end;
    if (!isHuffman) return this.#bytes.toString('latin1', start, end);
    const text = decodeHuffman(this.#bytes, start, end);
    if (text === undefined) throw broken('a wrong Huffman code');
    return text;
  }
}

function broken(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.compressionError, `header block has ${what}`);
}
