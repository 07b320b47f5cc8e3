import assert from 'node:assert/strict';
import { emptyBytes, utf8Bytes } from '../../src/base/bytes.ts';
import type { Random } from '../../src/base/random.ts';
import {
  ConfChangeType,
  type Entry,
  EntryType,
  type Message,
  MessageType,
} from '../../src/etcd/proto/generated/raftpb.ts';
import type { RaftConfig } from '../../src/etcd/raft/config.ts';
import {
  describeConfState,
  describeEntry,
  describeMessage,
  describeProgress,
  describeReady,
} from '../../src/etcd/raft/describe.ts';
import { buildMessage } from '../../src/etcd/raft/message.ts';
import { argument, type Command } from './datadriven.ts';
import { diskWith, noConfState, RaftMember } from './raft-member.ts';

/** Election timeouts are the shortest possible, so that scenarios are about something else. */
const shortest: Random = { below: () => 0 };

/**
 * The commands of raft's scenario files. Members are numbers; a list of members is bare words.
 *
 *     cluster voters=(1,2,3) learners=(4) term=1 log=10 commit=8 prevote=off
 *     cluster voters=(1,2) term=3 log.1=(1,1,3) log.2=(1,2) commit=1      (the terms of each log)
 *     join 5 voters=(1,2)                 a member with an empty disk; voters as if it had founded
 *     tick 1 count=3      campaign 1      forget-leader 2 3      transfer 1 to=2
 *     propose 1 a b       conf-change 1 add=4 | remove=4 | learner=4      read 2 id=r1
 *     tell-commit 1 index=5               with commit-news=late in the cluster's line
 *     ready 1             take one Ready, show it, leave its work under way
 *     append-done 1       apply-done 1    complete that work
 *     deliver 1 2         hand over what is under way to these members; drop=(3) loses it instead
 *     stabilize 1 2       ready, complete and deliver until nothing moves (all members by default)
 *     quietly COMMAND …   the same without output
 *     crash 1   compact 1 index=5   unreachable 1 id=2   snapshot-status 1 id=2 failed
 *     status 1  progress 1  log 1   drop-all
 *     snapshot 2 from=1 position=1/10 voters=(1,2)      made by hand, of term 2 if not said
 *     append 2 from=1 prev=1/20 terms=(1,1) commit=21
 *     message 2 type=MsgVote from=9 to=2 term=9
 */
export class RaftScenario {
  readonly #members = new Map<bigint, RaftMember>();
  #network: Message[] = [];

  run(command: Command): string {
    if (command.name === 'quietly') {
      const [name, ...rest] = [...command.args];
      assert.ok(name !== undefined, `${command.position}: nothing to do`);
      this.run({ ...command, name: name[0], args: new Map(rest) });
      return 'ok';
    }
    const lines = this.#dispatch(command);
    return lines.length === 0 ? 'ok' : lines.join('\n');
  }

