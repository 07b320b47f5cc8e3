import type { Revision } from './revision.ts';
import { VarintReader, writeVarint } from './varint.ts';

/*
 * Value of the history bucket: how to reach older versions of the same key, then the KeyValue.
 *
 *   header length u8 | flags u8 | [main − previous.main, previous.sub]
 *                               | [main − jump.main, jump.sub]           (varints)
 *   | mvccpb.KeyValue
 *
 * `previous` is the key's next older record. `jump` is an older one chosen so that any version is
 * reached in O(log versions) steps (the jump pointers of a skew-binary list; Myers 1983). It is
 * left out when it would be the same as `previous`. Both carry the revision they lead to, so a walk
 * decides without reading the target. A target may be gone: compaction removes what no reader at or
 * after the compacted revision can need, and such a reader never follows a pointer there.
 */
const flag = { tombstone: 1, previous: 2, jump: 4, previousIsTombstone: 8 } as const;

export const historyHeaderBytesMax = 2 + 4 * 8;

/**
 * Writes the header for a record at `main`; returns where the KeyValue starts. A main of 0: there
 * is no such version, as revisions begin behind it.
 */
export function writeHistoryHeader(
  target: Uint8Array,
  main: number,
  tombstone: boolean,
  previousMain: number,
  previousSub: number,
  previousIsTombstone: boolean,
  jumpMain: number,
  jumpSub: number,
): number {
  let at = 2;
  let flags = tombstone ? flag.tombstone : 0;
  if (previousMain !== 0) {
    flags |= previousIsTombstone ? flag.previous | flag.previousIsTombstone : flag.previous;
    at = writeVarint(target, at, main - previousMain);
    at = writeVarint(target, at, previousSub);
  }
  if (jumpMain !== 0 && (jumpMain !== previousMain || jumpSub !== previousSub)) {
    flags |= flag.jump;
    at = writeVarint(target, at, main - jumpMain);
    at = writeVarint(target, at, jumpSub);
  }
  target[0] = at;
  target[1] = flags;
  return at;
}

export type HistoryHeader = {
  readonly tombstone: boolean;
  readonly previous: Revision | undefined;
  readonly previousIsTombstone: boolean;
  /** Equal to `previous` when the record has no other. */
  readonly jump: Revision | undefined;
};

const reader = new VarintReader();

export function readHistoryHeader(record: Uint8Array, main: number): HistoryHeader {
  const flags = record[1] as number;
  reader.start(record, 2);
  const previous =
    (flags & flag.previous) === 0 ? undefined : { main: main - reader.next(), sub: reader.next() };
  const jump =
    (flags & flag.jump) === 0 ? previous : { main: main - reader.next(), sub: reader.next() };
  return {
    tombstone: (flags & flag.tombstone) !== 0,
    previous,
    previousIsTombstone: (flags & flag.previousIsTombstone) !== 0,
    jump,
  };
}

export function isTombstone(record: Uint8Array): boolean {
  return ((record[1] as number) & flag.tombstone) !== 0;
}

/** A view of the KeyValue. */
export function keyValueOf(record: Uint8Array): Uint8Array {
  return record.subarray(keyValueOffset(record, 0));
}

/** How far behind the beginning of the record, which is at `start`, the KeyValue begins. */
export function keyValueOffset(bytes: Uint8Array, start: number): number {
  return bytes[start] as number;
}
