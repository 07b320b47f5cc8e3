import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import type { Core } from './core.ts';
import { restoreSnapshot } from './restore.ts';

/* The receiving half of replication: what a follower does with its leader's messages. */

/**
 * The leader's entries (paper, figure 2). An accepting answer promises that everything up to its
 * index is on this disk, so it leaves after the next write; a refusal promises nothing.
 */
export function receiveAppend(core: Core, m: Message): void {
  const { log } = core;
  if (!isContiguous(m)) return;
  if (m.index < log.committed) {
    core.emitAfterAppend({ type: MessageType.MsgAppResp, to: m.from, index: log.committed });
    return;
  }
  if (log.maybeAppend(m.index, m.logTerm, m.entries)) {
    const index = m.index + m.entries.length;
    log.commitTo(Math.min(m.commit, index));
    core.emitAfterAppend({ type: MessageType.MsgAppResp, to: m.from, index });
    return;
  }
  // Nothing of ours with a higher term than the leader has at this position can agree, so the hint
  // skips it: one round trip per term instead of one per entry.
  const hint = log.findConflictByTerm(m.index, m.logTerm);
  core.emit({
    type: MessageType.MsgAppResp,
    to: m.from,
    index: m.index,
    reject: true,
    rejectHint: hint.index,
    logTerm: hint.term,
  });
}

/** The context is echoed byte for byte: its meaning belongs to the leader. */
export function receiveHeartbeat(core: Core, m: Message): void {
  core.log.commitTo(m.commit);
  core.emit({ type: MessageType.MsgHeartbeatResp, to: m.from, context: m.context });
}

/** The answer waits until the snapshot is installed; one that is not needed is answered too. */
export function receiveSnapshot(core: Core, m: Message): void {
  const restored = m.snapshot !== undefined && restoreSnapshot(core, m.snapshot);
  const index = restored ? core.log.lastIndex : core.log.committed;
  core.emitAfterAppend({ type: MessageType.MsgAppResp, to: m.from, index });
}

/** Entries from outside must number on from the position that the message names. */
function isContiguous(m: Message): boolean {
  const count = m.entries.length;
  if (count === 0) return true;
  return m.entries[0]?.index === m.index + 1 && m.entries[count - 1]?.index === m.index + count;
}
