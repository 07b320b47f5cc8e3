import { utf8Bytes } from '../../base/bytes.ts';
import type { BucketImport } from '../apply/state-transfer.ts';
import type { LmdbBackend } from '../backend/lmdb-backend.ts';
import { foundingLog, type Identity, newClusterIdentity } from '../bootstrap/new-cluster.ts';
import { newClusterProblem, resolveUrl } from '../config/bootstrap-checks.ts';
import { limits } from '../config/limits.ts';
import { parseInitialCluster, parseUrls } from '../config/urls.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { idHex } from '../membership/member.ts';
import { memberJson } from '../membership/member-json.ts';
import { scheduledCompactKey } from '../mvcc/compaction.ts';
import { etcdRevisionKey, parseEtcdRevisionKey } from '../mvcc/revision.ts';
import { encodeMetadata } from '../proto/generated/etcdserverpb.ts';
import type { ConfState } from '../proto/generated/raftpb.ts';
import type { BboltFile } from '../snap/bbolt-reader.ts';
import { checkTrailer } from '../snap/snapshot-file.ts';
import { Wal } from '../wal/wal.ts';
import {
  type DbCall,
  type DbCommand,
  type DbFlag,
  DbRefusal,
  ExitCode,
  operand,
  skipHashCheckFlag,
  textFlag,
} from './command.ts';
import { assertFile, withBbolt } from './database.ts';
import { fillState, writePosition } from './fill-state.ts';
import { memberResult } from './member-result.ts';
import { NewDataDir } from './new-data-dir.ts';

const flags: readonly DbFlag[] = [
  textFlag('data-dir', 'where the data directory is made (default: NAME.etcd)', ''),
  textFlag('wal-dir', 'where its log is made, if that is elsewhere', ''),
  textFlag('name', "the new member's name", 'default'),
  textFlag('initial-cluster', 'all members of the new cluster', 'default=http://localhost:2380'),
  textFlag('initial-cluster-token', 'tells clusters with the same URLs apart', 'etcd-cluster'),
  textFlag('initial-advertise-peer-urls', "this member's peer URLs", 'http://localhost:2380'),
  skipHashCheckFlag,
  {
    name: 'bump-revision',
    kind: 'count',
    defaultText: '0',
    summary: 'how much the latest revision grows, so that no client sees one twice',
  },
  {
    name: 'mark-compacted',
    kind: 'bool',
    defaultText: 'false',
    summary: 'everything up to the bumped revision counts as compacted: watches begin anew',
  },
  {
    name: 'initial-memory-map-size',
    kind: 'count',
    defaultText: '0',
    summary: 'taken for the sake of scripts, without effect',
  },
];

/** As `etcdutl snapshot restore`: the same data in the first member of a new cluster. */
export const restoreCommand: DbCommand = {
  name: 'restore',
  operands: 'SNAPSHOT',
  summary: 'a data directory for a member of a new cluster, from a snapshot file',
  operandCount: 1,
  flags,
  run: async (call) => {
    const wanted = readFlags(call);
    const path = operand(call, 0);
    const identity = await identityOf(wanted);
    const dir = await NewDataDir.begin(nodeDisk, wanted.dataDir, wanted.walDir);
    try {
      await assertFile(path);
      if (!wanted.skipsHashCheck) await checkHash(path);
      const revision = await fill(call, dir, path, identity, wanted.bump);
      await makeLog(dir, identity);
      await dir.finish();
      call.printResult(memberResult(wanted.dataDir, { ...identity, revision }));
    } catch (error) {
      await dir.abandon();
      throw error;
    }
  },
};

type Wanted = {
  readonly dataDir: string;
  readonly walDir: string;
  readonly name: string;
  readonly cluster: string;
  readonly token: string;
  readonly peerUrls: string;
  readonly skipsHashCheck: boolean;
  readonly bump: number;
};

function readFlags({ flags: given }: DbCall): Wanted {
  const bump = given.count('bump-revision');
  if (bump > 0 !== given.isOn('mark-compacted')) {
    throw new DbRefusal('--mark-compacted required if --revision-bump > 0', {
      exitCode: ExitCode.badArguments,
    });
  }
  const name = given.text('name');
  return {
    dataDir: given.text('data-dir') || `${name}.etcd`,
    walDir: given.text('wal-dir'),
    name,
    cluster: given.text('initial-cluster'),
    token: given.text('initial-cluster-token'),
    peerUrls: given.text('initial-advertise-peer-urls'),
    skipsHashCheck: given.isOn('skip-hash-check'),
    bump,
  };
}

