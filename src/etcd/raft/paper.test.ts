import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diskWith, noConfState } from '../../../test/support/raft-member.ts';
import {
  exchange,
  logOf,
  memberOf,
  networkOf,
  RaftNetwork,
  termsOf,
} from '../../../test/support/raft-network.ts';
import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import { seededRandom } from '../../base/random.ts';
import { ConfChangeType, MessageType } from '../proto/generated/raftpb.ts';
import { buildMessage } from './message.ts';

/*
 * One test per rule of «In Search of an Understandable Consensus Algorithm» (extended version;
 * sections 5 to 8) and, where it says so, of Ongaro's dissertation.
 */
const voters = [1n, 2n, 3n];
const plain = { preVote: false, checkQuorum: false };

describe('5.1 terms', () => {
  for (const role of ['follower', 'candidate', 'leader'] as const) {
    test(`a ${role} that sees a newer term enters it as a follower`, () => {
      const member = memberOf({ voters, term: 2 }, plain);
      if (role !== 'follower') member.raft.campaign();
      member.settle();
      if (role === 'leader') exchange(member, 2n, 3, { type: MessageType.MsgVoteResp });
      assert.equal(member.raft.role, role);
      exchange(member, 3n, 9, { type: MessageType.MsgApp });
      assert.equal(member.raft.role, 'follower');
      assert.equal(member.raft.term, 9);
      assert.equal(member.disk.hardState.term, 9);
    });
  }

  test('a request of an older term is not obeyed', () => {
    const member = memberOf({ voters, term: 5, entries: logOf(5) });
    exchange(member, 2n, 4, { type: MessageType.MsgApp, entries: logOf(4) });
    assert.deepEqual(termsOf(member), [5]);
    const answers = exchange(member, 2n, 4, { type: MessageType.MsgVote, logTerm: 9, index: 9 });
    assert.deepEqual(answers, []);
    assert.equal(member.disk.hardState.vote, 0n);
  });
});

