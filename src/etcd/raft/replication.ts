import { emptyBytes } from '../../base/bytes.ts';
import { type Entry, MessageType, type Snapshot } from '../proto/generated/raftpb.ts';
import { confStateOf } from './conf-state.ts';
import { type Core, idText } from './core.ts';
import type { Progress } from './progress/progress.ts';
import { releasePostponedReads } from './read-index.ts';

/*
 * The leader's sending half (paper, 5.3). Nothing is sent while a message or proposal is handled:
 * handlers leave wishes, and one flush per Ready turns them into as few messages as possible.
 */

/**
 * Appends to the leader's own log. The entries count for it once they are on its disk. A proposal
 * that has its place already, as the leader's own have, is the entry.
 */
export function appendAsLeader(core: Core, proposals: readonly Entry[]): void {
  const { term } = core;
  const entries: Entry[] = [];
  let index = core.log.lastIndex;
  for (const proposal of proposals) {
    index += 1;
    const hasPlace = proposal.index === index && proposal.term === term;
    const { type, data } = proposal;
    entries.push(hasPlace ? proposal : { type, term, index, data });
  }
  core.log.append(entries);
}

/** Leaves a wish for every other member. */
export function broadcastAppends(core: Core, wish: 'news' | 'always'): void {
  for (const [id, progress] of core.tracker.progress) {
    if (id !== core.id) progress.wishToSend(wish);
  }
}

/**
 * Commits what a quorum holds, if it is of this term: an entry of an older term may still be
 * replaced although a quorum holds it (paper, 5.4.2 and figure 8).
 */
export function maybeCommit(core: Core): boolean {
  const index = core.tracker.quorumMatch();
  if (index <= core.log.committed || core.log.termAt(index) !== core.term) return false;
  if (isUrgent(core, index)) core.commitToTell = index;
  core.log.commitTo(index);
  broadcastAppends(core, 'news');
  releasePostponedReads(core);
  return true;
}

/**
 * The first commit of a term tells members what was lost with the last leader. A member that is
 * removed hears of it now or never: the connection to it ends when the removal is applied.
 */
function isUrgent(core: Core, index: number): boolean {
  const { pendingConfIndex } = core;
  const commitsConfChange = pendingConfIndex > core.log.committed && pendingConfIndex <= index;
  return commitsConfChange || !core.hasCommittedInTerm;
}

/**
 * Turns the wishes into messages. Followers that are equally far get the same array of entries, so
 * that the transport can encode it once.
 */
export function flushAppends(core: Core): void {
  for (const [id, progress] of core.tracker.progress) {
    const wish = progress.sendWish;
    if (wish === 'none') continue;
    progress.sendWish = 'none';
    let evenIfEmpty = wish === 'always';
    while (maybeSendAppend(core, id, progress, evenIfEmpty)) evenIfEmpty = false;
  }
  core.sharedEntries = noEntries;
}

/**
 * The commit index is capped by what the follower is known to have: it must not commit an entry of
 * its own that the leader has not compared yet.
 */
export function broadcastHeartbeats(core: Core): void {
  const context = core.readOnly.heartbeatContext();
  for (const [id, progress] of core.tracker.progress) {
    if (id === core.id) continue;
    const commit = Math.min(progress.match, core.log.committed);
    core.emit({
      type: MessageType.MsgHeartbeat,
      to: id,
      commit,
      ...(context === undefined ? {} : { context }),
    });
    progress.sentCommit = commit;
  }
}

/** True when entries were sent, so that there may be room for more. */
function maybeSendAppend(
  core: Core,
  to: bigint,
  progress: Progress,
  evenIfEmpty: boolean,
): boolean {
  if (progress.isThrottled) return false;
  const { log } = core;
  const prevIndex = progress.next - 1;
  const prevTerm = log.termAt(prevIndex);
  if (prevTerm === undefined) {
    maybeSendSnapshot(core, to, progress);
    return false;
  }
  // A full window sends no entries, yet an empty message once in a while: if the whole window was
  // lost, its refusal starts the flow again.
  const isFull = progress.state === 'replicate' && progress.inflights.isFull;
  const entries =
    isFull || progress.next > log.lastIndex ? noEntries : entriesToSend(core, progress.next);
  const hasNews = entries.length > 0 || mayTellCommit(core, progress);
  if (!hasNews && !evenIfEmpty) return false;
  core.emit({
    type: MessageType.MsgApp,
    to,
    index: prevIndex,
    logTerm: prevTerm,
    entries,
    commit: log.committed,
  });
  progress.sentEntries(entries.length);
  progress.sentCommit = log.committed;
  return entries.length > 0;
}

function entriesToSend(core: Core, from: number): readonly Entry[] {
  if (core.sharedEntries[0]?.index === from) return core.sharedEntries;
  const { log, config } = core;
  core.sharedEntries = log.entriesFrom(from, log.lastIndex, config.maxMessageBytes, Infinity);
  return core.sharedEntries;
}

/** True when the follower could commit more than it was told, and should hear of it now. */
function mayTellCommit(core: Core, progress: Progress): boolean {
  if (!progress.canBumpCommit(core.log.committed)) return false;
  if (core.config.tellsCommitAtOnce) return true;
  const awaited = Math.max(core.commitToTell, progress.awaitedCommit);
  if (awaited > progress.sentCommit) return true;
  core.commitIsUntold = true;
  return false;
}

const noEntries: readonly Entry[] = [];

/**
 * What the follower needs next is compacted. A member that does not answer heartbeats gets no
 * snapshot: preparing one is costly. The caller fills in the state and may move the position
 * forward to what it has applied by then.
 */
function maybeSendSnapshot(core: Core, to: bigint, progress: Progress): void {
  if (!progress.recentActive) return;
  const index = core.log.applied;
  const snapshot: Snapshot = {
    data: emptyBytes,
    metadata: {
      index,
      term: core.log.termAt(index) ?? 0,
      confState: confStateOf(core.tracker),
    },
  };
  core.note(
    `${idText(core.id)} sends a snapshot at index ${index} to ${idText(to)}, ` +
      `which needs index ${progress.next}; the log starts at ${core.log.firstIndex}`,
  );
  progress.becomeSnapshot(index);
  core.emit({ type: MessageType.MsgSnap, to, snapshot });
}
