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

export type IndexRecord = {
  readonly main: number;
  readonly sub: number;
  readonly tombstone: boolean;
  /** 0 in a tombstone, like `version`. */
  readonly createRevision: number;
  readonly version: number;
  readonly lease: bigint;
  /** Not empty; the first one is at (main, sub). */
  readonly trees: readonly Tree[];
};

export const indexRecordBytesMax = 1 + 4 * 8 + 8 + 1 + 64 * 17;

const scratch = Buffer.alloc(indexRecordBytesMax);
const reader = new VarintReader();

/** A view of a scratch buffer, valid until the next call: the backend copies it at once. */
export function encodeIndexRecord(record: IndexRecord): Uint8Array {
  let flags = record.tombstone ? flag.tombstone : 0;
  if (record.lease !== 0n) flags |= flag.lease;
  if (record.sub !== 0) flags |= flag.sub;
  scratch[0] = flags;
  let at = writeVarint(scratch, 1, record.main);
  if (record.sub !== 0) at = writeVarint(scratch, at, record.sub);
  at = writeVarint(scratch, at, record.tombstone ? 0 : record.main - record.createRevision);
  at = writeVarint(scratch, at, record.version);
  if (record.lease !== 0n) at = scratch.writeBigInt64BE(record.lease, at);
  scratch[at++] = record.trees.length;
  let before = record.main;
  for (let i = 0; i < record.trees.length; i++) {
    const tree = record.trees[i] as Tree;
    if (i > 0) {
      at = writeVarint(scratch, at, before - tree.main);
      at = writeVarint(scratch, at, tree.sub);
    }
    before = tree.main;
    scratch[at++] = tree.size;
  }
  return scratch.subarray(0, at);
}

/** The part of a record that range scans need, filled in place: one object serves a whole scan. */
export class IndexHead {
  main = 0;
  sub = 0;
  tombstone = false;
  createRevision = 0;
  version = 0;

  read(bytes: Uint8Array): void {
    const flags = bytes[0] as number;
    reader.start(bytes, 1);
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

export function decodeIndexRecord(bytes: Uint8Array): IndexRecord {
  const flags = bytes[0] as number;
  reader.start(bytes, 1);
  const main = reader.next();
  const sub = (flags & flag.sub) === 0 ? 0 : reader.next();
  const tombstone = (flags & flag.tombstone) !== 0;
  const createRevision = main - reader.next();
  const version = reader.next();
  let lease = 0n;
  if ((flags & flag.lease) !== 0) {
    lease = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readBigInt64BE(reader.at);
    reader.at += 8;
  }
  const count = bytes[reader.at++] as number;
  const trees: Tree[] = [{ main, sub, size: bytes[reader.at++] as number }];
  let before = main;
  for (let i = 1; i < count; i++) {
    before -= reader.next();
    const treeSub = reader.next();
    trees.push({ main: before, sub: treeSub, size: bytes[reader.at++] as number });
  }
  return {
    main,
    sub,
    tombstone,
    createRevision: tombstone ? 0 : createRevision,
    version,
    lease,
    trees,
  };
}

/**
 * Where the jump pointer of a new version at (main, sub) leads, and the trees with it. Two first
 * trees of one size become one with the new version as root, whose jump skips both; otherwise the
 * new version is a tree of its own and jumps to its predecessor.
 */
export function addVersion(
  trees: readonly Tree[],
  main: number,
  sub: number,
  compactRevision: number,
): { readonly jump: Revision | undefined; readonly trees: readonly Tree[] } {
  const first = trees[0];
  if (first === undefined) return { jump: undefined, trees: [{ main, sub, size: 1 }] };
  const second = trees[1];
  if (second !== undefined && second.size === first.size) {
    const rest = trees.slice(2);
    return {
      jump: rest[0],
      trees: [{ main, sub, size: first.size + 1 }, ...withoutCompacted(rest, compactRevision)],
    };
  }
  return {
    jump: first,
    trees: [{ main, sub, size: 1 }, first, ...withoutCompacted(trees.slice(1), compactRevision)],
  };
}

function withoutCompacted(trees: readonly Tree[], compactRevision: number): readonly Tree[] {
  let count = trees.length;
  while (count > 0 && (trees[count - 1] as Tree).main <= compactRevision) count--;
  return trees.slice(0, count);
}