describe('5.2 leader election', () => {
  test('members start as followers', () => {
    assert.equal(memberOf({ voters }).raft.role, 'follower');
  });

  test('a leader sends heartbeats to everybody at each heartbeat interval', () => {
    const network = networkOf(3, { heartbeatTicks: 2 });
    const leader = network.elect(1n);
    leader.raft.tick();
    leader.settle();
    assert.deepEqual(leader.takeOutbox(), []);
    leader.raft.tick();
    leader.settle();
    const sent = leader.takeOutbox();
    assert.deepEqual(
      sent.map((m) => [m.type, m.to]),
      [
        [MessageType.MsgHeartbeat, 2n],
        [MessageType.MsgHeartbeat, 3n],
      ],
    );
  });

  test('a follower that hears nothing raises its term, votes for itself and asks all others', () => {
    const member = memberOf({ voters, term: 4 }, plain);
    for (let i = 0; i < 20; i += 1) member.raft.tick();
    member.takeReady();
    member.finishAppend();
    const requests = member.takeOutbox();
    assert.equal(member.raft.role, 'candidate');
    assert.deepEqual(member.disk.hardState, { term: 5, vote: 1n, commit: 0 });
    assert.deepEqual(
      requests.map((m) => [m.type, m.to, m.term]),
      [
        [MessageType.MsgVote, 2n, 5],
        [MessageType.MsgVote, 3n, 5],
      ],
    );
  });

  test('a follower that hears the leader stays a follower', () => {
    const member = memberOf({ voters, term: 1 });
    for (let i = 0; i < 100; i += 1) {
      member.raft.advanceTicks(9);
      exchange(member, 2n, 1, { type: MessageType.MsgHeartbeat });
    }
    assert.equal(member.raft.role, 'follower');
    assert.equal(member.raft.term, 1);
  });

  for (const [size, grants, wins] of [
    [1, 0, true],
    [3, 1, true],
    [5, 1, false],
    [5, 2, true],
    [7, 2, false],
    [7, 3, true],
  ] as const) {
    test(`of ${size} members, ${grants} votes of others ${wins ? 'win' : 'do not win'}`, () => {
      const all = Array.from({ length: size }, (_, i) => BigInt(i + 1));
      const member = memberOf({ voters: all }, plain);
      member.raft.campaign();
      member.settle();
      for (let i = 0; i < grants; i += 1) {
        exchange(member, BigInt(i + 2), 1, { type: MessageType.MsgVoteResp });
      }
      assert.equal(member.raft.role === 'leader', wins);
    });
  }

  test('a member votes for one candidate a term, the first, and again for the same', () => {
    const member = memberOf({ voters }, plain);
    const vote = { type: MessageType.MsgVote };
    assert.equal(exchange(member, 2n, 1, vote)[0]?.reject, false);
    assert.equal(exchange(member, 3n, 1, vote)[0]?.reject, true);
    assert.equal(exchange(member, 2n, 1, vote)[0]?.reject, false);
    assert.equal(exchange(member, 3n, 2, vote)[0]?.reject, false);
  });

  test('a vote is on disk before it leaves', () => {
    const member = memberOf({ voters }, plain);
    member.raft.step(buildMessage({ type: MessageType.MsgVote, to: 1n }, 2n, 1));
    const ready = member.takeReady();
    assert.deepEqual(ready?.send, []);
    assert.deepEqual(ready?.append?.hardState, { term: 1, vote: 2n, commit: 0 });
    assert.equal(ready?.append?.mustSync, true);
    assert.equal(ready?.append?.thenSend[0]?.type, MessageType.MsgVoteResp);
  });

  test('a candidate that hears the leader of its term follows it', () => {
    const member = memberOf({ voters }, plain);
    member.raft.campaign();
    member.settle();
    exchange(member, 2n, 1, { type: MessageType.MsgHeartbeat });
    assert.equal(member.raft.role, 'follower');
    assert.equal(member.raft.lead, 2n);
  });

  test('a candidate without a majority tries again in a new term after a timeout', () => {
    const member = memberOf({ voters }, plain);
    member.raft.campaign();
    member.settle();
    for (let i = 0; i < 20; i += 1) {
      member.raft.tick();
      if (member.raft.term > 1) break;
    }
    assert.equal(member.raft.term, 2);
  });

  test('election timeouts are drawn anew from [timeout, 2 * timeout)', () => {
    const seen = new Set<number>();
    for (let seed = 1; seed <= 200; seed += 1) {
      const member = memberOf({ voters }, plain, seededRandom(seed));
      let ticks = 0;
      while (member.raft.role === 'follower') {
        member.raft.tick();
        ticks += 1;
      }
      assert.ok(ticks >= 10 && ticks < 20, `${ticks} ticks`);
      seen.add(ticks);
    }
    assert.equal(seen.size, 10, 'every value occurs');
  });

  test('randomized timeouts end split votes soon', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const network = networkOf(5, {}, seed);
      network.tick(60);
      assert.equal(network.leaders().length, 1, `seed ${seed}`);
    }
  });
});

