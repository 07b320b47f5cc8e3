import type { Member } from '../membership/member.ts';
import type { LeaseTimeToLiveResponseInit } from '../proto/generated/etcdserverpb.ts';
import type { Message } from '../proto/generated/raftpb.ts';

/**
 * How members talk. Delivery is best effort and keeps no promise: raft tolerates lost, repeated and
 * reordered messages, so every queue here is bounded and what does not fit is dropped and reported.
 */
export interface PeerTransport {
  /** Listens, and dials every peer known so far. */
  start(): Promise<void>;
  /** Never blocks. Messages to unknown members are dropped; MsgSnap goes through `sendSnapshot`. */
  send(messages: readonly Message[]): void;
  /** Sends a MsgSnap and the database that belongs to it. Closes `database` in every case. */
  sendSnapshot(message: Message, database: SnapshotDatabase): void;
  /**
   * The members to talk to, this one excluded or not, and who may never come back. Peers that stay
   * keep their connections, also when their URLs change.
   */
  setPeers(members: readonly PeerAddress[], removed: (id: bigint) => boolean): void;
  /** Monotonic milliseconds since which the peer has answered; undefined while it does not. */
  activeSinceMs(id: bigint): number | undefined;
  /** Closes every connection and listener. Nothing is stepped or reported afterwards. */
  stop(): Promise<void>;
}

export type PeerAddress = { readonly id: bigint; readonly peerUrls: readonly string[] };

export type SnapshotDatabase = {
  readonly sizeBytes: number;
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  close(): void;
};

/**
 * What the transport asks of the member it belongs to. Errors are EtcdErrors where etcd has one.
 */
export interface PeerHandlers {
  /**
   * `removed`: the sender is no member any more. `not-for-us`: the message names another member.
   */
  step(message: Message): 'ok' | 'removed' | 'not-for-us';
  reportUnreachable(id: bigint): void;
  reportSnapshot(id: bigint, ok: boolean): void;
  /**
   * A stream from a running peer broke. `refused`: its port does not even listen any more, so the
   * process is gone. Called at most once with each reason until the peer is back.
   */
  peerDisconnected(id: bigint, evidence: DisconnectEvidence): void;
  /** Stores the database, durably, then steps the message. Rejects when either fails. */
  receiveSnapshot(message: Message, database: AsyncIterable<Uint8Array>): Promise<void>;
  members(): readonly Member[];
  versionJson(): string;
  /** The signal says that nobody waits for it any more. */
  hashKv(revision: number, signal: AbortSignal): Promise<PeerHashKv>;
  /** `token` is that of the client whose request is passed on. */
  promoteMember(id: bigint, token: string | undefined): Promise<readonly Member[]>;
  /**
   * Seconds the lease has again. Waits until this member has applied what it knows as committed.
   */
  renewLease(id: bigint): Promise<number>;
  leaseTimeToLive(id: bigint, keys: boolean): Promise<LeaseTimeToLiveResponseInit>;
  downgradeEnabled(): Promise<boolean>;
  /** A peer says that this member was removed for good: it has to stop. */
  removedByPeers(): void;
}

export type DisconnectEvidence = 'stream-broken' | 'refused';

export type PeerHashKv = {
  /** The store's revision when the hash was made. */
  readonly revision: number;
  readonly hash: number;
  readonly compactRevision: number;
  readonly hashRevision: number;
};

/** Who we are, as told to every peer. Fixed for the life of the transport. */
export type PeerIdentity = {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  /** Three-part version of the etcd we claim to be; peers crash on anything else. */
  readonly serverVersion: string;
  readonly advertisePeerUrls: readonly string[];
};

/** Counters behind etcd_network_*; `id` is always the other member. */
export interface PeerMetrics {
  sentBytes(id: bigint, bytes: number): void;
  receivedBytes(id: bigint, bytes: number): void;
  sendFailed(id: bigint): void;
  receiveFailed(id: bigint): void;
  active(id: bigint, isActive: boolean): void;
  roundTrip(id: bigint, seconds: number): void;
  snapshotSend(id: bigint, event: SnapshotEvent): void;
  snapshotReceive(id: bigint, event: SnapshotEvent): void;
}

export type SnapshotEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'succeeded'; readonly seconds: number }
  | { readonly kind: 'failed' };

export const noPeerMetrics: PeerMetrics = {
  sentBytes: () => {},
  receivedBytes: () => {},
  sendFailed: () => {},
  receiveFailed: () => {},
  active: () => {},
  roundTrip: () => {},
  snapshotSend: () => {},
  snapshotReceive: () => {},
};
