import type { KubernetesObject } from '@kubernetes/client-node';

/** What happened to one object; `before` is undefined for a new one. */
export type ObjectChange<T> = {
  readonly before: T | undefined;
  /** undefined: it is gone. */
  readonly after: T | undefined;
};

/** Deleted objects remembered, so that a late answer about one cannot bring it back. */
const TOMBSTONES_MAX = 4_096;

/**
 * The newest known state of all objects of one kind, from three sources that race: lists, watch
 * events, and the answers to our own writes. What always holds: an object never goes back to an
 * older resourceVersion, and one that was seen deleted stays so (UIDs are never used again). So a
 * write of ours is visible from the moment it was answered.
 */
export class ObjectCache<T extends KubernetesObject> {
  readonly #objects = new Map<string, T>();
  readonly #deletedUids = new Set<string>();
  readonly #onChange: (change: ObjectChange<T>) => void;

  constructor(onChange: (change: ObjectChange<T>) => void) {
    this.#onChange = onChange;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  values(): Iterable<T> {
    return this.#objects.values();
  }

  inNamespace(namespace: string): readonly T[] {
    return [...this.#objects.values()].filter((one) => one.metadata?.namespace === namespace);
  }

  /** An object as a watch event or the answer to a write shows it. */
  put(object: T): void {
    if (this.#deletedUids.has(object.metadata?.uid ?? '')) return;
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before !== undefined && isOlder(object, before)) return;
    // Large and of no use here.
    if (object.metadata?.managedFields !== undefined) delete object.metadata.managedFields;
    this.#objects.set(key, object);
    if (before?.metadata?.resourceVersion !== object.metadata?.resourceVersion) {
      this.#onChange({ before, after: object });
    }
  }

  /** Gone for good. */
  remove(namespace: string, name: string, uid: string): void {
    this.#bury(uid);
    const key = `${namespace}/${name}`;
    const before = this.#objects.get(key);
    if (before === undefined || before.metadata?.uid !== uid) return;
    this.#objects.delete(key);
    this.#onChange({ before, after: undefined });
  }

  /** A whole list: what it does not name has gone, unless it was written after the list was made. */
  replaceAll(items: readonly T[], resourceVersion: string): void {
    const listed = new Set(items.map(keyOf));
    for (const object of [...this.#objects.values()]) {
      if (listed.has(keyOf(object)) || versionOf(object) > numberOf(resourceVersion)) continue;
      const { namespace = '', name = '', uid = '' } = object.metadata ?? {};
      this.remove(namespace, name, uid);
    }
    for (const item of items) this.put(item);
  }

  #bury(uid: string): void {
    this.#deletedUids.add(uid);
    const [oldest] = this.#deletedUids;
    if (this.#deletedUids.size > TOMBSTONES_MAX && oldest !== undefined) {
      this.#deletedUids.delete(oldest);
    }
  }
}

function keyOf(object: KubernetesObject): string {
  return `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`;
}

function isOlder(object: KubernetesObject, than: KubernetesObject): boolean {
  return versionOf(object) < versionOf(than);
}

function versionOf(object: KubernetesObject): bigint {
  return numberOf(object.metadata?.resourceVersion ?? '');
}

/**
 * Resource versions are the store's revisions: ordered decimal numbers, as Kubernetes promises for
 * its own and for custom resources. Another form counts as the oldest and thus never wins.
 */
function numberOf(resourceVersion: string): bigint {
  return /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : 0n;
}
