import { type Picture, type PictureMember, quorumOf, voters } from './picture.ts';

/** The questions asked before anything is done to a member. All need a confirmed list. */

/** The first voter other than `except` that is not healthy: while there is one, nobody is touched. */
export function disturbedVoter(
  picture: Picture,
  except: PictureMember | undefined,
): PictureMember | undefined {
  return voters(picture).find((member) => member !== except && !member.health.isHealthy);
}

/** Without this voter the healthy ones are still a quorum of those that remain. */
export function canRemove(picture: Picture, member: PictureMember): boolean {
  if (member.isLearner) return true;
  const others = voters(picture).filter((one) => one !== member);
  return others.length > 0 && healthyCount(others) >= quorumOf(others.length);
}

/** With this learner as a voter the healthy ones are a quorum of the larger set. */
export function canPromote(picture: Picture, learner: PictureMember): boolean {
  const after = [...voters(picture), learner];
  return learner.health.isHealthy && healthyCount(after) >= quorumOf(after.length);
}

/** A learner can be added when, once promoted, it would not be the one a quorum hangs on. */
export function canAdd(picture: Picture): boolean {
  const present = voters(picture);
  return healthyCount(present) + 1 >= quorumOf(present.length + 1);
}

/** Who takes leadership over: healthy, voting, with the current template if possible, furthest. */
export function transferee(picture: Picture, from: PictureMember): PictureMember | undefined {
  const able = voters(picture).filter((member) => member !== from && member.health.isHealthy);
  return able.sort(
    (a, b) =>
      Number(b.isUpdated) - Number(a.isUpdated) ||
      (b.report?.raftIndex ?? 0) - (a.report?.raftIndex ?? 0) ||
      (a.ordinal ?? Infinity) - (b.ordinal ?? Infinity),
  )[0];
}

function healthyCount(members: readonly PictureMember[]): number {
  return members.filter(({ health }) => health.isHealthy).length;
}
