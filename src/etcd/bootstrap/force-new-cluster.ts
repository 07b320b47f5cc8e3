import { utf8Bytes } from '../../base/bytes.ts';
import type { Log } from '../../base/log.ts';
import { memberJson, promotionJson } from '../membership/member-json.ts';
import {
  type ConfChangeInit,
  ConfChangeType,
  type ConfState,
  decodeConfChange,
  type Entry,
  EntryType,
  encodeConfChange,
} from '../proto/generated/raftpb.ts';
import { formatId } from '../proto/ids.ts';
import type { Boot } from './booted.ts';

/** What etcd writes for a member that its own log does not know. */
const unknownPeerUrl = 'http://localhost:2380';

/**
 * `--force-new-cluster`: a cluster of this member alone, with its data, when the others are lost.
 * The log gets changes that remove everybody else, and a hard state by which it is committed to its
 * end, in one durable write: a crash leaves the old cluster or the new one. Entries that this
 * member does not know to be committed stay, unlike in etcd: one of them may have been acknowledged
 * by a leader that did not live to tell.
 */
export async function forceNewCluster(boot: Boot, applied: ConfState, log: Log): Promise<Boot> {
  const { wal, memberId, entries } = boot;
  const { vote, commit } = boot.hardState;
  const term = Math.max(1, boot.hardState.term);
  const lastIndex = entries.at(-1)?.index ?? boot.snapshotIndex;
  const changes = changesToOneMember(memberId, membersAfter(applied, entries));
  const added = changes.map(
    (change, i): Entry => ({
      type: EntryType.EntryConfChange,
      term,
      index: lastIndex + 1 + i,
      data: encodeConfChange(change),
    }),
  );
  const hardState = { term, vote, commit: lastIndex + added.length };
  await wal.append(added, hardState, true);
  log.info('forcing restart member', {
    'cluster-id': formatId(boot.clusterId),
    'local-member-id': formatId(memberId),
    'wal-commit-index': commit,
    'commit-index': hardState.commit,
  });
  return { ...boot, hardState, entries: [...entries, ...added] };
}

type Kind = 'voter' | 'learner';

/** By id. Changes that were refused when they were applied count too: removing twice is harmless. */
function membersAfter(applied: ConfState, entries: readonly Entry[]): ReadonlyMap<bigint, Kind> {
  const members = new Map<bigint, Kind>();
  for (const id of applied.voters) members.set(id, 'voter');
  for (const id of applied.learners) members.set(id, 'learner');
  for (const { type, data } of entries) {
    if (type !== EntryType.EntryConfChange) continue;
    const change = decodeConfChange(data);
    switch (change.type) {
      case ConfChangeType.ConfChangeAddNode:
        members.set(change.nodeId, 'voter');
        break;
      case ConfChangeType.ConfChangeAddLearnerNode:
        members.set(change.nodeId, 'learner');
        break;
      case ConfChangeType.ConfChangeRemoveNode:
        members.delete(change.nodeId);
        break;
      default:
        break;
    }
  }
  return members;
}

/** This member first: there must be a voter at any time. */
function changesToOneMember(
  self: bigint,
  members: ReadonlyMap<bigint, Kind>,
): readonly ConfChangeInit[] {
  const changes: ConfChangeInit[] = [];
  const kind = members.get(self);
  const add = (json: string): void => {
    const type = ConfChangeType.ConfChangeAddNode;
    changes.push({ type, nodeId: self, context: utf8Bytes(json) });
  };
  if (kind === undefined) {
    const peerUrls = [unknownPeerUrl];
    add(memberJson({ id: self, name: '', peerUrls, clientUrls: [], isLearner: false }));
  } else if (kind === 'learner') {
    add(promotionJson(self));
  }
  const others = [...members.keys()].filter((id) => id !== self);
  for (const nodeId of others.toSorted((a, b) => (a < b ? -1 : 1))) {
    changes.push({ type: ConfChangeType.ConfChangeRemoveNode, nodeId });
  }
  return changes;
}