  #dispatch(c: Command): string[] {
    switch (c.name) {
      case 'cluster':
        return this.#cluster(c);
      case 'join':
        return this.#join(c);
      case 'ready':
        return this.#ready(this.#member(c));
      case 'append-done':
        return this.#collect(this.#member(c), (m) => m.finishAppend());
      case 'apply-done':
        return this.#collect(this.#member(c), (m) => m.finishApply());
      case 'deliver':
        return this.#deliver(bareIds(c), lossOf(c));
      case 'stabilize':
        return this.#stabilize(bareIds(c));
      case 'drop-all':
        this.#network = [];
        return [];
      case 'crash':
        return this.#each(c, (id) => this.#of(id).crash());
      case 'status':
        return this.#status(this.#member(c));
      case 'progress':
        return this.#progress(this.#member(c));
      case 'log':
        return this.#log(this.#member(c));
      default:
        return this.#input(c);
    }
  }

  /** Commands that hand something to raft; what it does about it shows at the next `ready`. */
  #input(c: Command): string[] {
    const member = this.#member(c);
    const { raft } = member;
    switch (c.name) {
      case 'tick':
        raft.advanceTicks(Number(argument(c, 'count') ?? 1));
        return [];
      case 'campaign':
        return this.#each(c, (id) => this.#of(id).raft.campaign());
      case 'forget-leader':
        return this.#each(c, (id) => this.#of(id).raft.forgetLeader());
      case 'transfer':
        raft.transferLeader(idArgument(c, 'to'));
        return [];
      case 'propose':
        return shown(raft.propose(bareWords(c).slice(1).map(utf8Bytes)));
      case 'conf-change':
        return shown(raft.proposeConfChange(confChangeOf(c)));
      case 'read':
        return shown(raft.readIndex(utf8Bytes(argument(c, 'id') ?? '')));
      case 'tell-commit':
        raft.tellCommit(Number(argument(c, 'index')));
        return [];
      case 'compact':
        member.compact(Number(argument(c, 'index')));
        return [];
      case 'unreachable':
        raft.reportUnreachable(idArgument(c, 'id'));
        return [];
      case 'snapshot':
        return shown(raft.step(snapshotOf(c)));
      case 'append':
        return shown(raft.step(appendOf(c)));
      case 'message':
        return shown(raft.step(messageOf(c)));
      case 'snapshot-status':
        raft.reportSnapshot(idArgument(c, 'id'), !c.args.has('failed'));
        return [];
      default:
        assert.fail(`${c.position}: unknown command ${c.name}`);
    }
  }

  #cluster(c: Command): string[] {
    const voters = (c.args.get('voters') ?? []).map(BigInt);
    const learners = (c.args.get('learners') ?? []).map(BigInt);
    const term = Number(argument(c, 'term') ?? 0);
    const count = Number(argument(c, 'log') ?? 0);
    const commit = Number(argument(c, 'commit') ?? count);
    const same = Array.from({ length: count }, () => term);
    const options: Partial<RaftConfig> = {
      ...(argument(c, 'prevote') === 'off' ? { preVote: false } : {}),
      ...(argument(c, 'commit-news') === 'late' ? { tellsCommitAtOnce: false } : {}),
      ...(argument(c, 'checkquorum') === 'off' ? { checkQuorum: false } : {}),
      ...(c.args.has('inflight') ? { maxInflightMessages: Number(argument(c, 'inflight')) } : {}),
      ...(c.args.has('message-bytes')
        ? { maxMessageBytes: Number(argument(c, 'message-bytes')) }
        : {}),
      ...(c.args.has('uncommitted')
        ? { maxUncommittedBytes: Number(argument(c, 'uncommitted')) }
        : {}),
      ...(c.args.has('apply-entries')
        ? { maxApplyEntries: Number(argument(c, 'apply-entries')) }
        : {}),
    };
    for (const id of [...voters, ...learners]) {
      const terms = c.args.get(`log.${id}`)?.map(Number) ?? same;
      const entries = terms.map((of, i) => entryOf(of, i + 1));
      this.#add(id, diskWith({ voters, learners, term, commit, entries }), options);
      // The first Ready only says that the member is a follower.
      this.#of(id).takeReady();
    }
    return [];
  }

  #join(c: Command): string[] {
    const voters = (c.args.get('voters') ?? []).map(BigInt);
    return this.#each(c, (id) => {
      this.#add(id, diskWith({ voters }), {});
      this.#of(id).takeReady();
    });
  }

  #add(id: bigint, disk: ReturnType<typeof diskWith>, options: Partial<RaftConfig>): void {
    this.#members.set(id, new RaftMember(id, disk, shortest, options));
  }

  #ready(member: RaftMember): string[] {
    return this.#collect(member, (m) => {
      const ready = m.takeReady();
      return ready === undefined ? ['nothing to do'] : describeReady(ready);
    });
  }

  /** Moves what the member wants to send into the network. */
  #collect(member: RaftMember, act: (m: RaftMember) => string[] | void): string[] {
    const lines = act(member) ?? [];
    this.#network.push(...member.takeOutbox());
    return lines;
  }

  #deliver(to: readonly bigint[], lost: ReadonlySet<bigint>): string[] {
    const lines: string[] = [];
    const kept: Message[] = [];
    const underWay = this.#network;
    this.#network = [];
    for (const m of underWay) {
      if (lost.has(m.to)) continue;
      if (!to.includes(m.to) || !this.#members.has(m.to)) {
        kept.push(m);
        continue;
      }
      lines.push(describeMessage(m));
      const result = this.#of(m.to).raft.step(m);
      if (result !== 'accepted') lines.push(`  ${result}`);
    }
    this.#network.unshift(...kept);
    return lines;
  }

  #stabilize(only: readonly bigint[]): string[] {
    const ids = only.length > 0 ? only : [...this.#members.keys()];
    const lines: string[] = [];
    for (let moved = true; moved; ) {
      moved = false;
      for (const id of ids) {
        const member = this.#of(id);
        const done = this.#settleOnce(member);
        if (done.length > 0) lines.push(`> ${id}`, ...done.map((line) => `  ${line}`));
        moved ||= done.length > 0;
      }
      const delivered = this.#deliver(ids, new Set());
      if (delivered.length > 0) lines.push('> deliver', ...delivered.map((line) => `  ${line}`));
      moved ||= delivered.length > 0;
    }
    return lines;
  }

  #settleOnce(member: RaftMember): string[] {
    return this.#collect(member, (m) => {
      const lines: string[] = [];
      for (;;) {
        const ready = m.takeReady();
        if (ready !== undefined) lines.push(...describeReady(ready));
        if (ready === undefined && m.append === undefined && m.apply === undefined) return lines;
        m.finishAppend();
        m.finishApply();
      }
    });
  }

  #status({ raft }: RaftMember): string[] {
    const s = raft.status();
    const role = s.isLearner ? `${s.role} (learner)` : s.role;
    return [
      `${role} term=${s.term} vote=${s.vote} lead=${s.lead} commit=${s.commit} ` +
        `applied=${s.applied} log=${s.firstIndex}..${s.lastIndex} stable=${s.stableIndex}` +
        (s.transferee === 0n ? '' : ` transferee=${s.transferee}`),
      describeConfState(raft.confState()),
    ];
  }

  #progress({ raft }: RaftMember): string[] {
    const { progress } = raft.status();
    return [...progress].map(([id, of]) => `${id}: ${describeProgress(of)}`);
  }

  #log({ disk }: RaftMember): string[] {
    const start =
      disk.snapshotIndex === 0 ? [] : [`snapshot ${disk.snapshotTerm}/${disk.snapshotIndex}`];
    return [...start, ...disk.entries.map(describeEntry)];
  }

  #each(c: Command, act: (id: bigint) => unknown): string[] {
    for (const id of bareIds(c)) act(id);
    return [];
  }

  #member(c: Command): RaftMember {
    const id = bareIds(c)[0];
    assert.ok(id !== undefined, `${c.position}: which member?`);
    return this.#of(id);
  }

  #of(id: bigint): RaftMember {
    const member = this.#members.get(id);
    assert.ok(member !== undefined, `no member ${id}`);
    return member;
  }
}

