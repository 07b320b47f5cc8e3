import { bucketFigures } from './bucket-figures.ts';
import type { DbCommand } from './command.ts';
import { walDirFlag, withDatabase } from './database.ts';
import { humanBytes, type Result } from './output.ts';

export const statusCommand: DbCommand = {
  name: 'status',
  operands: 'FILE|DIR',
  summary: 'hash, revision, keys, size and version of a snapshot or a stopped member',
  operandCount: 1,
  flags: [walDirFlag],
  run: async (call) => {
    const result = await withDatabase(call, (database) => {
      const figures = bucketFigures(database.source);
      return statusResult({ ...figures, totalSize: database.sizeBytes() });
    });
    call.printResult(result);
  },
};

type Status = ReturnType<typeof bucketFigures> & { readonly totalSize: number };

function statusResult({ hash, revision, totalKey, totalSize, version }: Status): Result {
  return {
    columns: [
      ['hash', hash.toString(16)],
      ['revision', String(revision)],
      ['total keys', String(totalKey)],
      ['total size', humanBytes(totalSize)],
      ['version', version],
    ],
    fields: [
      ['Hash', hash],
      ['Revision', revision],
      ['Keys', totalKey],
      ['Size', totalSize],
      ['Version', version],
    ],
    json: { hash, revision, totalKey, totalSize, version },
  };
}
