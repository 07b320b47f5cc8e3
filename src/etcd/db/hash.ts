import { hashKvOfBuckets } from './bucket-figures.ts';
import type { DbCommand } from './command.ts';
import { walDirFlag, withDatabase } from './database.ts';

/** The HashKV that a member with this data answers, and what `etcdutl hashkv` says. */
export const hashCommand: DbCommand = {
  name: 'hash',
  operands: 'FILE|DIR',
  summary: 'HashKV of a snapshot or a stopped member: the hash of all keys with their history',
  operandCount: 1,
  flags: [
    walDirFlag,
    {
      name: 'rev',
      kind: 'count',
      defaultText: '0',
      summary: 'maximum revision to hash; 0 is the newest',
    },
  ],
  run: async (call) => {
    const { hash, hashRevision, compactRevision } = await withDatabase(call, ({ source }) =>
      hashKvOfBuckets(source, call.flags.count('rev')),
    );
    call.printResult({
      columns: [
        ['hash', String(hash)],
        ['hash revision', String(hashRevision)],
        ['compact revision', String(compactRevision)],
      ],
      fields: [
        ['Hash', hash],
        ['Hash revision', hashRevision],
        ['Compact revision', compactRevision],
      ],
      json: { hash, hashRevision, compactRevision },
    });
  },
};
