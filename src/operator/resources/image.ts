import type { EtcdCluster } from '../api/etcd-cluster.ts';

/** `defaultImage` is the operator's own: one image holds both programs. */
export function memberImage(cluster: EtcdCluster, defaultImage: string): string {
  const { image, imageRegistry, version } = cluster.spec;
  if (image !== undefined) return image;
  if (imageRegistry === undefined && version === undefined) return defaultImage;
  const [repository, tag] = splitReference(defaultImage);
  return `${imageRegistry ?? repository}:${version ?? tag}`;
}

/** Repository and tag. A registry's port also follows a colon, but a slash follows that. */
function splitReference(image: string): readonly [string, string] {
  const [undigested = image] = image.split('@');
  const colon = undigested.lastIndexOf(':');
  if (colon <= undigested.lastIndexOf('/')) return [undigested, 'latest'];
  return [undigested.slice(0, colon), undigested.slice(colon + 1)];
}
