import {
  ConfChangeType,
  type Entry,
  EntryType,
  encodeConfChange,
  type HardState,
} from '../proto/generated/raftpb.ts';

/**
 * The log that every founding member of a new cluster starts with, without talking to the others:
 * one conf change per member, in ascending order of ids, all in term 1 and committed. Members that
 * are Go etcd start with the same changes at the same indexes.
 */
export function bootstrapLog(
  members: readonly { readonly id: bigint; readonly context: Uint8Array }[],
): { readonly entries: readonly Entry[]; readonly hardState: HardState } {
  const ascending = members.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const entries = ascending.map(
    ({ id, context }, i): Entry => ({
      type: EntryType.EntryConfChange,
      term: 1,
      index: i + 1,
      data: encodeConfChange({ type: ConfChangeType.ConfChangeAddNode, nodeId: id, context }),
    }),
  );
  return { entries, hardState: { term: 1, vote: 0n, commit: entries.length } };
}
