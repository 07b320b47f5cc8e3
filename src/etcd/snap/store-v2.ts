import { utf8Bytes } from '../../base/bytes.ts';

/**
 * The body of a raft snapshot: etcd's former key space, of which only the membership is left. Go
 * members of 3.6 and older rebuild their member list from it, so `Snapshot.data` of a message to
 * them and of `.snap` files must be this JSON.
 */
export type StoreV2Member = {
  readonly id: bigint;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
};

type Node = {
  readonly Path: string;
  readonly CreatedIndex: number;
  readonly ModifiedIndex: number;
  readonly ExpireTime: string;
  readonly Value: string;
  readonly Children: Readonly<Record<string, Node>> | null;
};

const NEVER = '0001-01-01T00:00:00Z';
const EVENT_SLOTS = 1000;

/** `clusterVersion` as etcd stores it ("3.7.0"), undefined before the cluster has agreed on one. */
export function encodeStoreV2(
  members: readonly StoreV2Member[],
  removed: readonly bigint[],
  clusterVersion: string | undefined,
): Uint8Array {
  const zero: Record<string, Node> = { members: folder('/0/members', membersBelow(members)) };
  if (removed.length > 0) {
    const marks = removed.map((id): [string, Node] => {
      const name = id.toString(16);
      return [name, value(`/0/removed_members/${name}`, '')];
    });
    zero['removed_members'] = folder('/0/removed_members', sorted(marks));
  }
  if (clusterVersion !== undefined) zero['version'] = value('/0/version', clusterVersion);
  const root = folder('/', { 0: folder('/0', zero), 1: folder('/1', {}) });
  return utf8Bytes(JSON.stringify(storeAround(root)));
}

function membersBelow(members: readonly StoreV2Member[]): Readonly<Record<string, Node>> {
  return sorted(
    members.map((member): [string, Node] => {
      const name = member.id.toString(16);
      const path = `/0/members/${name}`;
      const children: Record<string, Node> = {};
      if (member.clientUrls.length > 0) {
        const attributes = { name: member.name || undefined, clientURLs: member.clientUrls };
        children['attributes'] = value(`${path}/attributes`, JSON.stringify(attributes));
      }
      const raft = { peerURLs: member.peerUrls, isLearner: member.isLearner || undefined };
      children['raftAttributes'] = value(`${path}/raftAttributes`, JSON.stringify(raft));
      return [name, folder(path, children)];
    }),
  );
}

function sorted(nodes: [string, Node][]): Readonly<Record<string, Node>> {
  return Object.fromEntries(nodes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function folder(path: string, children: Readonly<Record<string, Node>>): Node {
  return { ...value(path, ''), Children: children };
}

function value(path: string, text: string): Node {
  return {
    Path: path,
    CreatedIndex: 0,
    ModifiedIndex: 0,
    ExpireTime: NEVER,
    Value: text,
    Children: null,
  };
}

/** What surrounds the tree: a watcher's history nobody reads any more, and counters. */
function storeAround(root: Node): unknown {
  const counters = ['gets', 'sets', 'delete', 'update', 'create', 'compareAndSwap']
    .concat('compareAndDelete')
    .flatMap((name) => [`${name}Success`, `${name}Fail`]);
  const stats = Object.fromEntries([...counters, 'expireCount', 'watchers'].map((n) => [n, 0]));
  const queue = {
    Events: Array.from({ length: EVENT_SLOTS }, () => null),
    Size: 0,
    Front: 0,
    Back: 0,
    Capacity: EVENT_SLOTS,
  };
  return {
    Root: root,
    WatcherHub: { EventHistory: { Queue: queue, StartIndex: 0, LastIndex: 0 } },
    CurrentIndex: 0,
    Stats: stats,
    CurrentVersion: 2,
  };
}
