import type { Log } from '../../base/log.ts';
import type { LmdbBackend } from '../backend/lmdb-backend.ts';
import { limits } from '../config/limits.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { clusterIdFor, type Member } from '../membership/member.ts';
import { Membership } from '../membership/membership.ts';
import { encodeMetadata } from '../proto/generated/etcdserverpb.ts';
import type { ConfState } from '../proto/generated/raftpb.ts';
import { formatId } from '../proto/ids.ts';
import { Wal } from '../wal/wal.ts';
import { DbRefusal } from './command.ts';
import { assertFile, withBbolt } from './database.ts';
import { newestRevision, positionOf } from './file-position.ts';
import { fillState, writePosition } from './fill-state.ts';
import type { Imported } from './import-etcd.ts';
import type { NewDataDir } from './new-data-dir.ts';
import { checkHash } from './restore.ts';

export type SnapshotSource = {
  readonly path: string;
  /** Needed when the snapshot has several members. */
  readonly memberId: bigint | undefined;
  readonly clusterId: bigint | undefined;
  readonly skipsHashCheck: boolean;
  readonly log: Log;
};

type Position = { readonly index: number; readonly term: number };
type Found = {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly confState: ConfState;
  readonly revision: number;
};

/**
 * A member goes on from a snapshot of its cluster as from one that a leader sent: its log begins
 * behind it. What the snapshot does not have is lost, so this is for the only member of a cluster;
 * of several, the others must not have gone on.
 */
export async function importSnapshot(source: SnapshotSource, dir: NewDataDir): Promise<Imported> {
  await assertFile(source.path);
  if (!source.skipsHashCheck) await checkHash(source.path);
  const { position, found } = await withBbolt(source.path, async (file) => {
    const { index, term } = positionOf(file);
    const at = { index, term: Math.max(term, 1) };
    if (at.index === 0) {
      throw new DbRefusal(`${source.path} does not say where in the log it was taken: restore it`);
    }
    const options = { path: dir.statePath(at.index), disk: nodeDisk, log: source.log };
    const change = (backend: LmdbBackend): Found => identify(source, backend, at);
    return { position: at, found: await fillState(options, file, change) };
  });
  await makeLog(dir, position, found);
  const { memberId, clusterId, revision } = found;
  return { memberId, clusterId, revision, appliedIndex: position.index };
}

function identify(source: SnapshotSource, backend: LmdbBackend, position: Position): Found {
  const membership = Membership.load(backend.latest);
  const members = membership.members();
  const member = chooseMember(source, members);
  const confState = membership.confState();
  backend.write((txn) => writePosition(txn, position, confState));
  return {
    memberId: member.id,
    clusterId: source.clusterId ?? clusterIdFor([member.id]),
    confState,
    revision: newestRevision(backend),
  };
}

function chooseMember({ path, memberId, clusterId }: SnapshotSource, members: readonly Member[]) {
  const list = members.map(({ id, name }) => `${formatId(id)} (${name})`).join(', ');
  const [only] = members;
  if (only === undefined) throw new DbRefusal(`${path} names no members: restore it`);
  if (members.length > 1 && (memberId === undefined || clusterId === undefined)) {
    throw new DbRefusal(
      `${path} is of a cluster with ${members.length} members, ${list}: ` +
        '--member-id and --cluster-id say who goes on',
    );
  }
  const member = members.find(({ id }) => id === (memberId ?? only.id));
  if (member === undefined) throw new DbRefusal(`${path} has no such member, but ${list}`);
  return member;
}

async function makeLog(dir: NewDataDir, { index, term }: Position, found: Found): Promise<void> {
  const { memberId, clusterId, confState } = found;
  const metadata = encodeMetadata({ NodeID: memberId, ClusterID: clusterId });
  const wal = await Wal.create(dir.walPath, metadata, nodeDisk, {
    segmentBytes: limits.walFirstSegmentBytes,
  });
  try {
    await wal.append([], { term, vote: 0n, commit: index }, true);
    await wal.saveSnapshot({ index, term, confState });
  } finally {
    await wal.close();
  }
}
