import { VarintReader, varintBytes, writeVarint } from './varint.ts';

/*
 * Entries of a list as they go to the client, back to back in key order:
 *
 *   { 12 | length | mvccpb.KeyValue }…         (12: field `kvs` of etcdserverpb.RangeResponse)
 *
 * Whoever answers a list puts runs one after another and never looks inside.
 */
const kvsTag = 0x12;
const fieldOverheadBytesMax = 9;

const reader = new VarintReader();

/** A key's new entry, or none when the key is gone. */
export type EntryChange = { readonly key: Uint8Array; readonly entry: Uint8Array | undefined };

/** Entries of neighbouring keys. Never changes once it is made: answers hold views of it. */
export class EntryRun {
  readonly bytes: Buffer;
  /** Where each entry starts, and where the last one ends. */
  readonly #starts: Uint32Array;

  constructor(bytes: Buffer, starts: Uint32Array) {
    this.bytes = bytes;
    this.#starts = starts;
  }

  get length(): number {
    return this.#starts.length - 1;
  }

  get sizeBytes(): number {
    return this.bytes.length + this.#starts.byteLength;
  }

  /** A view of the entries from `first` up to `end`. */
  slice(first: number, end: number): Buffer {
    if (first === 0 && end === this.length) return this.bytes;
    return this.bytes.subarray(this.#starts[first], this.#starts[end]);
  }

  keyAt(position: number): Uint8Array {
    const length = this.#findKey(position);
    return this.bytes.subarray(reader.at, reader.at + length);
  }

  /** The number of entries whose keys are below `key`. */
  countBelow(key: Uint8Array): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compareAt(middle, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The run after some of its keys changed: those are in order, each one once. */
  with(changes: readonly EntryChange[]): EntryRun {
    const parts: Uint8Array[] = [];
    const starts: number[] = [];
    let size = 0;
    let from = 0;
    const keep = (end: number): void => {
      if (end === from) return;
      const shift = size - (this.#starts[from] as number);
      for (let i = from; i < end; i++) starts.push((this.#starts[i] as number) + shift);
      parts.push(this.slice(from, end));
      size = (this.#starts[end] as number) + shift;
      from = end;
    };
    for (const { key, entry } of changes) {
      keep(this.countBelow(key));
      if (from < this.length && this.#compareAt(from, key) === 0) from++;
      if (entry === undefined) continue;
      starts.push(size);
      parts.push(entry);
      size += entry.length;
    }
    keep(this.length);
    starts.push(size);
    const bytes = Buffer.allocUnsafeSlow(size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return new EntryRun(bytes, Uint32Array.from(starts));
  }

  #compareAt(position: number, key: Uint8Array): number {
    const length = this.#findKey(position);
    return this.bytes.compare(key, 0, key.length, reader.at, reader.at + length);
  }

  /** Leaves the reader at the key and returns the key's length. */
  #findKey(position: number): number {
    reader.start(this.bytes, (this.#starts[position] as number) + 1);
    reader.next();
    // The KeyValue's first field: no key is empty.
    reader.at++;
    return reader.next();
  }
}

/** An entry of its own. */
export function entryOf(keyValue: Uint8Array): Uint8Array {
  const entry = entryFor(keyValue.length);
  entry.set(keyValue, entry.length - keyValue.length);
  return entry;
}

/** The same of a KeyValue within larger bytes. */
export function entryAt(bytes: Buffer, start: number, end: number): Uint8Array {
  const entry = entryFor(end - start);
  bytes.copy(entry, entry.length - (end - start), start, end);
  return entry;
}

/** All but the message, which ends it. */
function entryFor(messageBytes: number): Buffer {
  const entry = Buffer.allocUnsafe(1 + varintBytes(messageBytes) + messageBytes);
  entry[0] = kvsTag;
  writeVarint(entry, 1, messageBytes);
  return entry;
}

/** Views of the KeyValue messages in encoded entries. */
export function keyValuesIn(pieces: readonly Uint8Array[]): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      reader.start(piece, at + 1);
      const length = reader.next();
      at = reader.at + length;
      found.push(piece.subarray(reader.at, at));
    }
  }
  return found;
}

const scratchBytes = 128 * 1024;
const scratchStarts = 1_024;

/** Puts entries together; used again after `take`. */
export class RunBuilder {
  #bytes: Buffer = Buffer.allocUnsafeSlow(scratchBytes);
  #starts = new Uint32Array(scratchStarts);
  #length = 0;
  #end = 0;

  get length(): number {
    return this.#length;
  }

  get sizeBytes(): number {
    return this.#end;
  }

  /** The next key's encoded KeyValue. */
  add(keyValue: Uint8Array): void {
    const at = this.#open(keyValue.length);
    this.#bytes.set(keyValue, at);
    this.#end = at + keyValue.length;
  }

  reset(): void {
    this.#length = 0;
    this.#end = 0;
  }

  /** The entries since the last call. */
  take(): EntryRun {
    const starts = this.#starts.slice(0, this.#length + 1);
    starts[this.#length] = this.#end;
    const bytes = this.#takeBytes();
    this.reset();
    return new EntryRun(bytes, starts);
  }

  #takeBytes(): Buffer {
    const whole = this.#bytes;
    const isLarge = whole.length > scratchBytes;
    if (isLarge) this.#bytes = Buffer.allocUnsafeSlow(scratchBytes);
    // Made for a value of a megabyte and full with it: it need not be copied once more.
    if (isLarge && whole.length - this.#end < this.#end / 16) return whole.subarray(0, this.#end);
    const bytes = Buffer.allocUnsafeSlow(this.#end);
    bytes.set(whole.subarray(0, this.#end));
    return bytes;
  }

  /** Begins an entry and returns where its message goes. */
  #open(messageBytes: number): number {
    const needed = this.#end + fieldOverheadBytesMax + messageBytes;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = larger;
    }
    if (this.#length + 1 >= this.#starts.length) {
      const larger = new Uint32Array(2 * this.#starts.length);
      larger.set(this.#starts);
      this.#starts = larger;
    }
    this.#starts[this.#length++] = this.#end;
    this.#bytes[this.#end] = kvsTag;
    return writeVarint(this.#bytes, this.#end + 1, messageBytes);
  }
}
