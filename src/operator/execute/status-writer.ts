import type { KubernetesObject } from '@kubernetes/client-node';
import type { EtcdCluster, EtcdClusterStatus } from '../api/etcd-cluster.ts';
import { hasStatus } from '../kubernetes-client/kubernetes-client.ts';
import { type ObjectName, type Resource, resources } from '../kubernetes-client/resources.ts';
import { contentHash } from '../resources/content-hash.ts';

export interface StatusClient {
  mergePatch(
    resource: Resource,
    name: ObjectName,
    patch: object,
    subresource: string,
  ): Promise<KubernetesObject>;
}

/** Figures that move with every client write are brought up to date this often and not sooner. */
export const FIGURES_MS = 10_000;

/**
 * Whether a status is worth a write: at once when something changed that people or programs wait
 * for, now and then when only figures did. Otherwise a busy cluster would write its status in every
 * pass, and every write would wake everybody who watches.
 */
export function isWorthWriting(
  stored: EtcdClusterStatus | undefined,
  next: EtcdClusterStatus,
  sinceLastWriteMs: number,
): boolean {
  if (stored === undefined) return true;
  if (contentHash(stored) === contentHash(next)) return false;
  return sinceLastWriteMs >= FIGURES_MS || withoutFigures(stored) !== withoutFigures(next);
}

function withoutFigures(status: EtcdClusterStatus): string {
  const members = status.members.map((member) => ({
    ...member,
    revision: 0,
    raftIndex: 0,
    raftAppliedIndex: 0,
    dbSize: 0,
    dbSizeInUse: 0,
  }));
  return contentHash({ ...status, members });
}

/**
 * Replaces the stored status, and only on the resource of this UID: a cluster deleted and made
 * again under the same name must not inherit it. Resolves to the object as stored, undefined when
 * the cluster has gone.
 */
export async function writeStatus(
  client: StatusClient,
  cluster: EtcdCluster,
  status: EtcdClusterStatus,
): Promise<KubernetesObject | undefined> {
  const { namespace, name, uid } = cluster.metadata;
  // A merge patch keeps what it does not name; an absent failover must be named to go.
  const whole = { ...status, failover: status.failover ?? null };
  const patch = { metadata: { uid }, status: whole };
  try {
    return await client.mergePatch(resources.etcdCluster, { namespace, name }, patch, 'status');
  } catch (error) {
    if (hasStatus(error, 404) || hasStatus(error, 409)) return undefined;
    throw error;
  }
}
