import type { MemberClient } from '../member-client/member-client.ts';
import type { MemberList, MemberReport, MemberView } from '../reconcile/observed.ts';

/** Asks every member for its own view, all at once. A member that does not answer is a value. */
export function observeMembers(
  members: readonly { readonly memberName: string; readonly client: MemberClient }[],
): Promise<readonly MemberView[]> {
  return Promise.all(members.map(({ memberName, client }) => viewOf(memberName, client)));
}

async function viewOf(memberName: string, client: MemberClient): Promise<MemberView> {
  try {
    return { kind: 'reported', memberName, report: await reportOf(client) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'unreachable', memberName, reason };
  }
}

async function reportOf(client: MemberClient): Promise<MemberReport> {
  const status = await client.status();
  const memberId = status.header?.memberId ?? 0n;
  const memberList = status.isLearner ? undefined : await memberListOf(client);
  return {
    clusterId: status.header?.clusterId ?? 0n,
    memberId,
    leader: status.leader,
    term: status.raftTerm,
    raftIndex: status.raftIndex,
    raftAppliedIndex: status.raftAppliedIndex,
    revision: status.header?.revision ?? 0,
    version: status.version,
    dbSize: status.dbSize,
    dbSizeInUse: status.dbSizeInUse,
    isLearner: status.isLearner,
    alarms: alarmNames(status.errors, memberId),
    errors: status.errors,
    memberList,
  };
}

/** Prefers a list with a quorum behind it; without one the member's own, marked as such. */
async function memberListOf(client: MemberClient): Promise<MemberList | undefined> {
  try {
    return { isConfirmed: true, members: (await client.memberList(true)).map(listed) };
  } catch {
    // No quorum, or no answer in time: the serializable list below still tells who is who.
  }
  try {
    return { isConfirmed: false, members: (await client.memberList(false)).map(listed) };
  } catch {
    return undefined;
  }
}

function listed(member: Awaited<ReturnType<MemberClient['memberList']>>[number]) {
  return {
    id: member.ID,
    name: member.name,
    peerUrls: member.peerURLs,
    clientUrls: member.clientURLs,
    isLearner: member.isLearner,
  };
}

/** Status names an alarm as `memberID:<decimal> alarm:<NAME>`, with one or more spaces. */
function alarmNames(errors: readonly string[], memberId: bigint): readonly string[] {
  const pattern = /memberID:\s*(\d+)\s+alarm:\s*(\w+)/;
  return errors.flatMap((error) => {
    const found = pattern.exec(error);
    return found?.[1] === String(memberId) && found[2] !== undefined ? [found[2]] : [];
  });
}
