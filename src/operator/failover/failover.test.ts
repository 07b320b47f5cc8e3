import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clusterOf,
  inputOf,
  observedOf,
  startMs,
  streamOf,
} from '../../../test/support/operator-fixtures.ts';
import type {
  FailoverRecord,
  Observed,
  ObservedInstance,
  ObservedStream,
} from '../reconcile/observed.ts';
import type { StepOutcome } from '../reconcile/outcome.ts';
import { forgetDeadLeader } from '../reconcile/steps/forget-dead-leader.ts';
import { failoverBounds } from './bounds.ts';
import { chooseCandidate } from './choose-candidate.ts';
import { failoverDelayMs } from './rate-limit.ts';

const cluster = clusterOf({ size: 3 });
const refused: ObservedStream['state'] = { kind: 'broken', sinceMs: startMs - 5, isRefused: true };
const broken: ObservedStream['state'] = { kind: 'broken', sinceMs: startMs - 5, isRefused: false };

/** main-0 (1n) leads term 2; its process was killed a moment ago and nobody listens there. */
function killed(more: Partial<Observed> = {}): Observed {
  return observedOf(
    cluster,
    { 'main-0': {}, 'main-1': {}, 'main-2': {} },
    {
      isConfirmed: false,
      streams: [
        streamOf('main-0', 1n, 1n, { state: refused }),
        streamOf('main-1', 2n, 1n, { lastIndex: 100 }),
        streamOf('main-2', 3n, 1n, { lastIndex: 101 }),
      ],
      ...more,
    },
  );
}

function decide(observed: Observed, of = cluster): StepOutcome {
  return forgetDeadLeader(inputOf(of, observed));
}

test('a killed leader is forgotten by the survivors, and the most advanced of them campaigns', () => {
  const outcome = decide(killed());
  assert.equal(outcome.then, 'act');
  const [action, event] = outcome.then === 'act' ? outcome.actions : [];
  assert.deepEqual(action, {
    kind: 'forget-leader',
    leaderName: 'main-0',
    leaderId: 1n,
    term: 2,
    evidence: 'ConnectionRefused',
    candidate: 'main-2',
    forgetters: ['main-1'],
    needed: 1,
  });
  assert.equal(event?.kind === 'emit-event' && event.reason, 'LeaderForgotten');
});

const streams = (...changed: ObservedStream[]): Partial<Observed> => ({
  streams: killed().streams.map(
    (stream) => changed.find(({ memberName }) => memberName === stream.memberName) ?? stream,
  ),
});
const leaderStream = (more: Parameters<typeof streamOf>[3]): Partial<Observed> =>
  streams(streamOf('main-0', 1n, 1n, more));
const leaderPod = (more: Partial<ObservedInstance> | undefined): Partial<Observed> => ({
  instances: killed().instances.flatMap((one) => {
    if (one.memberName !== 'main-0') return [one];
    return more === undefined ? [] : [{ ...one, ...more }];
  }),
});
const silent = (silenceMs: number, ...names: string[]): ObservedStream[] =>
  names.map((name, at) => streamOf(name, BigInt(at + 2), 1n, { silenceMs }));
const record = (agoMs: number, more: Partial<FailoverRecord> = {}): FailoverRecord => ({
  atMs: startMs - agoMs,
  leader: 1n,
  term: 2,
  candidate: 'main-2',
  evidence: 'Silent',
  ...more,
});

const dead: readonly [string, Partial<Observed>, string][] = [
  ['nobody listens where it was', {}, 'ConnectionRefused'],
  [
    'its container has ended',
    {
      ...leaderStream({ state: broken }),
      ...leaderPod({ container: { state: 'terminated', reason: 'Error', exitCode: 137 } }),
    },
    'ContainerEnded',
  ],
  ['its pod is gone', { ...leaderStream({ state: broken }), ...leaderPod(undefined) }, 'PodGone'],
  [
    'another pod has its name now',
    { ...leaderStream({ state: broken }), ...leaderPod({ uid: 'pod-newer' }) },
    'PodGone',
  ],
  [
    'its node is gone',
    { ...leaderStream({ state: broken }), ...leaderPod({ isNodeGone: true }) },
    'NodeGone',
  ],
  [
    'its stream hangs and both survivors have heard nothing for long',
    streams(streamOf('main-0', 1n, 1n, { ageMs: 700 }), ...silent(600, 'main-1', 'main-2')),
    'Silent',
  ],
  [
    'it says itself that it does not lead, and nobody has heard it for long',
    streams(streamOf('main-0', 1n, 0n), ...silent(600, 'main-1', 'main-2')),
    'ProcessRestarted',
  ],
  [
    'the operator has never heard of it and the survivors have heard nothing for long',
    { streams: silent(600, 'main-1', 'main-2') },
    'Silent',
  ],
  [
    'one survivor has forgotten it in an attempt that went half way',
    streams(streamOf('main-1', 2n, 0n)),
    'ConnectionRefused',
  ],
];

