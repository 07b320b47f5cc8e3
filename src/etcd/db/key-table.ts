import { crc32c } from '@node-rs/crc32';
import { equalBytes } from '../../base/bytes.ts';
import type { Revision } from '../mvcc/revision.ts';

/*
 * Every key that a history mentions with its newest revision so far, outside the JavaScript heap:
 * about 40 bytes and the key itself each, where a map of strings would take five times that.
 *
 *   chunks   the keys' bytes one after the other
 *   fields   of each key: hash | chunk | start | length | main high | main low | sub | deleted
 *   slots    hash table of key numbers + 1, linear probing, at most half full
 */
const Field = { hash: 0, chunk: 1, start: 2, length: 3, high: 4, low: 5, sub: 6, deleted: 7 };
const stride = 8;
const chunkBytes = 1024 * 1024;
const slotsFirst = 1024;
const TWO_32 = 2 ** 32;

export class KeyTable {
  readonly #chunks: Buffer[] = [];
  #used = 0;
  #fields = new Uint32Array(stride * (slotsFirst / 2));
  #slots = new Uint32Array(slotsFirst);
  #count = 0;
  #live = 0;

  /** Keys whose newest record is no deletion. */
  get liveCount(): number {
    return this.#live;
  }

  /** Records come in the order of their revisions. */
  note(key: Uint8Array, { main, sub }: Revision, isDeleted: boolean): void {
    const hash = crc32c(key);
    const slot = this.#slotOf(key, hash);
    const known = this.#slots[slot] as number;
    const id = known === 0 ? this.#add(key, hash, slot) : known - 1;
    const at = stride * id;
    const fields = this.#fields;
    if (known !== 0 && fields[at + Field.deleted] === 0) this.#live -= 1;
    if (!isDeleted) this.#live += 1;
    fields[at + Field.high] = Math.floor(main / TWO_32);
    fields[at + Field.low] = main % TWO_32;
    fields[at + Field.sub] = sub;
    fields[at + Field.deleted] = isDeleted ? 1 : 0;
  }

  /** Whether this record of the key is the last one that was noted. */
  isNewest(key: Uint8Array, { main, sub }: Revision): boolean {
    const known = this.#slots[this.#slotOf(key, crc32c(key))] as number;
    if (known === 0) return false;
    const at = stride * (known - 1);
    const fields = this.#fields;
    const high = fields[at + Field.high] as number;
    const low = fields[at + Field.low] as number;
    return high * TWO_32 + low === main && fields[at + Field.sub] === sub;
  }

  /** Where the key is, or where it would go. */
  #slotOf(key: Uint8Array, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot] as number;
      if (known === 0 || this.#has(known - 1, key, hash)) return slot;
    }
  }

  #has(id: number, key: Uint8Array, hash: number): boolean {
    const at = stride * id;
    const fields = this.#fields;
    if (fields[at] !== hash || fields[at + Field.length] !== key.length) return false;
    const chunk = this.#chunks[fields[at + Field.chunk] as number] as Buffer;
    const start = fields[at + Field.start] as number;
    return equalBytes(chunk.subarray(start, start + key.length), key);
  }

  #add(key: Uint8Array, hash: number, slot: number): number {
    const id = this.#count;
    this.#count += 1;
    if (stride * this.#count > this.#fields.length) {
      const grown = new Uint32Array(2 * this.#fields.length);
      grown.set(this.#fields);
      this.#fields = grown;
    }
    // An empty key is in no store, but can be in a damaged file, and there even the first.
    if (this.#chunks.length === 0 || this.#used + key.length > chunkBytes) {
      this.#chunks.push(Buffer.allocUnsafeSlow(Math.max(chunkBytes, key.length)));
      this.#used = 0;
    }
    (this.#chunks.at(-1) as Buffer).set(key, this.#used);
    const at = stride * id;
    this.#fields[at] = hash;
    this.#fields[at + Field.chunk] = this.#chunks.length - 1;
    this.#fields[at + Field.start] = this.#used;
    this.#fields[at + Field.length] = key.length;
    this.#used += key.length;
    this.#slots[slot] = id + 1;
    if (2 * this.#count > this.#slots.length) this.#growSlots();
    return id;
  }

  #growSlots(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#count; id += 1) {
      let slot = (this.#fields[stride * id] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}
