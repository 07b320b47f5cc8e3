import { EtcdError } from '../errors.ts';
import type { Member } from '../membership/member.ts';

/** etcd wants a connection to stand this long before it counts. */
const ACTIVE_MS_MIN = 5_000;

export type ReconfigView = {
  readonly selfId: bigint;
  readonly members: readonly Member[];
  /** For how long this member has been connected to another one; undefined when it is not. */
  readonly connectedForMs: (id: bigint) => number | undefined;
};

/*
 * `--strict-reconfig-check`: a change of members is refused when the cluster that it makes could
 * not commit anything, judged by who has ever started and who is reachable now.
 */

/** The new member counts for the quorum but not as started, nor as reachable. */
export function checkAdd(view: ReconfigView, isLearner: boolean): void {
  const voters = view.members.filter((member) => !member.isLearner);
  const votersAfter = voters.length + (isLearner ? 0 : 1);
  if (!isLearner) {
    const started = voters.filter(hasStarted).length;
    // One started member that adds a second one: how a lone member grows, and the only exception.
    const grows = started === 1 && votersAfter === 2;
    if (!grows && started < quorum(votersAfter)) throw new EtcdError('MemberNotEnoughStarted');
    if (grows) return checkConnected(view, voters, voters.length);
  }
  checkConnected(view, voters, votersAfter);
}

/** A learner, or a member that is down anyway, is no part of the quorum that works now. */
export function checkRemove(view: ReconfigView, id: bigint): void {
  if (view.members.find((member) => member.id === id)?.isLearner === true) return;
  const voters = view.members.filter((member) => !member.isLearner);
  const remaining = voters.filter((member) => member.id !== id);
  if (remaining.filter(hasStarted).length < quorum(remaining.length)) {
    throw new EtcdError('MemberNotEnoughStarted');
  }
  if (id !== view.selfId && view.connectedForMs(id) === undefined) return;
  if (countConnected(view, voters) - 1 < quorum(voters.length - 1))
    throw new EtcdError('Unhealthy');
}

/** The promoted learner counts as started: its leader has just seen it in step. */
export function checkPromote(view: ReconfigView): void {
  const voters = view.members.filter((member) => !member.isLearner);
  const started = voters.filter(hasStarted).length + 1;
  if (started < quorum(voters.length + 1)) throw new EtcdError('MemberNotEnoughStarted');
}

function checkConnected(view: ReconfigView, voters: readonly Member[], size: number): void {
  if (countConnected(view, voters) < quorum(size)) throw new EtcdError('Unhealthy');
}

function countConnected(view: ReconfigView, voters: readonly Member[]): number {
  return voters.filter(({ id }) => {
    if (id === view.selfId) return true;
    return (view.connectedForMs(id) ?? 0) >= ACTIVE_MS_MIN;
  }).length;
}

function hasStarted(member: Member): boolean {
  return member.name !== '';
}

function quorum(size: number): number {
  return Math.floor(size / 2) + 1;
}
