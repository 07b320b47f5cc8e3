import { assert } from '../../base/assert.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import type { Config } from '../config/config.ts';
import { clusterIdFor, type Member, memberIdFor, sortMembers } from '../membership/member.ts';
import { memberJson } from '../membership/member-json.ts';
import { bootstrapLog } from '../raft/bootstrap.ts';

/** What makes a new cluster: the same on all its members, except for the name. */
export type NewClusterSettings = Pick<Config, 'name' | 'initialCluster' | 'initialClusterToken'>;

/** Who a member is, and the members it knows of before it has read any log. */
export type Identity = {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly members: readonly Member[];
};

/** Every initial member computes the same ids from the same initial-cluster and token. */
export function newClusterIdentity(config: NewClusterSettings): Identity {
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

/** The log that all founding members begin with. */
export function foundingLog(members: readonly Member[]): ReturnType<typeof bootstrapLog> {
  return bootstrapLog(
    members.map((member) => ({ id: member.id, context: utf8Bytes(memberJson(member)) })),
  );
}
