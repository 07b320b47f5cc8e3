import type { Log } from '../../base/log.ts';
import { ForgetLeaderResponse_Outcome } from '../../etcd/proto/generated/etcdtspb.ts';
import type { MemberClient } from '../member-client/member-client.ts';
import type { Action, ForgetLeader } from '../reconcile/action.ts';

export type MemberAction = Extract<
  Action,
  { kind: 'add-learner' | 'promote-member' | 'remove-member' | 'move-leader' }
>;

/** The client of a member by name; undefined while its address is not known. */
export type ClientOf = (memberName: string) => MemberClient | undefined;

/** Answers that say the wanted state is there already (a repeated action has succeeded). */
const alreadyDone: Readonly<Record<MemberAction['kind'], string>> = {
  'add-learner': 'Peer URLs already exists',
  'promote-member': 'can only promote a learner member',
  'remove-member': 'member not found',
  'move-leader': 'not leader',
};

/** Not «already done» although it starts with the same words: the learner has not caught up yet. */
const learnerNotReady = 'in sync with leader';

/** Asks the named members in turn until one carries the change out. Throws the last refusal. */
export async function executeMemberAction(action: MemberAction, clientOf: ClientOf): Promise<void> {
  let failure: Error = new Error(`no member to ask for ${action.kind}`);
  for (const name of action.via) {
    const client = clientOf(name);
    if (client === undefined) continue;
    try {
      await carryOut(action, client);
      return;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      if (isAlreadyDone(action, failure.message)) return;
    }
  }
  throw failure;
}

function isAlreadyDone(action: MemberAction, message: string): boolean {
  return message.includes(alreadyDone[action.kind]) && !message.includes(learnerNotReady);
}

function carryOut(action: MemberAction, client: MemberClient): Promise<void> {
  switch (action.kind) {
    case 'add-learner':
      return client.addLearner(action.peerUrl);
    case 'promote-member':
      return client.promote(action.memberId);
    case 'remove-member':
      return client.remove(action.memberId);
    case 'move-leader':
      return client.moveLeader(action.toId);
  }
}

export type ForgetLeaderResult = {
  /** True when the candidate was asked to campaign. */
  readonly campaigned: boolean;
  /** What each member did, for the log and the event. */
  readonly answers: readonly string[];
};

/**
 * First the others forget, then the candidate campaigns: under PreVote and CheckQuorum a member
 * that still follows the dead leader would refuse its pre-vote until its own election timeout.
 * Nobody who answers «no longer so» is pressed: somebody else was faster.
 */
export async function executeForgetLeader(
  action: ForgetLeader,
  clientOf: ClientOf,
  log: Log,
): Promise<ForgetLeaderResult> {
  const answers: string[] = [];
  const ask = async (name: string, campaign: boolean): Promise<boolean> => {
    const did = await askOne(action, name, campaign, clientOf);
    answers.push(`${name}: ${did}`);
    return did === 'FORGOTTEN' || did === 'ALREADY_LEADERLESS';
  };
  const forgotten = await enough(
    action.forgetters.map((name) => ask(name, false)),
    action.needed,
  );
  const campaigned = forgotten && (await ask(action.candidate, true));
  log.info('asked the survivors to forget their leader', {
    leader: action.leaderName,
    term: action.term,
    candidate: action.candidate,
    evidence: action.evidence,
    campaigned,
    answers,
  });
  return { campaigned, answers };
}

async function askOne(
  action: ForgetLeader,
  name: string,
  campaign: boolean,
  clientOf: ClientOf,
): Promise<string> {
  const client = clientOf(name);
  if (client === undefined) return 'no address';
  try {
    const answer = await client.forgetLeader(action.leaderId, action.term, campaign);
    const outcomes = Object.entries(ForgetLeaderResponse_Outcome);
    return outcomes.find(([, value]) => value === answer.outcome)?.[0] ?? 'UNKNOWN';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Resolves true as soon as `needed` of the answers are yes, false when that cannot happen any more. */
function enough(answers: readonly Promise<boolean>[], needed: number): Promise<boolean> {
  if (needed <= 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    let yes = 0;
    let left = answers.length;
    if (left < needed) resolve(false);
    for (const answer of answers) {
      void answer.then((isYes) => {
        left -= 1;
        if (isYes) yes += 1;
        if (yes >= needed) resolve(true);
        else if (yes + left < needed) resolve(false);
      });
    }
  });
}
