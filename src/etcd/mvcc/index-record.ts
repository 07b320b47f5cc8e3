import { readLeaseId, writeLeaseId } from './lease-bytes.ts';
import type { Revision } from './revision.ts';
import { VarintReader, writeVarint } from './varint.ts';

/*
 * What the index knows of a key:
 *
 *   flags u8 | newest.main | [newest.sub] | newest.main − create_revision | version
 *   | [lease, 8 bytes]
 *   | number of trees u8 | size of the first tree u8 { main before − main | sub | size u8 }…
 *
 * The trees are the skew-binary list of the key's versions: each entry is the root of a complete
 * tree of 2^size − 1 versions, newest first, the first root being the newest version. They say
 * where the next version's jump pointer leads without reading the history (history-record.ts), and
 * let an old read start near its target. At most about log2(versions) entries; roots at or below
 * the compacted revision are dropped at the next write, as nobody walks there.
 */
const flag = { tombstone: 1, lease: 2, sub: 4 } as const;

export type Tree = Revision & { readonly size: number };

export const indexRecordBytesMax = 1 + 4 * 8 + 8 + 1 + 64 * 17;

const scratch = Buffer.alloc(indexRecordBytesMax);
const reader = new VarintReader();

/**
 * A key's record while a version is added to it: read, `addVersion`, `encode`. One object is used
 * again and again, as there is one of these for every change of a key.
 */
export class IndexUpdate {
  /** False for a key that has no record. */
  exists = false;
  main = 0;
  sub = 0;
  tombstone = false;
  /** 0 in a tombstone, like `version`. */
  createRevision = 0;
  version = 0;
  lease = 0n;
  /** Where the added version's jump pointer leads; a main of 0: nowhere. */
  jumpMain = 0;
  jumpSub = 0;
  /** The trees, newest first; those from `#count` on are left from another key. */
  readonly #mains: number[] = [];
  readonly #subs: number[] = [];
  readonly #sizes: number[] = [];
  #count = 0;

  /** The record begins at `start`. */
  read(bytes: Uint8Array | undefined, start = 0): void {
    this.exists = bytes !== undefined;
    if (bytes === undefined) {
      this.main = 0;
      this.sub = 0;
      this.tombstone = false;
      this.createRevision = 0;
      this.version = 0;
      this.lease = 0n;
      this.#count = 0;
      return;
    }
    const flags = bytes[start] as number;
    reader.start(bytes, start + 1);
    this.main = reader.next();
    this.sub = (flags & flag.sub) === 0 ? 0 : reader.next();
    this.tombstone = (flags & flag.tombstone) !== 0;
    const age = reader.next();
    this.createRevision = this.tombstone ? 0 : this.main - age;
    this.version = reader.next();
    this.lease = takeLease(bytes, flags);
    this.#readTrees(bytes);
  }

