import type { Entry } from '../proto/generated/raftpb.ts';

/** Tag and length bytes of an entry with full-size term and index; close enough for limits. */
const ENTRY_OVERHEAD_BYTES = 24;

/** About what the entry costs on the wire and in memory. */
export function entrySize(entry: Entry): number {
  return ENTRY_OVERHEAD_BYTES + payloadSize(entry);
}

/** What counts against the limit of uncommitted bytes: an empty entry is free. */
export function payloadSize(entry: Entry): number {
  return entry.data.length;
}
