import { assert } from '../../base/assert.ts';
import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import type { Core } from './core.ts';
import type { StepResult } from './ready.ts';

/*
 * Linearizable reads on the leader (dissertation section 6.4): remember the commit index, make sure
 * that a quorum still follows, answer with that index.
 */

/**
 * Until something of its own term is committed, a leader's commit index may be behind what the last
 * leader acknowledged, so reads wait for that. It holds for a single voter too: after a restart its
 * stored commit index may be old.
 */
export function acceptRead(core: Core, m: Message): StepResult {
  if (m.entries.length !== 1) return 'accepted';
  if (core.readOnly.isFull) return 'dropped:uncommitted-limit';
  if (!core.hasCommittedInTerm) core.readOnly.postpone(m);
  else startRead(core, m);
  return 'accepted';
}

/** To be called when the leader committed an entry of its term. */
export function releasePostponedReads(core: Core): void {
  for (const request of core.readOnly.takePostponed()) startRead(core, request);
}

export function confirmReads(core: Core, from: bigint, context: Uint8Array): void {
  core.readOnly.acknowledge(from, context);
  answerConfirmed(core);
}

/** To be called when the configuration changed: fewer voters may suffice now. */
export function answerConfirmed(core: Core): void {
  for (const read of core.readOnly.takeConfirmed(core.tracker)) {
    answerRead(core, read.request, read.index);
  }
}

function startRead(core: Core, m: Message): void {
  if (core.tracker.isSingleVoter(core.id)) {
    answerRead(core, m, core.log.committed);
    return;
  }
  core.readOnly.add(m, core.log.committed, core.id);
  core.readsWaiting = true;
}

function answerRead(core: Core, request: Message, index: number): void {
  const entry = request.entries[0];
  assert(entry !== undefined, 'a read carries its id');
  if (request.from === core.id) {
    core.reads.push({ requestId: entry.data, index });
    return;
  }
  core.emit({
    type: MessageType.MsgReadIndexResp,
    to: request.from,
    index,
    entries: request.entries,
  });
}
