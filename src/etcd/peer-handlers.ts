import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type VersionSource, versionJson } from './api/http/version.ts';
import type { ConsensusLoop } from './consensus/loop.ts';
import type { SnapshotExchange } from './consensus/snapshot-exchange.ts';
import { EtcdError } from './errors.ts';
import type { LiveState } from './live-state.ts';
import type { Member } from './membership/member.ts';
import type { DisconnectEvidence, PeerHandlers, PeerHashKv } from './peer/transport.ts';
import {
  decodeLeaseTimeToLiveResponse,
  type LeaseTimeToLiveResponseInit,
} from './proto/generated/etcdserverpb.ts';
import type { Message } from './proto/generated/raftpb.ts';
import { formatId } from './proto/ids.ts';
import type { ClusterService } from './service/cluster.ts';
import type { LeaseService } from './service/lease.ts';

export type MemberPeerHandlersParts = {
  readonly memberId: bigint;
  readonly state: LiveState;
  readonly loop: () => ConsensusLoop;
  readonly snapshots: () => SnapshotExchange;
  readonly cluster: () => ClusterService;
  readonly lease: () => LeaseService;
  readonly version: VersionSource;
  readonly knownMembers: readonly Member[];
  readonly clock: Clock;
  readonly log: Log;
  readonly removedByPeers: () => void;
};

/** etcd's patience for the applied index to reach what was committed when a peer asked. */
const APPLY_WAIT_MS = 1_000;
const APPLY_WAIT_STEP_MS = 10;

/** What other members ask of this one on its peer port. */
export class MemberPeerHandlers implements PeerHandlers {
  readonly #parts: MemberPeerHandlersParts;

  constructor(parts: MemberPeerHandlersParts) {
    this.#parts = parts;
  }

  step(message: Message): 'ok' | 'removed' | 'not-for-us' {
    if (this.#parts.state.current.membership.isRemoved(message.from)) return 'removed';
    if (message.to !== this.#parts.memberId) return 'not-for-us';
    this.#parts.loop().step(message);
    return 'ok';
  }

  reportUnreachable(id: bigint): void {
    this.#parts.loop().reportUnreachable(id);
  }

  reportSnapshot(id: bigint, ok: boolean): void {
    this.#parts.snapshots().delivered(id, ok);
  }

  peerDisconnected(id: bigint, evidence: DisconnectEvidence): void {
    this.#parts.log.warn('lost the connection to a peer', { peer: formatId(id), evidence });
  }

  receiveSnapshot(message: Message, database: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#parts.snapshots().receive(message, database);
  }

  members(): readonly Member[] {
    const members = this.#parts.state.current.membership.members();
    return members.length > 0 ? members : this.#parts.knownMembers;
  }

  versionJson(): string {
    return versionJson(this.#parts.version);
  }

  hashKv(revision: number, signal: AbortSignal): Promise<PeerHashKv> {
    return this.#parts.state.current.store.hashKv(revision, signal);
  }

  promoteMember(id: bigint, token: string | undefined): Promise<readonly Member[]> {
    const metadata = (name: string): string | undefined => (name === 'token' ? token : undefined);
    return this.#parts.cluster().promoteHere(id, undefined, { metadata, viaGateway: false });
  }

  async renewLease(id: bigint): Promise<number> {
    await this.#appliedWhatIsCommitted();
    this.#assertLeads();
    return await this.#parts.lease().renew(id);
  }

  async leaseTimeToLive(id: bigint, keys: boolean): Promise<LeaseTimeToLiveResponseInit> {
    await this.#appliedWhatIsCommitted();
    this.#assertLeads();
    const answer = await this.#parts.lease().timeToLiveForPeer({ ID: id, keys });
    const response = decodeLeaseTimeToLiveResponse(answer.body);
    if (response.TTL === -1) throw new EtcdError('LeaseNotFound');
    return response;
  }

  async downgradeEnabled(): Promise<boolean> {
    await this.#parts.loop().readBarrier();
    return this.#parts.state.current.membership.downgrade.enabled;
  }

  removedByPeers(): void {
    this.#parts.removedByPeers();
  }

  /** A forwarded request is answered here or refused, never forwarded again. */
  #assertLeads(): void {
    if (this.#parts.loop().status().role !== 'leader') throw new EtcdError('NotPrimaryLessor');
  }

  async #appliedWhatIsCommitted(): Promise<void> {
    const { clock } = this.#parts;
    const { commitIndex } = this.#parts.loop().status();
    const deadlineMs = clock.monotonicMs() + APPLY_WAIT_MS;
    while (this.#parts.state.current.applier.appliedIndex < commitIndex) {
      if (clock.monotonicMs() > deadlineMs) throw new EtcdError('TimeoutWaitAppliedIndex');
      await clock.after(APPLY_WAIT_STEP_MS);
    }
  }
}
