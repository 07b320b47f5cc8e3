import assert from 'node:assert/strict';
import test from 'node:test';
import type { Clock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import { etcdRaftConfig } from '../raft/config.ts';
import { buildMessage } from '../raft/message.ts';
import { Raft } from '../raft/raft.ts';
import { ConsensusLoop } from './loop.ts';
import { Proposals } from './proposals.ts';

const heartbeatMs = 100;

/** Member 1 of three; the others are what the test answers for them. */
class LonelyMember {
  readonly loop: ConsensusLoop;
  readonly sent: Message[] = [];
  #nowMs = 0;
  #onTick: () => void = () => {};
  #applied = 0;

  constructor() {
    const clock: Clock = {
      wallMs: () => this.#nowMs,
      monotonicMs: () => this.#nowMs,
      after: () => new Promise(() => {}),
      every: (_, run) => {
        this.#onTick = run;
        return () => {};
      },
    };
    const random = seededRandom(1);
    const confState = {
      voters: [1n, 2n, 3n],
      learners: [],
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
    const raft = new Raft(
      etcdRaftConfig({ id: 1n, electionTicks: 10, heartbeatTicks: 1, preVote: false, random }),
      {
        hardState: { term: 0, vote: 0n, commit: 0 },
        confState,
        snapshotIndex: 0,
        snapshotTerm: 0,
        entries: [],
        appliedIndex: 0,
      },
    );
    this.loop = new ConsensusLoop({
      memberId: 1n,
      clusterId: 9n,
      raft,
      wal: { append: () => Promise.resolve() },
      peers: {
        start: () => Promise.resolve(),
        send: (messages) => void this.sent.push(...messages),
        sendSnapshot: () => {},
        setPeers: () => {},
        activeSinceMs: () => 0,
        stop: () => Promise.resolve(),
      },
      clock,
      log: silentLog,
      proposals: new Proposals({
        memberId: 1n,
        clock,
        timeoutMs: 7_000,
        pendingMax: 10,
        pendingBytesMax: 1_000,
      }),
      apply: (entries) => {
        this.#applied = entries.at(-1)?.index ?? this.#applied;
        return this.#applied;
      },
      room: () => undefined,
      appliedIndex: () => this.#applied,
      members: () => [],
      isLearner: () => false,
      installSnapshot: () => Promise.resolve(),
      sendSnapshot: () => {},
      onSoftState: () => {},
      onFatal: (error) => {
        throw error;
      },
      heartbeatMs,
      electionTimeoutMs: 1_000,
      requestTimeoutMs: 7_000,
      requestBytesMax: 1_000,
      prefersRevokes: false,
    });
    this.loop.start();
  }

  /** Time passes; the process handles the tick at its end only. */
  async tickAfter(ms: number): Promise<void> {
    this.#nowMs += ms;
    this.#onTick();
    await settled();
  }

  async hear(type: number, more: Partial<Message> = {}): Promise<void> {
    const { term } = this.loop.status();
    this.loop.step(buildMessage({ type, to: 1n, ...more }, 2n, more.term ?? term));
    await settled();
  }

  async lead(): Promise<void> {
    this.loop.forgetLeader({ leaderId: 0n, term: 0, campaign: true });
    await settled();
    await this.hear(MessageType.MsgVoteResp);
    await this.hear(MessageType.MsgAppResp, { index: 1 });
    assert.equal(this.loop.status().role, 'leader');
    assert.equal(this.#applied, 1);
  }
}

/** Everything that follows from what happened, in this turn of the event loop and the next ones. */
async function settled(): Promise<void> {
  for (let i = 0; i < 4; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('a leader that ticks in time is believed without asking anybody', async () => {
  const member = new LonelyMember();
  await member.lead();
  for (let i = 0; i < 5; i += 1) await member.tickAfter(heartbeatMs);
  assert.equal(await member.loop.ensureLeadership(), true);
  await member.loop.stop();
});

test('after a pause a leader asks a quorum, also when its first tick came before any message', async () => {
  const member = new LonelyMember();
  await member.lead();
  await member.tickAfter(3_000);
  const asked = member.loop.ensureLeadership();
  let isAnswered = false;
  void asked.then(() => (isAnswered = true));
  await settled();
  assert.equal(isAnswered, false, 'it may have been deposed meanwhile');
  await member.hear(MessageType.MsgHeartbeat, { term: 5 });
  assert.equal(member.loop.status().role, 'follower');
  await member.loop.stop();
  assert.equal(await asked, false);
});

test('a leader whom a quorum confirmed after its pause is believed again', async () => {
  const member = new LonelyMember();
  await member.lead();
  await member.tickAfter(3_000);
  const asked = member.loop.ensureLeadership();
  await settled();
  const question = member.sent.findLast(
    ({ type, context }) => type === MessageType.MsgHeartbeat && context.length > 0,
  );
  assert.ok(question !== undefined);
  await member.hear(MessageType.MsgHeartbeatResp, { context: question.context });
  assert.equal(await asked, true);
  await member.tickAfter(heartbeatMs);
  assert.equal(await member.loop.ensureLeadership(), true);
  await member.loop.stop();
});
