import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { VersionSource } from './api/http/version.ts';
import { VersionMonitor } from './consensus/version-monitor.ts';
import type { LiveState } from './live-state.ts';
import { versionText } from './membership/etcd-version.ts';
import type { Member } from './membership/member.ts';
import {
  isStorageBehind,
  moveStorageVersion,
  readStorageVersion,
} from './membership/storage-version.ts';
import type { PeerDialer } from './peer/peer-dialer.ts';
import { serverVersions } from './peer/server-versions.ts';
import type { InternalRaftRequestInit } from './proto/generated/etcdserverpb.ts';
import type { Raft } from './raft/raft.ts';

export type VersionMonitorWiring = {
  readonly memberId: bigint;
  readonly state: LiveState;
  readonly raft: Raft;
  readonly members: () => readonly Member[];
  readonly proposeAsLeader: (request: InternalRaftRequestInit, term: number) => Promise<unknown>;
  readonly dialer: PeerDialer;
  readonly downgradeCheckMs: number;
  readonly clock: Clock;
  readonly log: Log;
};

export function createVersionMonitor(wiring: VersionMonitorWiring): VersionMonitor {
  const { memberId, state, raft, members, dialer, log } = wiring;
  return new VersionMonitor({
    ...wiring,
    isLeader: () => raft.role === 'leader',
    term: () => raft.term,
    serverVersions: () => serverVersions(memberId, members(), dialer),
    clusterVersion: () => state.current.membership.clusterVersion,
    downgrade: () => state.current.membership.downgrade,
    followClusterVersion: (cluster) => {
      const { backend } = state.current;
      if (!backend.read((txn) => isStorageBehind(txn, cluster))) return;
      backend.write((txn) => moveStorageVersion(txn, cluster));
      log.info('updated storage version', { 'new-storage-version': versionText(cluster) });
    },
  });
}

export function versionSource(state: LiveState): VersionSource {
  return {
    clusterVersion: () => state.current.membership.clusterVersion,
    storageVersion: () => {
      const version = state.current.backend.read(readStorageVersion);
      return version && versionText(version);
    },
  };
}
