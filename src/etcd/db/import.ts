import { nodeDisk } from '../io/node-disk.ts';
import { maybeParseId } from '../proto/ids.ts';
import {
  type DbCall,
  type DbCommand,
  type DbFlag,
  DbRefusal,
  operand,
  skipHashCheckFlag,
  textFlag,
} from './command.ts';
import { placeOf } from './database.ts';
import { type Imported, importEtcd } from './import-etcd.ts';
import { importSnapshot } from './import-snapshot.ts';
import { memberResult } from './member-result.ts';
import { NewDataDir } from './new-data-dir.ts';
import { electionTimeoutMsDefault, leaseTtlSecondsMin } from './replay-log.ts';

const flags: readonly DbFlag[] = [
  textFlag('data-dir', 'where the data directory is made (required)'),
  textFlag('wal-dir', 'where its log is made, if that is elsewhere'),
  textFlag('source-wal-dir', "a Go etcd's --wal-dir, if it had one"),
  {
    name: 'election-timeout',
    kind: 'count',
    defaultText: String(electionTimeoutMsDefault),
    summary: "the member's --election-timeout, which decides how short a lease may be",
  },
  textFlag('member-id', 'of a snapshot with several members: which one goes on (hexadecimal)'),
  textFlag(
    'cluster-id',
    'of a snapshot: its cluster (hexadecimal; default: as one member founded it)',
  ),
  skipHashCheckFlag,
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
      call.printResult(memberResult(dataDir, imported));
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
