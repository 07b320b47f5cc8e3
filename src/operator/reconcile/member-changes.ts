import type { Action } from './action.ts';
import { reconcileLimits } from './limits.ts';
import type { ProgressReason, StepOutcome } from './outcome.ts';
import { type Picture, type PictureMember, via } from './picture.ts';
import { canRemove, transferee } from './safety.ts';

/** The two changes that several steps make, each with its condition and its words. */

/**
 * Takes a member out of etcd's list, never the leader: that hands over first and is removed in a
 * later pass. Only the list changes here; workload and volume follow as leftovers (an order that a
 * crash cannot invert: a process whose member is gone is harmless, the reverse is a lost voter).
 */
export function planRemoval(
  picture: Picture,
  member: PictureMember,
  reason: ProgressReason,
  why: string,
): StepOutcome {
  if (member.listed === undefined) return { then: 'continue' };
  if (!canRemove(picture, member)) {
    return waitFor(reason, `${member.name} cannot be removed yet: the others are not a quorum`);
  }
  if (member.isLeader) return planHandOver(picture, member, reason);
  const removal: Action = {
    kind: 'remove-member',
    memberName: member.name,
    memberId: member.listed.id,
    via: via(picture).filter((name) => name !== member.name),
  };
  const type = member.isVolumeLost ? 'Warning' : 'Normal';
  const message = `removed member ${member.name} (${member.listed.id.toString(16)}): ${why}`;
  return {
    then: 'act',
    reason,
    actions: [
      removal,
      ...(member.isVolumeLost ? [event('Warning', 'VolumeLost', why)] : []),
      event(type, 'MemberRemoved', message),
    ],
  };
}

/** Moves leadership away from a member that is about to be disturbed. */
export function planHandOver(
  picture: Picture,
  leader: PictureMember,
  reason: ProgressReason,
): StepOutcome {
  const target = transferee(picture, leader);
  if (target?.listed === undefined) {
    return waitFor(reason, `no healthy member can take over from the leader ${leader.name}`);
  }
  return {
    then: 'act',
    reason,
    actions: [
      {
        kind: 'move-leader',
        fromName: leader.name,
        toName: target.name,
        toId: target.listed.id,
        via: [leader.name],
      },
      event('Normal', 'LeaderMoved', `moved leadership from ${leader.name} to ${target.name}`),
    ],
  };
}

export function waitFor(reason: ProgressReason, message: string): StepOutcome {
  return { then: 'wait', ms: reconcileLimits.settleWaitMs, reason, message };
}

export function event(
  type: 'Normal' | 'Warning',
  reason: Extract<Action, { kind: 'emit-event' }>['reason'],
  message: string,
): Action {
  return { kind: 'emit-event', type, reason, message };
}
