import type { InternalRaftRequestInit } from './generated/etcdserverpb.ts';

/** What an entry asks for, by etcd's names: labels of its metrics. */
const kinds = {
  range: 'Range',
  put: 'Put',
  deleteRange: 'DeleteRange',
  txn: 'Txn',
  compaction: 'Compaction',
  leaseGrant: 'LeaseGrant',
  leaseRevoke: 'LeaseRevoke',
  leaseCheckpoint: 'LeaseCheckpoint',
  alarm: 'Alarm',
  authenticate: 'Authenticate',
  authEnable: 'AuthEnable',
  authDisable: 'AuthDisable',
  authStatus: 'AuthStatus',
  authUserAdd: 'AuthUserAdd',
  authUserDelete: 'AuthUserDelete',
  authUserGet: 'AuthUserGet',
  authUserChangePassword: 'AuthUserChangePassword',
  authUserGrantRole: 'AuthUserGrantRole',
  authUserRevokeRole: 'AuthUserRevokeRole',
  authUserList: 'AuthUserList',
  authRoleList: 'AuthRoleList',
  authRoleAdd: 'AuthRoleAdd',
  authRoleDelete: 'AuthRoleDelete',
  authRoleGet: 'AuthRoleGet',
  authRoleGrantPermission: 'AuthRoleGrantPermission',
  authRoleRevokePermission: 'AuthRoleRevokePermission',
  clusterVersionSet: 'ClusterVersionSet',
  clusterMemberAttrSet: 'ClusterMemberAttrSet',
  downgradeInfoSet: 'DowngradeInfoSet',
  downgradeVersionTest: 'DowngradeVersionTest',
} as const satisfies Partial<Record<keyof InternalRaftRequestInit, string>>;

export type RequestKind = (typeof kinds)[keyof typeof kinds];

export const requestKinds: readonly RequestKind[] = Object.values(kinds);

const fields = Object.keys(kinds) as readonly (keyof typeof kinds)[];

/** undefined: a request of a version that this one does not know. */
export function requestKindOf(request: InternalRaftRequestInit): RequestKind | undefined {
  if (request.put !== undefined) return 'Put';
  if (request.txn !== undefined) return 'Txn';
  const field = fields.find((name) => request[name] !== undefined);
  return field && kinds[field];
}