describe('5.3 log replication', () => {
  test('the leader appends a proposal and sends it to all followers in parallel', () => {
    const network = networkOf(3);
    const leader = network.elect(1n);
    leader.raft.propose([utf8Bytes('x')]);
    const ready = leader.takeReady();
    assert.deepEqual(
      ready?.send.map((m) => [m.type, m.to, m.entries.length]),
      [
        [MessageType.MsgApp, 2n, 1],
        [MessageType.MsgApp, 3n, 1],
      ],
    );
    assert.equal(ready?.append?.entries.length, 1);
  });

  test('an entry is committed when a majority stores it, and then applied by the leader', () => {
    const network = networkOf(5);
    const leader = network.elect(1n);
    network.isolate(4n, 5n);
    network.propose(1n, 'x');
    assert.equal(leader.disk.appliedIndex, 2);
    network.isolate(3n);
    network.propose(1n, 'y');
    assert.equal(leader.disk.appliedIndex, 2);
    assert.equal(leader.raft.status().lastIndex, 3);
  });

  test('committing an entry commits all entries before it, also of earlier leaders', () => {
    const disks = voters.map(() => diskWith({ voters, term: 2, entries: logOf(1, 1, 2) }));
    const network = new RaftNetwork(disks);
    assert.equal(network.elect(1n).disk.appliedIndex, 4);
    assert.equal(network.of(3n).disk.appliedIndex, 4);
  });

  test('followers learn the commit index from the next message and apply in log order', () => {
    const network = networkOf(3);
    const applied: string[] = [];
    network.of(3n).onApply = (entry) => applied.push(utf8Text(entry.data));
    network.elect(1n);
    for (const text of ['a', 'b', 'c']) network.propose(1n, text);
    assert.deepEqual(applied, ['', 'a', 'b', 'c']);
  });

  for (const [what, logTerm, index] of [
    ['is missing', 2, 4],
    ['has another term', 1, 3],
  ] as const) {
    test(`a follower refuses entries when the one before them ${what}`, () => {
      const member = memberOf({ voters, term: 2, entries: logOf(1, 1, 2) });
      const [answer] = exchange(member, 2n, 3, { type: MessageType.MsgApp, logTerm, index });
      assert.equal(answer?.type, MessageType.MsgAppResp);
      assert.equal(answer?.reject, true);
      assert.equal(answer?.index, index);
      assert.deepEqual(termsOf(member), [1, 1, 2]);
    });
  }

  /** Figure 7: the leader of term 8, and followers that lack entries, have extra ones, or both. */
  const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
  for (const [name, ...followerLog] of [
    ['a', 1, 1, 1, 4, 4, 5, 5, 6, 6],
    ['b', 1, 1, 1, 4],
    ['c', 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    ['d', 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    ['e', 1, 1, 1, 4, 4, 4, 4],
    ['f', 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
  ] as const) {
    test(`figure 7 (${name}): the leader makes the follower's log equal to its own`, () => {
      const empty = diskWith({ voters, term: 7 });
      const network = new RaftNetwork(
        [
          diskWith({ voters, term: 7, entries: logOf(...leaderLog) }),
          diskWith({ voters, term: 7, entries: logOf(...(followerLog as readonly number[])) }),
          empty,
        ],
        plain,
      );
      // The third member's vote is enough where the second refuses.
      network.elect(1n);
      assert.equal(network.of(1n).raft.role, 'leader');
      network.propose(1n, 'x');
      assert.deepEqual(network.of(2n).disk.entries, network.of(1n).disk.entries);
      assert.deepEqual(network.of(3n).disk.entries, network.of(1n).disk.entries);
    });
  }

  test('the leader goes on until a follower that was away has everything', () => {
    const network = networkOf(3);
    network.elect(1n);
    network.isolate(3n);
    for (const text of ['a', 'b', 'c']) network.propose(1n, text);
    network.reconnect();
    network.tick(3);
    assert.deepEqual(network.of(3n).disk.entries, network.of(1n).disk.entries);
  });

  test('a leader never changes or deletes entries of its own log', () => {
    const network = networkOf(3);
    const leader = network.elect(1n);
    network.propose(1n, 'x');
    const before = [...leader.disk.entries];
    exchange(leader, 2n, leader.raft.term, {
      type: MessageType.MsgApp,
      entries: logOf(leader.raft.term),
    });
    assert.deepEqual(leader.disk.entries, before);
  });
});

describe('5.4 safety', () => {
  for (const [what, own, logTerm, index, granted] of [
    ['the last term is newer', [1, 2], 3, 1, true],
    ['terms are equal and the log is as long', [1, 2], 2, 2, true],
    ['terms are equal and the log is longer', [1, 2], 2, 3, true],
    ['terms are equal and the log is shorter', [1, 2], 2, 1, false],
    ['the last term is older, however long the log', [1, 2], 1, 9, false],
  ] as const) {
    test(`5.4.1 a vote is ${granted ? 'given' : 'refused'} when ${what}`, () => {
      const member = memberOf({ voters, term: 2, entries: logOf(...own) }, plain);
      const request = { type: MessageType.MsgVote, logTerm, index };
      assert.equal(exchange(member, 2n, 4, request)[0]?.reject, !granted);
    });
  }

  test('5.4.2 entries of earlier terms are not committed by counting copies (figure 8)', () => {
    const member = memberOf({ voters, term: 3, entries: logOf(1, 2) }, plain);
    member.raft.campaign();
    member.settle();
    exchange(member, 2n, 4, { type: MessageType.MsgVoteResp });
    exchange(member, 2n, 4, { type: MessageType.MsgAppResp, index: 2 });
    assert.equal(member.raft.commitIndex, 0, 'a majority holds entry 2 of term 2');
    exchange(member, 2n, 4, { type: MessageType.MsgAppResp, index: 3 });
    assert.equal(member.raft.commitIndex, 3, 'the entry of the own term commits all');
  });
});

describe('5.5 crashes', () => {
  test('a repeated append changes nothing', () => {
    const member = memberOf({ voters, term: 1 });
    const append = { type: MessageType.MsgApp, entries: logOf(1, 1) };
    const first = exchange(member, 2n, 1, append);
    const entries = [...member.disk.entries];
    assert.deepEqual(exchange(member, 2n, 1, append), first);
    assert.deepEqual(member.disk.entries, entries);
  });

  test('a member that was down catches up after its restart', () => {
    const network = networkOf(3);
    network.elect(1n);
    network.isolate(3n);
    network.propose(1n, 'x');
    network.of(3n).crash();
    network.reconnect();
    network.tick(3);
    assert.equal(network.of(3n).disk.appliedIndex, 2);
  });

  test('what was applied is not applied again after a restart', () => {
    const network = networkOf(1);
    const applied: number[] = [];
    const member = network.of(1n);
    member.onApply = (entry) => applied.push(entry.index);
    network.elect(1n);
    network.propose(1n, 'x');
    member.crash();
    network.elect(1n);
    assert.deepEqual(applied, [1, 2, 3]);
  });

  test('an answer promises only what is on disk: a crash before the write leaves nothing unsaid', () => {
    const member = memberOf({ voters, term: 1 });
    const append = { type: MessageType.MsgApp, to: 1n, entries: logOf(1, 1) };
    member.raft.step(buildMessage(append, 2n, 1));
    const ready = member.takeReady();
    assert.deepEqual(ready?.send, []);
    assert.equal(ready?.append?.thenSend[0]?.index, 2);
    member.crash();
    assert.equal(member.raft.status().lastIndex, 0);
  });
});

describe('6 membership changes', () => {
  test('the new configuration counts as soon as it is applied (dissertation 4.1, single steps)', () => {
    const network = networkOf(3);
    const leader = network.elect(1n);
    leader.raft.proposeConfChange({ type: ConfChangeType.ConfChangeRemoveNode, nodeId: 3n });
    network.settle();
    network.isolate(3n);
    network.propose(1n, 'both of two');
    assert.equal(leader.disk.appliedIndex, 3);
    network.isolate(2n);
    network.propose(1n, 'one of two');
    assert.equal(leader.disk.appliedIndex, 3);
  });

  test('new members can catch up without a vote first (dissertation 4.2.1)', () => {
    const disks = [diskWith({ voters: [1n] }), diskWith({ voters: [1n] })];
    const network = new RaftNetwork(disks);
    const leader = network.elect(1n);
    leader.raft.proposeConfChange({ type: ConfChangeType.ConfChangeAddLearnerNode, nodeId: 2n });
    network.settle();
    assert.equal(network.of(2n).raft.status().isLearner, true);
    network.isolate(2n);
    network.propose(1n, 'x');
    assert.equal(leader.disk.appliedIndex, 3, 'committed without the learner');
  });

  test('a leader that is removed commits the change and then does not count itself', () => {
    const network = networkOf(3);
    const leader = network.elect(1n);
    leader.raft.proposeConfChange({ type: ConfChangeType.ConfChangeRemoveNode, nodeId: 1n });
    network.settle();
    assert.deepEqual(network.of(2n).raft.confState().voters, [2n, 3n]);
    assert.equal(leader.raft.propose([utf8Bytes('x')]), 'dropped:no-leader');
  });

  test('members that hear a leader ignore candidates (dissertation 4.2.3)', () => {
    const network = networkOf(3);
    network.elect(1n);
    const follower = network.of(2n);
    const { term } = follower.raft;
    const answers = exchange(follower, 9n, term + 5, {
      type: MessageType.MsgVote,
      logTerm: 99,
      index: 99,
    });
    assert.deepEqual(answers, []);
    assert.equal(follower.raft.term, term);
  });
});

describe('7 log compaction', () => {
  test('a follower that needs compacted entries gets a snapshot and then the entries behind it', () => {
    const network = networkOf(3);
    const leader = network.elect(1n);
    network.isolate(3n);
    for (const text of ['a', 'b', 'c']) network.propose(1n, text);
    leader.compact(3);
    network.reconnect();
    network.tick(4);
    const late = network.of(3n);
    assert.ok(late.disk.snapshotIndex >= 3);
    assert.equal(late.disk.appliedIndex, 4);
    assert.deepEqual(late.disk.confState, leader.disk.confState);
  });

  test('a snapshot of a log that the follower has keeps the entries behind it', () => {
    const member = memberOf({ voters, term: 1, entries: logOf(1, 1, 1), commit: 1 });
    const metadata = { index: 2, term: 1, confState: { ...noConfState, voters } };
    const snapshot = { data: new Uint8Array(0), metadata };
    const [answer] = exchange(member, 2n, 1, { type: MessageType.MsgSnap, snapshot });
    assert.equal(answer?.index, 2);
    assert.equal(member.raft.status().lastIndex, 3);
    assert.equal(member.disk.appliedIndex, 2);
  });
});

describe('8 client interaction', () => {
  test('a leader begins its term with an empty entry', () => {
    const leader = networkOf(3).elect(1n);
    assert.deepEqual(
      leader.disk.entries.map((e) => [e.term, e.data.length]),
      [[1, 0]],
    );
  });

  test('a leader that was replaced unawares cannot answer a read', () => {
    const network = networkOf(3);
    const old = network.elect(1n);
    network.isolate(1n);
    network.of(2n).raft.forgetLeader();
    network.of(3n).raft.forgetLeader();
    network.elect(2n);
    network.propose(2n, 'new');
    old.raft.readIndex(utf8Bytes('r'));
    network.settle();
    assert.equal(old.raft.role, 'leader');
    assert.deepEqual(old.reads, []);
  });

  test('a read index is at least what was committed before the read', () => {
    const network = networkOf(3);
    network.elect(1n);
    network.propose(1n, 'x');
    network.of(3n).raft.readIndex(utf8Bytes('r'));
    network.settle();
    const [read] = network.of(3n).reads;
    assert.equal(read?.index, 2);
  });
});

describe('dissertation', () => {
  test('3.10 a leadership transfer takes no election timeout', () => {
    const network = networkOf(3);
    network.elect(1n).raft.transferLeader(3n);
    network.settle();
    assert.deepEqual(network.leaders(), [3n]);
  });

  test('6.2 a leader that cannot reach a majority steps down', () => {
    const network = networkOf(3);
    const leader = network.elect(1n);
    network.isolate(1n);
    for (let i = 0; i < 20; i += 1) leader.raft.tick();
    assert.equal(leader.raft.role, 'follower');
  });

  test('9.6 a member that was cut off does not raise the term, and does not disturb when it is back', () => {
    const network = networkOf(3);
    network.elect(1n);
    network.isolate(3n);
    network.tick(100);
    assert.equal(network.of(3n).raft.term, 1);
    network.reconnect();
    network.tick(20);
    assert.deepEqual(network.leaders(), [1n]);
    assert.equal(network.of(1n).raft.term, 1);
  });

  test('10.2.1 followers may commit an entry that is not yet on the leader’s disk', () => {
    const network = networkOf(3);
    const leader = network.elect(1n);
    leader.raft.propose([utf8Bytes('x')]);
    leader.takeReady();
    for (const m of leader.takeOutbox()) network.of(m.to).raft.step(m);
    for (const id of [2n, 3n]) {
      network.of(id).settle();
      for (const m of network.of(id).takeOutbox()) leader.raft.step(m);
    }
    assert.equal(leader.raft.commitIndex, 2);
    assert.equal(leader.takeReady()?.apply, undefined, 'the leader applies what its disk has');
    leader.finishAppend();
    assert.equal(leader.takeReady()?.apply?.entries.length, 1);
  });
});
