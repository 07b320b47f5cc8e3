import { assert } from '../../base/assert.ts';
import type { Config } from '../config/config.ts';
import { clusterIdFor, type Member, memberIdFor, sortMembers } from '../membership/member.ts';

/** Who a member is, and the members it knows of before it has read any log. */
export type Identity = {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly members: readonly Member[];
};

/** Every initial member computes the same ids from the same initial-cluster and token. */
export function newClusterIdentity(config: Config): Identity {
  const members = sortMembers(
    config.initialCluster.map(({ name, peerUrls }) => ({
      id: memberIdFor(peerUrls, config.initialClusterToken),
      name,
      peerUrls,
      clientUrls: [],
      isLearner: false,
    })),
  );
  const self = members.find(({ name }) => name === config.name);
  assert(self !== undefined, 'initial-cluster names this member');
  return {
    memberId: self.id,
    clusterId: clusterIdFor(members.map(({ id }) => id)),
    members,
  };
}
