import { emptyBytes, utf8Bytes } from '../../src/base/bytes.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { Entry, Message } from '../../src/etcd/proto/generated/raftpb.ts';
import type { RaftConfig } from '../../src/etcd/raft/config.ts';
import { buildMessage, type MessageFields } from '../../src/etcd/raft/message.ts';
import { diskWith, RaftMember } from './raft-member.ts';

/** Entries of the given terms, from index 1 on. */
export function logOf(...terms: readonly number[]): Entry[] {
  return terms.map((term, i) => ({ type: 0, term, index: i + 1, data: emptyBytes }));
}

export function termsOf(member: RaftMember): number[] {
  return member.disk.entries.map((entry) => entry.term);
}

/** A member alone, to be fed by hand. */
export function memberOf(
  state: Parameters<typeof diskWith>[0],
  options?: Partial<RaftConfig>,
  random: Random = seededRandom(1),
): RaftMember {
  const member = new RaftMember(1n, diskWith(state), random, options);
  member.settle();
  member.takeOutbox();
  return member;
}

/** Feeds a message from `from` and returns what the member answers after its writes are done. */
export function exchange(
  member: RaftMember,
  from: bigint,
  term: number,
  fields: Omit<MessageFields, 'to'>,
): Message[] {
  member.raft.step(buildMessage({ ...fields, to: member.id }, from, term));
  member.settle();
  return member.takeOutbox();
}

/** Members that hand each other everything at once, except what a test cuts. */
export class RaftNetwork {
  readonly members: readonly RaftMember[];
  readonly #alone = new Set<bigint>();

  constructor(
    disks: readonly ReturnType<typeof diskWith>[],
    options?: Partial<RaftConfig>,
    seed = 1,
  ) {
    const random = seededRandom(seed);
    this.members = disks.map((disk, i) => new RaftMember(BigInt(i + 1), disk, random, options));
  }

  of(id: bigint): RaftMember {
    return this.members[Number(id) - 1] as RaftMember;
  }

  isolate(...ids: readonly bigint[]): void {
    for (const id of ids) this.#alone.add(id);
  }

  reconnect(): void {
    this.#alone.clear();
  }

  /** Until nothing moves any more. */
  settle(): void {
    for (let moved = true; moved; ) {
      moved = false;
      for (const member of this.members) {
        member.settle();
        for (const m of member.takeOutbox()) {
          if (this.#alone.has(m.from) || this.#alone.has(m.to)) continue;
          this.members.find((other) => other.id === m.to)?.raft.step(m);
          moved = true;
        }
      }
    }
  }

  elect(id: bigint): RaftMember {
    const member = this.of(id);
    member.raft.campaign();
    this.settle();
    return member;
  }

  propose(id: bigint, text: string): void {
    this.of(id).raft.propose([utf8Bytes(text)]);
    this.settle();
  }

  tick(count: number): void {
    for (let i = 0; i < count; i += 1) {
      for (const member of this.members) member.raft.tick();
      this.settle();
    }
  }

  leaders(): bigint[] {
    return this.members.filter(({ raft }) => raft.role === 'leader').map(({ id }) => id);
  }
}

export function networkOf(count: number, options?: Partial<RaftConfig>, seed = 1): RaftNetwork {
  const voters = Array.from({ length: count }, (_, i) => BigInt(i + 1));
  return new RaftNetwork(
    voters.map(() => diskWith({ voters })),
    options,
    seed,
  );
}
