import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import { type Core, idText } from './core.ts';
import { acceptTransfer, continueTransfer } from './leader-transfer.ts';
import type { Progress } from './progress/progress.ts';
import { acceptProposals } from './proposals.ts';
import { acceptRead, confirmReads } from './read-index.ts';
import type { StepResult } from './ready.ts';
import { broadcastHeartbeats, maybeCommit } from './replication.ts';
import { becomeFollower } from './roles.ts';

export function stepLeader(core: Core, m: Message): StepResult {
  switch (m.type) {
    case MessageType.MsgProp: {
      const result = acceptProposals(core, m.entries);
      if (result === 'accepted') awaitCommit(core, m.from, core.log.lastIndex);
      return result;
    }
    case MessageType.MsgReadIndex:
      awaitCommit(core, m.from, core.log.committed);
      return acceptRead(core, m);
    case MessageType.MsgTransferLeader:
      acceptTransfer(core, m.from);
      return 'accepted';
    case MessageType.MsgAppResp:
    case MessageType.MsgHeartbeatResp: {
      const progress = core.tracker.progress.get(m.from);
      if (progress === undefined) return 'accepted';
      progress.recentActive = true;
      if (m.type === MessageType.MsgHeartbeatResp) heardHeartbeat(core, m, progress);
      else if (m.reject) appendRefused(core, m, progress);
      else appendAccepted(core, m, progress);
      return 'accepted';
    }
    default:
      return 'accepted';
  }
}

/**
 * Every election timeout the leader checks that a quorum still answers; otherwise it steps down, so
 * that clients do not wait at a leader that was cut off (dissertation section 6.2).
 */
export function tickLeader(core: Core): void {
  core.heartbeatElapsed += 1;
  core.electionElapsed += 1;
  if (core.electionElapsed >= core.config.electionTicks) {
    core.electionElapsed = 0;
    if (core.config.checkQuorum) checkQuorum(core);
    // A transfer that was not done by now has failed; proposals are accepted again.
    core.transferee = 0n;
  }
  if (core.role !== 'leader' || core.heartbeatElapsed < core.config.heartbeatTicks) return;
  core.heartbeatElapsed = 0;
  core.readsWaiting = false;
  broadcastHeartbeats(core);
}

/** The leader's own entries, and what its answering followers have, are now on a disk. */
export function ownEntriesStable(core: Core): void {
  const own = core.tracker.progress.get(core.id);
  if (own === undefined || !own.maybeUpdate(core.log.stableIndex)) return;
  maybeCommit(core);
}

/** The transport could not deliver: what was sent optimistically is probably lost. */
export function reportUnreachable(core: Core, id: bigint): void {
  const progress = core.tracker.progress.get(id);
  if (core.role === 'leader' && progress?.state === 'replicate') progress.becomeProbe();
}

/**
 * How the transfer of a snapshot ended. In both cases the flow resumes with the follower's next
 * answer: to the snapshot itself or to a heartbeat.
 */
export function reportSnapshot(core: Core, id: bigint, ok: boolean): void {
  const progress = core.tracker.progress.get(id);
  if (core.role !== 'leader' || progress?.state !== 'snapshot') return;
  if (!ok) return progress.snapshotFailed();
  progress.becomeProbe();
  progress.isPaused = true;
}

/** Somebody at another member waits for what is at this index. */
function awaitCommit(core: Core, from: bigint, index: number): void {
  const progress = from === core.id ? undefined : core.tracker.progress.get(from);
  if (progress === undefined) return;
  progress.awaitedCommit = index;
  progress.wishToSend('news');
}

function checkQuorum(core: Core): void {
  if (!core.tracker.isQuorumActive()) {
    core.note(`${idText(core.id)} stepped down to follower since quorum is not active`);
    becomeFollower(core, core.term, 0n);
    return;
  }
  core.tracker.markInactive(core.id);
}

function appendAccepted(core: Core, m: Message, progress: Progress): void {
  if (m.index > core.log.lastIndex) return;
  // A probe that is answered without news still shows where the logs agree.
  const foundByProbe = progress.match === m.index && progress.state === 'probe';
  if (!progress.maybeUpdate(m.index) && !foundByProbe) return;
  if (progress.state === 'replicate') {
    progress.inflights.freeUpTo(m.index);
  } else if (progress.state === 'probe') {
    progress.becomeReplicate();
  } else if (progress.match + 1 >= core.log.firstIndex) {
    // Whatever snapshot it installed, the log can take over from there.
    progress.becomeProbe();
    progress.becomeReplicate();
  }
  maybeCommit(core);
  progress.wishToSend('news');
  if (m.from === core.transferee) continueTransfer(core, progress);
}

/**
 * The follower's log differs at `m.index`; what it holds at the hint has term `m.logTerm`. Where
 * our terms are higher than that, the logs cannot agree, so those positions are skipped at once.
 */
function appendRefused(core: Core, m: Message, progress: Progress): void {
  const hint =
    m.logTerm > 0 ? core.log.findConflictByTerm(m.rejectHint, m.logTerm).index : m.rejectHint;
  if (!progress.maybeDecrease(m.index, hint)) return;
  if (progress.state === 'replicate') progress.becomeProbe();
  progress.wishToSend('always');
}

/** A follower that is behind, or that is being probed, gets the next message of the flow. */
function heardHeartbeat(core: Core, m: Message, progress: Progress): void {
  progress.isPaused = false;
  if (progress.match < core.log.lastIndex || progress.state === 'probe') {
    progress.wishToSend('always');
  }
  if (m.context.length > 0) confirmReads(core, m.from, m.context);
}
