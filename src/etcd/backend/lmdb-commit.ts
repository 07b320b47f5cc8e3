import type { Bucket, Changes, PlacedChange } from './backend.ts';

/*
 * A commit as the binding's writing thread reads it (its own `put` writes the same, with several
 * objects for each change and without appending):
 *
 *   { flags u32 | database u32 | key's length u32 | key | gap
 *     | value's length u32 | value's address f64 }…   | 0 u32
 *
 * Each instruction begins at a multiple of 8 bytes; the address is at the first multiple of 8 that
 * is at least 9 bytes behind the key, the length in the 4 bytes before it. A deletion ends where
 * the address would be. All of it stands before the thread starts, so that it commits when it comes
 * to the 0. It notes in an instruction's flags how that went.
 */
const putFlags = 15;
const deleteFlags = 13;
/** Only behind the last key of the database, which is quicker and fills pages entirely. */
const appendFlag = 0x20000;
const failedFlag = 0x4000000;
const headBytes = 12;
const overheadBytesMax = headBytes + 16 + 8;
const memoryBytesMin = 64 * 1024;
const memoryBytesKept = 4 * 1024 * 1024;

/** What the binding offers beneath its API. */
export type WritingThread = {
  /** Of the bytes themselves, which stay where they are as long as somebody refers to them. */
  readonly addressOf: (memory: ArrayBufferLike) => number;
  /** `ended` gets 0 or lmdb's error number, in a later turn. */
  readonly start: (address: number, ended: (status: number) => void) => void;
  readonly databaseOf: (bucket: Bucket) => number;
};

/** Writes commits for the thread. One at a time: the memory is used again. */
export class CommitInstructions {
  readonly #thread: WritingThread;
  #bytes = Buffer.alloc(0);
  #words = new Uint32Array(0);
  #doubles = new Float64Array(0);
  #address = 0;
  #at = 0;
  /** Where in `#words` the instructions that append are. */
  readonly #appends: number[] = [];
  #valueMemory: ArrayBufferLike | undefined;
  #valueAddress = 0;

  constructor(thread: WritingThread) {
    this.#thread = thread;
  }

  /** Resolves with lmdb's error number, 0 when it is committed. Nothing of a failed one remains. */
  async run(changes: readonly Changes[]): Promise<number> {
    this.#prepare(changes);
    for (const some of changes) some.forEach((change) => this.#add(change));
    this.#words[this.#at >> 2] = 0;
    const status = await new Promise<number>((resolve) => {
      this.#thread.start(this.#address, resolve);
    });
    if (status === 0) this.#checkAppends();
    this.#valueMemory = undefined;
    if (this.#bytes.length > memoryBytesKept) this.#allocate(memoryBytesMin);
    return status;
  }

  #prepare(changes: readonly Changes[]): void {
    let bytes = 8;
    for (const { count, keyBytes } of changes) bytes += count * overheadBytesMax + keyBytes;
    if (bytes > this.#bytes.length) this.#allocate(Math.max(2 * bytes, memoryBytesMin));
    this.#at = 0;
    this.#appends.length = 0;
  }

  #allocate(bytes: number): void {
    const memory = new ArrayBuffer((bytes + 7) & ~7);
    this.#bytes = Buffer.from(memory);
    this.#words = new Uint32Array(memory);
    this.#doubles = new Float64Array(memory);
    this.#address = this.#thread.addressOf(memory);
  }

  #add(change: PlacedChange): void {
    const { bucket, key, keyStart, keyLength, value } = change;
    const words = this.#words;
    const first = this.#at >> 2;
    words[first + 1] = this.#thread.databaseOf(bucket);
    words[first + 2] = keyLength;
    const keyAt = this.#at + headBytes;
    key.copy(this.#bytes, keyAt, keyStart, keyStart + keyLength);
    const end = (keyAt + keyLength + 16) & ~7;
    if (value === undefined) {
      words[first] = deleteFlags;
      this.#at = end;
      return;
    }
    words[first] = change.isAppend ? putFlags | appendFlag : putFlags;
    if (change.isAppend) this.#appends.push(first);
    words[(end >> 2) - 1] = change.valueLength;
    this.#doubles[end >> 3] = this.#addressOf(value) + change.valueStart;
    this.#at = end + 8;
  }

  /** Neighbours share their memory. */
  #addressOf(value: Buffer): number {
    if (value.buffer !== this.#valueMemory) {
      this.#valueMemory = value.buffer;
      this.#valueAddress = this.#thread.addressOf(value.buffer);
    }
    return this.#valueAddress + value.byteOffset;
  }

  /** The thread takes a key that is not the last one for there already, and says no more. */
  #checkAppends(): void {
    for (const first of this.#appends) {
      if (((this.#words[first] as number) & failedFlag) === 0) continue;
      throw new Error('a key was appended to the store that is not its last one');
    }
  }
}
