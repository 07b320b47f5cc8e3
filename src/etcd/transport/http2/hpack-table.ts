import { staticFields } from './hpack-static-table.ts';

/*
 * The fields that both ends of a connection may name by a number (RFC 7541, section 2.3):
 *
 *   1 … 61: the static table      62 … : the dynamic one, the newest field first
 *
 * A field counts its name, its value and 32 bytes; the oldest ones leave when there is no room.
 */

export const headerTableBytesDefault = 4_096;
const FIELD_OVERHEAD_BYTES = 32;
const FIRST_DYNAMIC = staticFields.length + 1;

const staticIndexes = indexStatic();

export class HpackTable {
  /** Grows with every change: what was derived from the table is valid for one generation. */
  generation = 0;
  // Oldest first; fields before `#first` have left.
  #names: string[] = [];
  #values: string[] = [];
  #first = 0;
  #sizeBytes = 0;
  #sizeBytesMax: number;

  constructor(sizeBytesMax = headerTableBytesDefault) {
    this.#sizeBytesMax = sizeBytesMax;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  name(index: number): string | undefined {
    if (index < FIRST_DYNAMIC) return staticFields[index - 1]?.[0];
    return this.#names[this.#slot(index)];
  }

  value(index: number): string | undefined {
    if (index < FIRST_DYNAMIC) return staticFields[index - 1]?.[1];
    return this.#values[this.#slot(index)];
  }

  /** A field larger than the whole table empties it and is not kept. */
  insert(name: string, value: string): void {
    this.generation++;
    const sizeBytes = fieldBytes(name, value);
    this.#evictTo(this.#sizeBytesMax - sizeBytes);
    if (sizeBytes > this.#sizeBytesMax) return;
    this.#names.push(name);
    this.#values.push(value);
    this.#sizeBytes += sizeBytes;
  }

  resize(sizeBytesMax: number): void {
    this.generation++;
    this.#sizeBytesMax = sizeBytesMax;
    this.#evictTo(sizeBytesMax);
  }

  /** The index of this very field, or minus the index of one with this name, or 0. */
  find(name: string, value: string): number {
    const inStatic = staticIndexes.get(name);
    let named = inStatic?.any ?? 0;
    const exact = inStatic?.byValue.get(value);
    if (exact !== undefined) return exact;
    for (let slot = this.#names.length - 1; slot >= this.#first; slot--) {
      if (this.#names[slot] !== name) continue;
      const index = FIRST_DYNAMIC + this.#names.length - 1 - slot;
      if (this.#values[slot] === value) return index;
      if (named === 0) named = index;
    }
    return -named;
  }

  #slot(index: number): number {
    const slot = this.#names.length - 1 - (index - FIRST_DYNAMIC);
    return slot < this.#first ? -1 : slot;
  }

  #evictTo(sizeBytes: number): void {
    while (this.#sizeBytes > sizeBytes && this.#first < this.#names.length) {
      const slot = this.#first++;
      this.#sizeBytes -= fieldBytes(this.#names[slot] as string, this.#values[slot] as string);
      this.#names[slot] = '';
      this.#values[slot] = '';
    }
    // Now and then, so that a field costs no more than one move.
    if (this.#first > 64 && this.#first * 2 > this.#names.length) {
      this.#names = this.#names.slice(this.#first);
      this.#values = this.#values.slice(this.#first);
      this.#first = 0;
    }
  }
}

/** What a field counts towards a table and a header list (RFC 7541, section 4.1). */
export function fieldBytes(name: string, value: string): number {
  return name.length + value.length + FIELD_OVERHEAD_BYTES;
}

type StaticIndex = { readonly any: number; readonly byValue: Map<string, number> };

function indexStatic(): ReadonlyMap<string, StaticIndex> {
  const indexes = new Map<string, StaticIndex>();
  staticFields.forEach(([name, value], i) => {
    const known = indexes.get(name);
    if (known === undefined) indexes.set(name, { any: i + 1, byValue: new Map([[value, i + 1]]) });
    else known.byValue.set(value, i + 1);
  });
  return indexes;
}
