import assert from 'node:assert/strict';
import { emptyBytes, utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import {
  ConfChangeType,
  type Entry,
  type Message,
  MessageType,
} from '../../src/etcd/proto/generated/raftpb.ts';
import { bootstrapLog } from '../../src/etcd/raft/bootstrap.ts';
import { emptyDisk, type RaftDisk, RaftMember } from './raft-member.ts';

export type SimulationOptions = {
  readonly steps: number;
  readonly voters: number;
  /** Plants a bug: promises leave before the write that holds them. */
  readonly breaksPromises?: boolean;
};

type Committed = { readonly term: number; readonly type: number; readonly text: string };
type Read = { readonly floor: number };

const MEMBERS_MAX = 7;

/** Committed, and nobody has applied it yet. */
function unseen(term: number): Committed {
  return { term, type: -1, text: '' };
}

/**
 * A cluster under one seeded random: messages are lost, doubled, delayed and reordered, members
 * crash and lose what was not synced, stand apart, join, leave, forget their leader and campaign at
 * any moment. After each event it checks what raft promises:
 *
 * - one leader per term (paper, election safety);
 * - what one member has committed at an index, nobody has differently (state machine safety), and
 *   every leader has it (leader completeness);
 * - what is applied is committed, in order, once;
 * - a read is answered with an index at least as high as anything acknowledged before it began.
 *
 * Then the faults stop and it must come to rest with one leader, everything proposed committed.
 */
export class RaftSimulation {
  readonly #random: Random;
  readonly #members = new Map<bigint, RaftMember>();
  readonly #removed = new Set<bigint>();
  /** Messages under way, in no order. */
  #network: Message[] = [];
  /** Pairs `from-to` that are cut. */
  readonly #cut = new Set<string>();
  readonly #leaders = new Map<number, bigint>();
  readonly #committed: Committed[] = [];
  readonly #checkedTo = new Map<bigint, number>();
  readonly #reads = new Map<string, Read>();
  readonly #trace: string[] = [];
  readonly #options: SimulationOptions;
  readonly #tellsCommitAtOnce: boolean;
  #nextMember: bigint;
  #proposals = 0;
  #configIndex = 0;
  readsAnswered = 0;

  constructor(seed: number, options: SimulationOptions) {
    this.#random = seededRandom(seed);
    this.#options = options;
    this.#tellsCommitAtOnce = seed % 2 === 0;
    const voters = Array.from({ length: options.voters }, (_, i) => BigInt(i + 1));
    const founding = bootstrapLog(voters.map((id) => ({ id, context: emptyBytes })));
    for (const id of voters) {
      this.#start(id, {
        ...emptyDisk(),
        hardState: founding.hardState,
        entries: [...founding.entries],
      });
    }
    this.#nextMember = BigInt(options.voters + 1);
  }

  get committedCount(): number {
    return this.#committed.length;
  }

  /** The last events, for a failing seed. */
  get trace(): readonly string[] {
    return this.#trace;
  }

  run(): void {
    for (let i = 0; i < this.#options.steps; i += 1) this.#event();
    this.#heal();
  }

  #event(): void {
    const member = this.#anyMember();
    const roll = this.#random.below(1000);
    if (roll < 50) member.raft.tick();
    else if (roll < 350) this.#deliverSome();
    else if (roll < 600) this.#takeReady(member);
    else if (roll < 800) member.finishAppend();
    else if (roll < 900) member.finishApply();
    else if (roll < 960) this.#propose(member);
    else if (roll < 980) this.#read(member);
    else this.#rareEvent(member, this.#random.below(50));
    this.#check(member);
  }

  #rareEvent(member: RaftMember, roll: number): void {
    const { id, raft } = member;
    if (roll < 4) this.#log(`${id} crashes`, () => this.#crash(member));
    else if (roll < 14) this.#log(`${id} forgets its leader`, () => raft.forgetLeader());
    else if (roll < 20) this.#log(`${id} campaigns`, () => raft.campaign());
    else if (roll < 24) this.#changeMembers(member);
    else if (roll < 27)
      this.#log(`${id} transfers`, () => raft.transferLeader(this.#anyMember().id));
    else if (roll < 32) this.#log(`${id} compacts`, () => this.#compact(member));
    else if (roll < 36) this.#cutOff(id);
    else if (roll < 37) raft.tellCommit(raft.commitIndex);
    else if (roll < 38) raft.reportUnreachable(this.#anyMember().id);
    else if (roll < 40) this.#log('all cuts healed', () => this.#cut.clear());
    else for (let i = 0; i < 5; i += 1) raft.tick();
  }

  #log(text: string, act: () => unknown): void {
    this.#trace.push(text);
    if (this.#trace.length > 200) this.#trace.shift();
    act();
  }

  #start(id: bigint, disk: RaftDisk): void {
    const member = new RaftMember(id, disk, this.#random, {
      maxMessageBytes: 200,
      maxInflightMessages: 3,
      maxApplyEntries: 3,
      tellsCommitAtOnce: this.#tellsCommitAtOnce,
    });
    member.breaksPromises = this.#options.breaksPromises === true;
    member.onApply = (entry) => this.#applied(member, entry);
    this.#members.set(id, member);
    this.#checkedTo.set(id, disk.appliedIndex);
  }

  #takeReady(member: RaftMember): void {
    const ready = member.takeReady();
    if (ready === undefined) return;
    for (const note of ready.notes) this.#log(`term ${member.raft.term}: ${note}`, () => undefined);
    this.#send(member);
    this.#answerReads(member);
  }

  /** Whatever a member wants to send may be lost or doubled on the way. */
  #send(member: RaftMember): void {
    for (const m of member.takeOutbox()) {
      if (this.#random.below(100) < 4) {
        if (m.type === MessageType.MsgSnap) member.raft.reportSnapshot(m.to, false);
        continue;
      }
      this.#network.push(m);
      if (this.#random.below(100) < 3) this.#network.push(m);
    }
  }

  /** Mostly in order, sometimes not. */
  #deliverSome(): void {
    for (let left = 1 + this.#random.below(6); left > 0 && this.#network.length > 0; left -= 1) {
      const at = this.#random.below(4) === 0 ? this.#random.below(this.#network.length) : 0;
      const [m] = this.#network.splice(at, 1);
      if (m !== undefined) this.#deliver(m);
    }
  }

  #deliver(m: Message): void {
    const to = this.#members.get(m.to);
    const sender = this.#members.get(m.from);
    const isLost = to === undefined || this.#cut.has(`${m.from}-${m.to}`);
    if (m.type === MessageType.MsgSnap) sender?.raft.reportSnapshot(m.to, !isLost);
    if (isLost) return;
    to.raft.step(m);
    this.#check(to);
  }

  #propose(member: RaftMember): void {
    const count = 1 + this.#random.below(4);
    const data = Array.from({ length: count }, () => {
      this.#proposals += 1;
      return utf8Bytes(`p${this.#proposals}`.padEnd(4 + this.#random.below(80), '.'));
    });
    member.raft.propose(data);
  }

  /** Whoever has applied most has acknowledged at most that to its clients. */
  #read(member: RaftMember): void {
    const id = `r${this.#reads.size}`;
    let floor = 0;
    for (const { disk } of this.#members.values()) floor = Math.max(floor, disk.appliedIndex);
    this.#reads.set(id, { floor });
    member.raft.readIndex(utf8Bytes(id));
  }

  #answerReads(member: RaftMember): void {
    for (const { requestId, index } of member.reads.splice(0)) {
      const read = this.#reads.get(utf8Text(requestId));
      assert.ok(read !== undefined);
      assert.ok(
        index >= read.floor,
        `stale read at ${index}, ${read.floor} was acknowledged before`,
      );
      this.readsAnswered += 1;
    }
  }

  /** A process that dies loses what is under way; what it had applied may survive in part. */
  #crash(member: RaftMember): void {
    member.crash();
    this.#checkedTo.set(
      member.id,
      Math.min(this.#checkedTo.get(member.id) ?? 0, member.disk.appliedIndex),
    );
  }

  #compact(member: RaftMember): void {
    const { disk } = member;
    const span = disk.appliedIndex - disk.snapshotIndex;
    if (span > 0) member.compact(disk.snapshotIndex + 1 + this.#random.below(span));
  }

  #cutOff(id: bigint): void {
    if (this.#random.below(3) === 0) {
      this.#log(`${id} is alone`, () => {
        for (const other of this.#members.keys())
          this.#cut.add(`${id}-${other}`).add(`${other}-${id}`);
      });
      return;
    }
    const other = this.#anyMember().id;
    const both = this.#random.below(2) === 0;
    this.#log(`cut ${id}-${other}${both ? ' both ways' : ''}`, () => {
      this.#cut.add(`${id}-${other}`);
      if (both) this.#cut.add(`${other}-${id}`);
    });
  }

  /** Only a leader is asked, as the operator does; ids are never used twice. */
  #changeMembers(member: RaftMember): void {
    const { raft } = member;
    if (raft.role !== 'leader') return;
    const { voters, learners } = raft.confState();
    const roll = this.#random.below(4);
    const learner = learners[this.#random.below(Math.max(1, learners.length))];
    let type: ConfChangeType = ConfChangeType.ConfChangeAddNode;
    let nodeId = learner;
    if (roll < 2 && this.#nextMember <= MEMBERS_MAX) {
      if (roll === 0) type = ConfChangeType.ConfChangeAddLearnerNode;
      nodeId = this.#nextMember;
      this.#nextMember += 1n;
      this.#start(nodeId, emptyDisk());
    } else if (roll === 3 && voters.length > 2) {
      type = ConfChangeType.ConfChangeRemoveNode;
      nodeId = voters[this.#random.below(voters.length)];
    }
    if (nodeId === undefined) return;
    this.#log(`${member.id} proposes change ${type} of ${nodeId}`, () =>
      raft.proposeConfChange({ type, nodeId: nodeId as bigint }),
    );
  }

  #anyMember(): RaftMember {
    const all = [...this.#members.values()];
    return all[this.#random.below(all.length)] as RaftMember;
  }

  #applied(member: RaftMember, entry: Entry): void {
    assert.ok(entry.index <= member.raft.commitIndex, 'applied before it was committed');
    this.#agree(member, entry.index, entry);
    if (entry.type !== 0) this.#configIndex = Math.max(this.#configIndex, entry.index);
  }

  #check(member: RaftMember): void {
    const { raft } = member;
    if (raft.role === 'leader') this.#checkLeader(member);
    const status = raft.status();
    const from = Math.max((this.#checkedTo.get(member.id) ?? 0) + 1, status.firstIndex);
    for (let index = from; index <= status.commit; index += 1) {
      this.#agree(member, index, undefined);
    }
    this.#checkedTo.set(member.id, Math.max(status.commit, this.#checkedTo.get(member.id) ?? 0));
  }

  #checkLeader(member: RaftMember): void {
    const { term } = member.raft;
    const known = this.#leaders.get(term);
    assert.ok(
      known === undefined || known === member.id,
      `two leaders in term ${term}: ${known} and ${member.id}`,
    );
    if (known === member.id) return;
    this.#leaders.set(term, member.id);
    const last = this.#committed.length;
    const own = member.raft.termAt(last);
    const { firstIndex, lastIndex } = member.raft.status();
    assert.ok(lastIndex >= last, `leader ${member.id} of term ${term} lacks committed entries`);
    if (last >= firstIndex) {
      assert.equal(
        own,
        this.#committed[last - 1]?.term,
        `leader ${member.id} of term ${term} differs`,
      );
    }
  }

  /** The first member to commit an index decides what everybody must have there. */
  #agree(member: RaftMember, index: number, entry: Entry | undefined): void {
    const term = entry?.term ?? member.raft.termAt(index);
    assert.ok(term !== undefined);
    const known = this.#committed[index - 1];
    if (known === undefined) {
      assert.equal(index, this.#committed.length + 1, 'committed without what is before');
      this.#committed.push(unseen(term));
      this.#agree(member, index, entry);
      return;
    }
    assert.equal(term, known.term, `member ${member.id} committed another entry at ${index}`);
    if (entry === undefined) return;
    const text = utf8Text(entry.data);
    // Filled in by the first member that applies it.
    if (known.type === -1) this.#committed[index - 1] = { term, type: entry.type, text };
    else assert.deepEqual({ term, type: entry.type, text }, known, `applied at ${index}`);
  }

  /** From here on nothing is lost: the cluster has to come to rest. */
  #heal(): void {
    this.#cut.clear();
    for (const member of this.#members.values()) this.#crash(member);
    for (let tick = 0; tick < 400; tick += 1) {
      for (const member of this.#members.values()) member.raft.tick();
      this.#drain();
      this.#stopRemoved();
      if (tick > 40 && this.#isAtRest()) break;
    }
    assert.ok(this.#isAtRest(), `no rest after healing: ${this.#summary()}`);
    const leader = this.#leader();
    assert.ok(leader !== undefined);
    const text = 'after healing';
    assert.equal(leader.raft.propose([utf8Bytes(text)]), 'accepted');
    this.#read(leader);
    const readsBefore = this.readsAnswered;
    for (let tick = 0; tick < 5; tick += 1) {
      leader.raft.tick();
      this.#drain();
    }
    assert.equal(this.#committed.at(-1)?.text, text, 'a proposal after healing commits');
    assert.ok(this.readsAnswered > readsBefore, 'a read after healing is answered');
    assert.ok(this.#isAtRest(), `members differ after healing: ${this.#summary()}`);
  }

  #drain(): void {
    for (let moved = true; moved; ) {
      moved = false;
      for (const member of this.#members.values()) {
        member.settle();
        this.#check(member);
        this.#answerReads(member);
        this.#network.push(...member.takeOutbox());
      }
      const batch = this.#network;
      this.#network = [];
      for (const m of batch) this.#deliver(m);
      moved = batch.length > 0;
    }
  }

  /** A member that is no longer in the configuration of anybody is stopped, as etcd's server does. */
  #stopRemoved(): void {
    const leader = this.#leader();
    if (leader === undefined) return;
    const { voters, learners } = leader.raft.confState();
    const inConfig = [...voters, ...learners];
    for (const id of inConfig) {
      const member = this.#members.get(id);
      if (member === undefined || member.disk.appliedIndex < this.#configIndex) return;
    }
    for (const id of this.#members.keys()) {
      if (inConfig.includes(id)) continue;
      this.#members.delete(id);
      this.#removed.add(id);
    }
  }

  #leader(): RaftMember | undefined {
    let found: RaftMember | undefined;
    for (const member of this.#members.values()) {
      if (member.raft.role !== 'leader') continue;
      if (found === undefined || member.raft.term > found.raft.term) found = member;
    }
    return found;
  }

  #isAtRest(): boolean {
    const leader = this.#leader();
    if (leader === undefined) return false;
    const { voters, learners } = leader.raft.confState();
    if (!voters.includes(leader.id)) return false;
    return [...voters, ...learners].every((id) => {
      const member = this.#members.get(id);
      return (
        member !== undefined &&
        member.raft.lead === leader.id &&
        member.disk.appliedIndex === leader.disk.appliedIndex &&
        leader.disk.appliedIndex === leader.raft.status().lastIndex
      );
    });
  }

  #summary(): string {
    return [...this.#members.values()]
      .map(({ id, raft }) => {
        const s = raft.status();
        return `${id}: ${s.role} term=${s.term} lead=${s.lead} commit=${s.commit} applied=${s.applied} last=${s.lastIndex} voters=${raft.confState().voters.join()}`;
      })
      .join('; ');
  }
}
