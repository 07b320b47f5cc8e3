import { nodeDisk } from '../io/node-disk.ts';
import { formatId, maybeParseId } from '../proto/ids.ts';
import { type DbCall, type DbCommand, type DbFlag, DbRefusal, operand } from './command.ts';
import { placeOf } from './database.ts';
import { type Imported, importEtcd } from './import-etcd.ts';
import { importSnapshot } from './import-snapshot.ts';
import { NewDataDir } from './new-data-dir.ts';
import { electionTimeoutMsDefault, leaseTtlSecondsMin } from './replay-log.ts';

const flags: readonly DbFlag[] = [
  text('data-dir', 'where the data directory is made (required)'),
  text('wal-dir', 'where its log is made, if that is elsewhere'),
  text('source-wal-dir', "a Go etcd's --wal-dir, if it had one"),
  {
    name: 'election-timeout',
    kind: 'count',
    defaultText: String(electionTimeoutMsDefault),
    summary: "the member's --election-timeout, which decides how short a lease may be",
  },
  text('member-id', 'of a snapshot with several members: which one goes on (hexadecimal)'),
  text('cluster-id', 'of a snapshot: its cluster (hexadecimal; default: as one member founded it)'),
  {
    name: 'skip-hash-check',
    kind: 'bool',
    defaultText: 'false',
    summary: 'take a snapshot without its hash, or with a wrong one',
  },
];

/** The same member of the same cluster goes on, with its data in our form. */
export const importCommand: DbCommand = {
  name: 'import',
  operands: 'SOURCE',
  summary: "a data directory from a stopped Go etcd's one, or from a snapshot; members stay",
  operandCount: 1,
  flags,
  run: async (call) => {
    const dataDir = call.flags.text('data-dir');
    if (dataDir === '') {
      throw new DbRefusal('required flag(s) "data-dir" not set');
    }
    const importInto = await importerOf(call);
    const dir = await NewDataDir.begin(nodeDisk, dataDir, call.flags.text('wal-dir'));
    try {
      const imported = await importInto(dir);
      await dir.finish();
      call.printResult(resultOf(dataDir, imported));
    } catch (error) {
      await dir.abandon();
      throw error;
    }
  },
};

async function importerOf(call: DbCall): Promise<(dir: NewDataDir) => Promise<Imported>> {
  const place = await placeOf(operand(call, 0));
  const { flags: given, log } = call;
  switch (place.kind) {
    case 'member':
      throw new DbRefusal(`${place.dataDir} is a data directory of etcd-ts already: copy it`);
    case 'file': {
      const [memberId, clusterId] = [readId(call, 'member-id'), readId(call, 'cluster-id')];
      const skipsHashCheck = given.isOn('skip-hash-check');
      const options = { path: place.path, memberId, clusterId, skipsHashCheck, log };
      return async (dir) => await importSnapshot(options, dir);
    }
    case 'etcd': {
      const options = {
        dataDir: place.dataDir,
        walDir: given.text('source-wal-dir'),
        leaseTtlSecondsMin: leaseTtlSecondsMin(given.count('election-timeout')),
        log,
      };
      return async (dir) => await importEtcd(options, dir);
    }
  }
}

function readId({ flags: given }: DbCall, name: string): bigint | undefined {
  const value = given.text(name);
  if (value === '') return undefined;
  const id = maybeParseId(value);
  if (id !== undefined) return id;
  throw new DbRefusal(`invalid argument ${JSON.stringify(value)} for "--${name}" flag`);
}

function resultOf(dataDir: string, imported: Imported) {
  const { revision, appliedIndex } = imported;
  const [member, cluster] = [formatId(imported.memberId), formatId(imported.clusterId)];
  return {
    columns: [
      ['data directory', dataDir],
      ['member', member],
      ['cluster', cluster],
      ['revision', String(revision)],
      ['applied index', String(appliedIndex)],
    ],
    fields: [
      ['DataDir', dataDir],
      ['MemberID', member],
      ['ClusterID', cluster],
      ['Revision', revision],
      ['AppliedIndex', appliedIndex],
    ],
    json: { dataDir, member, cluster, revision, appliedIndex },
  } as const;
}

function text(name: string, summary: string): DbFlag {
  return { name, kind: 'text', defaultText: '', summary };
}
