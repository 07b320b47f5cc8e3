import { emptyBytes } from '../../base/bytes.ts';
import { type Entry, EntryType } from '../proto/generated/raftpb.ts';
import { type Core, idText } from './core.ts';
import { payloadSize } from './entry.ts';
import type { StepResult } from './ready.ts';
import { appendAsLeader, broadcastAppends } from './replication.ts';

/**
 * Takes proposals into the leader's log, all or none. Everything that is proposed before the next
 * Ready travels and is written together.
 */
export function acceptProposals(core: Core, entries: readonly Entry[]): StepResult {
  if (entries.length === 0) return 'accepted';
  // A leader that was removed only finishes what it has begun.
  if (!core.tracker.progress.has(core.id)) return 'dropped:no-leader';
  if (core.transferee !== 0n) return 'dropped:transferring';
  if (!reserveBytes(core, entries)) return 'dropped:uncommitted-limit';
  let accepted = entries;
  for (let i = 0; i < entries.length; i += 1) {
    if (entries[i]?.type === EntryType.EntryNormal) continue;
    accepted = admitConfChange(core, accepted, i);
  }
  appendAsLeader(core, accepted);
  broadcastAppends(core, 'news');
  return 'accepted';
}

/**
 * Only one conf change may be in the log unapplied. Another one is replaced by an empty entry, so
 * that the other proposals of the same message keep their places. Changes of several members at
 * once (EntryConfChangeV2) do not exist in etcd; a member that met one would stop.
 */
function admitConfChange(core: Core, entries: readonly Entry[], at: number): readonly Entry[] {
  const isSingleStep = entries[at]?.type === EntryType.EntryConfChange;
  if (isSingleStep && core.pendingConfIndex <= core.log.applied) {
    core.pendingConfIndex = core.log.lastIndex + at + 1;
    return entries;
  }
  const reason = isSingleStep
    ? `possible unapplied conf change at index ${core.pendingConfIndex} (applied to ${core.log.applied})`
    : 'only single-step changes are supported';
  core.note(`${idText(core.id)} ignoring conf change: ${reason}`);
  return entries.with(at, { type: EntryType.EntryNormal, term: 0, index: 0, data: emptyBytes });
}

/** Bounds what a leader without a quorum piles up. An empty log tail takes a proposal of any size. */
function reserveBytes(core: Core, entries: readonly Entry[]): boolean {
  const limit = core.config.maxUncommittedBytes;
  if (limit === Infinity) return true;
  let bytes = 0;
  for (const entry of entries) bytes += payloadSize(entry);
  if (core.uncommittedBytes > 0 && bytes > 0 && core.uncommittedBytes + bytes > limit) return false;
  core.uncommittedBytes += bytes;
  return true;
}

/** Entries up to `index` are applied: their bytes no longer count. */
export function releaseBytes(core: Core, index: number): void {
  if (core.uncommittedBytes === 0) return;
  let bytes = 0;
  const from = Math.max(core.log.applied + 1, core.log.firstIndex);
  for (let at = from; at <= index; at += 1) bytes += payloadSize(core.log.entryAt(at));
  // Entries of earlier terms were never counted.
  core.uncommittedBytes = Math.max(0, core.uncommittedBytes - bytes);
}