function shown(result: string): string[] {
  return result === 'accepted' ? [] : [result];
}

function entryOf(term: number, index: number): Entry {
  return { type: EntryType.EntryNormal, term, index, data: emptyBytes };
}

function bareWords(c: Command): string[] {
  return [...c.args].filter(([, values]) => values.length === 0).map(([word]) => word);
}

function bareIds(c: Command): bigint[] {
  return bareWords(c)
    .filter((word) => /^\d+$/.test(word))
    .map(BigInt);
}

function idArgument(c: Command, name: string): bigint {
  const value = argument(c, name);
  assert.ok(value !== undefined, `${c.position}: ${name}= is missing`);
  return BigInt(value);
}

function lossOf(c: Command): Set<bigint> {
  return new Set((c.args.get('drop') ?? []).map(BigInt));
}

function receiver(c: Command): bigint {
  const id = bareIds(c)[0];
  assert.ok(id !== undefined, `${c.position}: to whom?`);
  return id;
}

function positionOf(c: Command, name: string): { term: number; index: number } {
  const [term, index] = (argument(c, name) ?? '').split('/').map(Number);
  assert.ok(term !== undefined && index !== undefined, `${c.position}: ${name}=term/index`);
  return { term, index };
}

function snapshotOf(c: Command): Message {
  const { term, index } = positionOf(c, 'position');
  const voters = (c.args.get('voters') ?? []).map(BigInt);
  const metadata = { index, term, confState: { ...noConfState, voters } };
  const snapshot = { data: emptyBytes, metadata };
  const fields = { type: MessageType.MsgSnap, to: receiver(c), snapshot };
  return buildMessage(fields, idArgument(c, 'from'), Number(argument(c, 'term') ?? 2));
}

function appendOf(c: Command): Message {
  const { term, index } = positionOf(c, 'prev');
  const entries = (c.args.get('terms') ?? []).map((of, i) => entryOf(Number(of), index + 1 + i));
  return buildMessage(
    {
      type: MessageType.MsgApp,
      to: receiver(c),
      logTerm: term,
      index,
      entries,
      commit: Number(argument(c, 'commit') ?? 0),
    },
    idArgument(c, 'from'),
    Number(argument(c, 'term') ?? 2),
  );
}

function messageOf(c: Command): Message {
  const named = Object.entries(MessageType).find(([name]) => name === argument(c, 'type'));
  assert.ok(named !== undefined, `${c.position}: unknown type`);
  return buildMessage(
    { type: named[1], to: BigInt(argument(c, 'to') ?? receiver(c)) },
    idArgument(c, 'from'),
    Number(argument(c, 'term') ?? 0),
  );
}

function confChangeOf(c: Command): { type: ConfChangeType; nodeId: bigint } {
  if (c.args.has('add')) {
    return { type: ConfChangeType.ConfChangeAddNode, nodeId: idArgument(c, 'add') };
  }
  if (c.args.has('learner')) {
    return { type: ConfChangeType.ConfChangeAddLearnerNode, nodeId: idArgument(c, 'learner') };
  }
  return { type: ConfChangeType.ConfChangeRemoveNode, nodeId: idArgument(c, 'remove') };
}
