import { MessageType } from '../proto/generated/raftpb.ts';
import { type Core, idText } from './core.ts';
import type { Progress } from './progress/progress.ts';

/*
 * Leadership transfer (dissertation section 3.10): stop taking proposals, bring the target up to
 * date, tell it to campaign at once. Given up after one election timeout.
 */

export function acceptTransfer(core: Core, to: bigint): void {
  const progress = core.tracker.progress.get(to);
  if (progress === undefined || progress.isLearner) return;
  if (core.transferee === to) return;
  core.transferee = 0n;
  if (to === core.id) return;
  core.note(
    `${idText(core.id)} [term ${core.term}] starts to transfer leadership to ${idText(to)}`,
  );
  core.transferee = to;
  // The target has a whole election timeout, whenever the last quorum check was.
  core.electionElapsed = 0;
  if (progress.match === core.log.lastIndex) sendTimeoutNow(core, to);
  else progress.wishToSend('always');
}

/** The target acknowledged entries. */
export function continueTransfer(core: Core, progress: Progress): void {
  if (progress.match === core.log.lastIndex) sendTimeoutNow(core, core.transferee);
}

function sendTimeoutNow(core: Core, to: bigint): void {
  core.note(`${idText(core.id)} sends MsgTimeoutNow to ${idText(to)}, whose log is up to date`);
  core.emit({ type: MessageType.MsgTimeoutNow, to });
}