for (const [because, more, evidence] of dead) {
  test(`a leader is dead when ${because}`, () => {
    const outcome = decide(killed(more));
    const action = outcome.then === 'act' ? outcome.actions[0] : undefined;
    assert.equal(action?.kind === 'forget-leader' && action.evidence, evidence);
  });
}

const alive: readonly [string, Partial<Observed>][] = [
  ['it says that it leads', leaderStream({})],
  ['only our own connection broke', leaderStream({ state: broken })],
  [
    'it hangs for us but a survivor has heard it lately',
    streams(streamOf('main-0', 1n, 1n, { ageMs: 700 }), ...silent(600, 'main-1')),
  ],
  [
    'the operator has just started and the survivors hear it',
    { streams: silent(20, 'main-1', 'main-2') },
  ],
  [
    'its pod was deleted by force but it goes on speaking',
    { ...leaderStream({}), ...leaderPod(undefined) },
  ],
  [
    'its pod is being deleted and it still runs',
    {
      ...leaderStream({}),
      ...leaderPod({ isBeingDeleted: true }),
    },
  ],
];

for (const [because, more] of alive) {
  test(`a leader is left alone when ${because}`, () => {
    assert.deepEqual(decide(killed(more)), { then: 'continue' });
  });
}

const idle: readonly [string, Partial<Observed>][] = [
  ['no quorum survives', streams(streamOf('main-1', 2n, 1n, { state: broken }))],
  ['a survivor’s word is old', streams(streamOf('main-1', 2n, 1n, { ageMs: 1_500 }))],
  ['a survivor follows somebody else already', streams(streamOf('main-1', 2n, 3n))],
  [
    'the survivors are in a newer term without a leader',
    streams(streamOf('main-1', 2n, 0n, { term: 3 }), streamOf('main-2', 3n, 0n, { term: 3 })),
  ],
  ['three attempts against it were made', { failovers: [record(900), record(600), record(300)] }],
  [
    'five leaders were forgotten within the minute',
    {
      failovers: [1, 2, 3, 4, 5].map((at) => record(at * 5_000, { leader: 9n, term: 1 - at })),
    },
  ],
];

for (const [because, more] of idle) {
  test(`nothing is done about a dead leader when ${because}`, () => {
    assert.deepEqual(decide(killed(more)), { then: 'continue' });
  });
}

test('a second attempt against the same leader waits its turn', () => {
  const outcome = decide(killed({ failovers: [record(50)] }));
  assert.equal(outcome.then, 'wait');
  assert.equal(outcome.then === 'wait' && outcome.ms, failoverBounds.attemptIntervalMs - 50);
});

test('switched off it does nothing', () => {
  const off = clusterOf({ size: 3, fastFailover: { enabled: false } });
  assert.deepEqual(decide(killed(), off), { then: 'continue' });
});

test('a learner is no survivor: it has no vote', () => {
  const observed = observedOf(
    cluster,
    { 'main-0': {}, 'main-1': {}, 'main-2': { listed: { isLearner: true } } },
    { isConfirmed: false, streams: killed().streams },
  );
  assert.deepEqual(decide(observed), { then: 'continue' });
});

test('a slower heartbeat makes silence count later', () => {
  const slow = clusterOf({ etcdOptions: ['--heartbeat-interval=500', '--election-timeout=5000'] });
  const quiet = streams(
    streamOf('main-0', 1n, 1n, { ageMs: 2_000 }),
    ...silent(2_000, 'main-1', 'main-2'),
  );
  assert.deepEqual(decide(killed(quiet), slow), { then: 'continue' });
});

test('the candidate has the highest last term, then index, then the lower id', () => {
  const survivor = (id: bigint, lastTerm: number, lastIndex: number) => ({
    id,
    report: streamOf('x', id, 1n, { lastTerm, lastIndex }).last ?? assert.fail(),
  });
  const chosen = (...all: ReturnType<typeof survivor>[]): bigint | undefined =>
    chooseCandidate(all)?.id;
  assert.equal(chosen(survivor(2n, 2, 90), survivor(3n, 2, 91)), 3n);
  assert.equal(chosen(survivor(2n, 3, 10), survivor(3n, 2, 91)), 2n);
  assert.equal(chosen(survivor(3n, 2, 10), survivor(2n, 2, 10)), 2n);
  assert.equal(chosen(), undefined);
});

test('attempts against one leader count as one failover for the window', () => {
  const attempts = [record(50_000, { term: 1 }), record(49_000, { term: 1 })];
  const others = [3, 4, 5].map((term) => record(40_000, { term: -term }));
  const delay = failoverDelayMs([...attempts, ...others], { leader: 1n, term: 2 }, startMs);
  assert.equal(delay, 0);
  const full = [...attempts, ...others, record(30_000, { term: -6 })];
  assert.equal(failoverDelayMs(full, { leader: 1n, term: 2 }, startMs), 10_000);
});