  /**
   * Two first trees of one size become one with the new version as root, whose jump pointer skips
   * both; otherwise the new version is a tree of its own and jumps to its predecessor.
   */
  addVersion(main: number, sub: number, compactRevision: number): void {
    const joins = this.#count > 1 && this.#sizes[0] === this.#sizes[1];
    const jumpsTo = joins ? 2 : 0;
    const hasJump = jumpsTo < this.#count;
    this.jumpMain = hasJump ? (this.#mains[jumpsTo] as number) : 0;
    this.jumpSub = hasJump ? (this.#subs[jumpsTo] as number) : 0;
    if (joins) this.#joinFirst(main, sub);
    else this.#insertFirst(main, sub);
    const kept = joins ? 1 : Math.min(2, this.#count);
    while (this.#count > kept && (this.#mains[this.#count - 1] as number) <= compactRevision) {
      this.#count--;
    }
    this.main = main;
    this.sub = sub;
  }

  /** A view of a scratch buffer, valid until the next call: the backend copies it at once. */
  encode(): Uint8Array {
    let flags = this.tombstone ? flag.tombstone : 0;
    if (this.lease !== 0n) flags |= flag.lease;
    if (this.sub !== 0) flags |= flag.sub;
    scratch[0] = flags;
    let at = writeVarint(scratch, 1, this.main);
    if (this.sub !== 0) at = writeVarint(scratch, at, this.sub);
    at = writeVarint(scratch, at, this.tombstone ? 0 : this.main - this.createRevision);
    at = writeVarint(scratch, at, this.version);
    if (this.lease !== 0n) at = writeLeaseId(scratch, at, this.lease);
    scratch[at++] = this.#count;
    let before = this.main;
    for (let i = 0; i < this.#count; i++) {
      const main = this.#mains[i] as number;
      if (i > 0) {
        at = writeVarint(scratch, at, before - main);
        at = writeVarint(scratch, at, this.#subs[i] as number);
      }
      before = main;
      scratch[at++] = this.#sizes[i] as number;
    }
    return new Uint8Array(scratch.buffer, scratch.byteOffset, at);
  }

  #readTrees(bytes: Uint8Array): void {
    const count = bytes[reader.at++] as number;
    let before = this.main;
    for (let i = 0; i < count; i++) {
      if (i > 0) before -= reader.next();
      this.#mains[i] = before;
      this.#subs[i] = i > 0 ? reader.next() : this.sub;
      this.#sizes[i] = bytes[reader.at++] as number;
    }
    this.#count = count;
  }

  #joinFirst(main: number, sub: number): void {
    this.#mains[0] = main;
    this.#subs[0] = sub;
    this.#sizes[0] = (this.#sizes[0] as number) + 1;
    for (let i = 2; i < this.#count; i++) this.#move(i, i - 1);
    this.#count--;
  }

  #insertFirst(main: number, sub: number): void {
    for (let i = this.#count; i > 0; i--) this.#move(i - 1, i);
    this.#mains[0] = main;
    this.#subs[0] = sub;
    this.#sizes[0] = 1;
    this.#count++;
  }

  #move(from: number, to: number): void {
    this.#mains[to] = this.#mains[from] as number;
    this.#subs[to] = this.#subs[from] as number;
    this.#sizes[to] = this.#sizes[from] as number;
  }
}

function takeLease(bytes: Uint8Array, flags: number): bigint {
  if ((flags & flag.lease) === 0) return 0n;
  const at = reader.at;
  reader.at += 8;
  return readLeaseId(bytes, at);
}

/** The part of a record that range scans need, filled in place: one object serves a whole scan. */
export class IndexHead {
  main = 0;
  sub = 0;
  tombstone = false;
  createRevision = 0;
  version = 0;

  /** The record begins at `start`. */
  read(bytes: Uint8Array, start = 0): void {
    const flags = bytes[start] as number;
    reader.start(bytes, start + 1);
    this.main = reader.next();
    this.sub = (flags & flag.sub) === 0 ? 0 : reader.next();
    this.tombstone = (flags & flag.tombstone) !== 0;
    this.createRevision = this.main - reader.next();
    this.version = reader.next();
  }
}

export function isTombstoneRecord(bytes: Uint8Array): boolean {
  return ((bytes[0] as number) & flag.tombstone) !== 0;
}

/** What compares and puts ask of a live key. */
export type LiveKey = Revision & {
  readonly createRevision: number;
  readonly version: number;
  readonly lease: bigint;
};

/** Of a record that is no tombstone's. */
export function decodeLiveKey(bytes: Uint8Array): LiveKey {
  const flags = bytes[0] as number;
  reader.start(bytes, 1);
  const main = reader.next();
  const sub = (flags & flag.sub) === 0 ? 0 : reader.next();
  const createRevision = main - reader.next();
  const version = reader.next();
  return { main, sub, createRevision, version, lease: takeLease(bytes, flags) };
}

/** Not empty; the first one is the newest version. */
export function decodeTrees(bytes: Uint8Array): Tree[] {
  const flags = bytes[0] as number;
  reader.start(bytes, 1);
  const main = reader.next();
  const sub = (flags & flag.sub) === 0 ? 0 : reader.next();
  reader.next();
  reader.next();
  if ((flags & flag.lease) !== 0) reader.at += 8;
  const count = bytes[reader.at++] as number;
  const trees: Tree[] = [{ main, sub, size: bytes[reader.at++] as number }];
  let before = main;
  for (let i = 1; i < count; i++) {
    before -= reader.next();
    const treeSub = reader.next();
    trees.push({ main: before, sub: treeSub, size: bytes[reader.at++] as number });
  }
  return trees;
}
