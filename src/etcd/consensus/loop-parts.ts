import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Member } from '../membership/member.ts';
import type { PeerTransport } from '../peer/transport.ts';
import type { Entry, HardState, Message, Snapshot } from '../proto/generated/raftpb.ts';
import type { Raft } from '../raft/raft.ts';
import type { SoftState } from '../raft/ready.ts';
import type { Proposals } from './proposals.ts';

/** What the loop needs of the write-ahead log. */
export interface LoopWal {
  append(
    entries: readonly Entry[],
    hardState: HardState | undefined,
    mustSync: boolean,
  ): Promise<void>;
}

export type LoopParts = {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly raft: Raft;
  readonly wal: LoopWal;
  readonly peers: PeerTransport;
  readonly clock: Clock;
  readonly log: Log;
  readonly proposals: Proposals;
  /** Applies committed entries, in order, within this call. Returns the new applied index. */
  readonly apply: (entries: readonly Entry[]) => number;
  /**
   * undefined: `apply` may be called. Otherwise a promise of that, which rejects when the state can
   * take no more.
   */
  readonly room: () => Promise<void> | undefined;
  readonly appliedIndex: () => number;
  readonly members: () => readonly Member[];
  readonly isLearner: () => boolean;
  /** Makes a snapshot from the leader this member's state: durable when the promise resolves. */
  readonly installSnapshot: (snapshot: Snapshot) => Promise<void>;
  /** A member needs entries that the log no longer has: sends it the current state instead. */
  readonly sendSnapshot: (message: Message) => void;
  /** Called after leader, term or role changed, before listeners. */
  readonly onSoftState: (now: SoftState, before: SoftState | undefined) => void;
  /** The disk or the state machine failed: the member must stop. Called at most once. */
  readonly onFatal: (error: Error) => void;
  readonly heartbeatMs: number;
  readonly electionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly requestBytesMax: number;
  /** etcd's gate PriorityRequest. */
  readonly prefersRevokes: boolean;
};
