import { apiVersion, clusterKind, clusterPlural } from '../api/etcd-cluster.ts';

/** A kind of object at the API server, and where it is served. */
export type Resource = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
};

export type ObjectName = { readonly namespace: string; readonly name: string };

export const resources = Object.freeze({
  etcdCluster: namespaced(apiVersion, clusterKind, clusterPlural),
  statefulSet: namespaced('apps/v1', 'StatefulSet', 'statefulsets'),
  pod: namespaced('v1', 'Pod', 'pods'),
  volumeClaim: namespaced('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'),
  service: namespaced('v1', 'Service', 'services'),
  disruptionBudget: namespaced('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  event: namespaced('events.k8s.io/v1', 'Event', 'events'),
  lease: namespaced('coordination.k8s.io/v1', 'Lease', 'leases'),
  node: { ...namespaced('v1', 'Node', 'nodes'), isNamespaced: false },
});

/** The resource of an object that reconcile renders; undefined for a kind nobody taught us. */
export function maybeResourceOf(kind: string): Resource | undefined {
  return Object.values(resources).find((resource) => resource.kind === kind);
}

/** The collection's path; `namespace` '' asks for all namespaces. */
export function collectionPath(resource: Resource, namespace: string): string {
  const root = resource.apiVersion.includes('/') ? '/apis/' : '/api/';
  const scope = resource.isNamespaced && namespace !== '' ? `/namespaces/${namespace}` : '';
  return `${root}${resource.apiVersion}${scope}/${resource.plural}`;
}

export function objectPath(resource: Resource, { namespace, name }: ObjectName): string {
  return `${collectionPath(resource, namespace)}/${name}`;
}

function namespaced(apiVersion: string, kind: string, plural: string): Resource {
  return { apiVersion, kind, plural, isNamespaced: true };
}
