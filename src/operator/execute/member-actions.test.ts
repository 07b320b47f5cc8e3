import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turns } from '../../../test/support/manual-clock.ts';
import { silentLog } from '../../base/log.ts';
import {
  decodeForgetLeaderResponse,
  encodeForgetLeaderResponse,
  ForgetLeaderResponse_Outcome as Outcome,
} from '../../etcd/proto/generated/etcdtspb.ts';
import type { MemberClient } from '../member-client/member-client.ts';
import type { ForgetLeader } from '../reconcile/action.ts';
import { executeForgetLeader, executeMemberAction, type MemberAction } from './member-actions.ts';

type Answer = number | Error | 'silent';

/** Clients by name; each ForgetLeader they get is written down as `name` or `name campaigns`. */
function survivors(answers: Readonly<Record<string, Answer>>) {
  const asked: string[] = [];
  const clientOf = (name: string): MemberClient | undefined => {
    const answer = answers[name];
    if (answer === undefined) return undefined;
    return {
      forgetLeader: (leaderId: bigint, term: number, campaign: boolean) => {
        assert.deepEqual([leaderId, term], [9n, 4]);
        asked.push(campaign ? `${name} campaigns` : name);
        if (answer === 'silent') return new Promise(() => {});
        if (answer instanceof Error) return Promise.reject(answer);
        const bytes = encodeForgetLeaderResponse({ outcome: answer });
        return Promise.resolve(decodeForgetLeaderResponse(bytes));
      },
    } as unknown as MemberClient;
  };
  return { asked, clientOf };
}

const forget = (forgetters: readonly string[], needed: number): ForgetLeader => ({
  kind: 'forget-leader',
  leaderName: 'dead',
  leaderId: 9n,
  term: 4,
  evidence: 'ConnectionRefused',
  candidate: 'c',
  forgetters,
  needed,
});

test('the candidate campaigns after the others have forgotten', async () => {
  const { asked, clientOf } = survivors({ a: Outcome.FORGOTTEN, c: Outcome.FORGOTTEN });
  const result = await executeForgetLeader(forget(['a'], 1), clientOf, silentLog);
  assert.deepEqual(asked, ['a', 'c campaigns']);
  assert.deepEqual(result, { campaigned: true, answers: ['a: FORGOTTEN', 'c: FORGOTTEN'] });
});

test('a survivor that does not answer is not waited for when the others are enough', async () => {
  const all = { a: 'silent', b: Outcome.ALREADY_LEADERLESS, c: Outcome.FORGOTTEN } as const;
  const { asked, clientOf } = survivors(all);
  const result = await executeForgetLeader(forget(['a', 'b'], 1), clientOf, silentLog);
  assert.equal(result.campaigned, true);
  assert.equal(asked.at(-1), 'c campaigns');
});

test('nobody campaigns when too few have forgotten', async () => {
  for (const answer of [Outcome.NO_LONGER_SO, new Error('unreachable')]) {
    const { asked, clientOf } = survivors({ a: answer, c: Outcome.FORGOTTEN });
    const result = await executeForgetLeader(forget(['a'], 1), clientOf, silentLog);
    assert.deepEqual([result.campaigned, asked], [false, ['a']]);
  }
});

test('an unknown member counts as one that did not forget', async () => {
  const { clientOf } = survivors({ c: Outcome.FORGOTTEN });
  const result = await executeForgetLeader(forget(['a'], 1), clientOf, silentLog);
  assert.deepEqual(result, { campaigned: false, answers: ['a: no address'] });
});

test('with nobody else to ask the candidate campaigns at once', async () => {
  const { asked, clientOf } = survivors({ c: Outcome.FORGOTTEN });
  await executeForgetLeader(forget([], 0), clientOf, silentLog);
  assert.deepEqual(asked, ['c campaigns']);
});

/** Members that answer every change with the given error, or carry it out. */
function changing(answers: Readonly<Record<string, string | undefined>>) {
  const asked: string[] = [];
  const clientOf = (name: string): MemberClient | undefined => {
    if (!(name in answers)) return undefined;
    const change = async (): Promise<void> => {
      asked.push(name);
      const words = answers[name];
      if (words !== undefined) throw new Error(words);
    };
    const client = { addLearner: change, promote: change, remove: change, moveLeader: change };
    return client as unknown as MemberClient;
  };
  return { asked, clientOf };
}

const add: MemberAction = {
  kind: 'add-learner',
  memberName: 'n',
  peerUrl: 'http://n:2380',
  via: ['a', 'b'],
};
const promote: MemberAction = { kind: 'promote-member', memberName: 'n', memberId: 5n, via: ['a'] };

test('members are asked in turn until one carries the change out', async () => {
  const { asked, clientOf } = changing({ a: '14 UNAVAILABLE: no leader', b: undefined });
  await executeMemberAction(add, clientOf);
  assert.deepEqual(asked, ['a', 'b']);
});

test('when nobody can, the last refusal is told', async () => {
  const { clientOf } = changing({ a: 'first', b: 'second' });
  await assert.rejects(executeMemberAction(add, clientOf), /second/);
  const nobody = changing({});
  await assert.rejects(executeMemberAction(add, nobody.clientOf), /no member to ask/);
});

test('a change that was made before has succeeded', async () => {
  const { asked, clientOf } = changing({ a: 'etcdserver: Peer URLs already exists', b: undefined });
  await executeMemberAction(add, clientOf);
  assert.deepEqual(asked, ['a']);
  const promoted = changing({ a: 'etcdserver: can only promote a learner member' });
  await executeMemberAction(promote, promoted.clientOf);
});

test('a learner that has not caught up is not taken for a promoted one', async () => {
  const words = 'etcdserver: can only promote a learner member which is in sync with leader';
  const { clientOf } = changing({ a: words });
  await assert.rejects(executeMemberAction(promote, clientOf), /in sync with leader/);
  await turns(1);
});