async function identityOf({ name, cluster, token, peerUrls }: Wanted): Promise<Identity> {
  const urls = parseUrls(peerUrls);
  if (!urls.ok) throw new DbRefusal(urls.error);
  const initialCluster = parseInitialCluster(cluster);
  if (!initialCluster.ok) throw new DbRefusal(initialCluster.error);
  const settings = {
    name,
    initialCluster: initialCluster.value,
    initialClusterToken: token,
    initialAdvertisePeerUrls: urls.value.map((url) => url.text),
  };
  const problem = await newClusterProblem(settings, resolveUrl);
  if (problem !== undefined) throw new DbRefusal(problem);
  return newClusterIdentity(settings);
}

/** Refuses a file without its hash, or with a wrong one, in etcdutl's words. */
export async function checkHash(path: string): Promise<void> {
  const check = await checkTrailer(nodeDisk, path);
  switch (check.kind) {
    case 'right':
      return;
    case 'no-trailer':
      throw new DbRefusal('snapshot missing hash but --skip-hash-check=false');
    case 'wrong': {
      const [expected, found] = [goBytes(check.expected), goBytes(check.found)];
      throw new DbRefusal(`expected sha256 ${expected}, got ${found}`);
    }
  }
}

/** Returns the revision that the new cluster begins with. */
async function fill(
  { log }: DbCall,
  dir: NewDataDir,
  path: string,
  { members }: Identity,
  bump: number,
): Promise<number> {
  const index = members.length;
  return await withBbolt(path, async (file) => {
    const source = new RestoredBuckets(file, bump);
    const change = (backend: LmdbBackend): number => {
      backend.write((txn) => {
        for (const member of members) {
          txn.put('members', utf8Bytes(idHex(member.id)), utf8Bytes(memberJson(member)));
        }
        if (bump > 0) {
          txn.put('meta', scheduledCompactKey, etcdRevisionKey(source.latest, 0, false));
        }
        writePosition(txn, { index, term: 1 }, confStateOf(members));
      });
      return source.latest;
    };
    return await fillState({ path: dir.statePath(index), disk: nodeDisk, log }, source, change);
  });
}

/** The file's buckets without its cluster's members and, if wanted, with a later revision. */
class RestoredBuckets implements BucketImport {
  readonly #file: BboltFile;
  readonly #bump: number;
  /** Known when the keys have been read. */
  latest = 0;

  constructor(file: BboltFile, bump: number) {
    this.#file = file;
    this.#bump = bump;
  }

  buckets(): readonly string[] {
    return this.#file.buckets().filter((name) => !name.startsWith('members'));
  }

  *entries(bucket: string): Iterable<readonly [Uint8Array, Uint8Array]> {
    if (bucket !== 'key') {
      yield* this.#file.entries(bucket);
      return;
    }
    for (const entry of this.#file.entries(bucket)) {
      this.latest = parseEtcdRevisionKey(entry[0]).main;
      yield entry;
    }
    if (this.#bump === 0) return;
    if (!Number.isSafeInteger(this.latest + this.#bump)) {
      throw new DbRefusal(`revision ${this.latest} cannot grow by ${this.#bump}`);
    }
    this.latest += this.#bump;
    yield [etcdRevisionKey(this.latest, 0, false), new Uint8Array(0)];
  }
}

async function makeLog(dir: NewDataDir, identity: Identity): Promise<void> {
  const { memberId, clusterId, members } = identity;
  const metadata = encodeMetadata({ NodeID: memberId, ClusterID: clusterId });
  const wal = await Wal.create(dir.walPath, metadata, nodeDisk, {
    segmentBytes: limits.walFirstSegmentBytes,
  });
  try {
    const { entries, hardState } = foundingLog(members);
    await wal.append(entries, hardState, true);
    const confState = confStateOf(members);
    await wal.saveSnapshot({ index: entries.length, term: 1, confState });
  } finally {
    await wal.close();
  }
}

function confStateOf(members: Identity['members']): ConfState {
  const voters = members.map(({ id }) => id);
  return { voters, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
}

/** As Go prints an array of bytes. */
function goBytes(hex: string): string {
  return `[${[...Buffer.from(hex, 'hex')].join(' ')}]`;
}
