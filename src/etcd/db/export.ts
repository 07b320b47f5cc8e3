import { stat } from 'node:fs/promises';
import { nodeDisk } from '../io/node-disk.ts';
import { planBbolt, streamBbolt } from '../snap/bbolt-writer.ts';
import { withTrailer, writePieces } from '../snap/snapshot-file.ts';
import { type DbCommand, DbRefusal, operand } from './command.ts';
import { type OpenDatabase, walDirFlag, withDatabase } from './database.ts';
import { humanBytes } from './output.ts';

/** The file that `etcdctl snapshot save` would get from the member, had it gone on running. */
export const exportCommand: DbCommand = {
  name: 'export',
  operands: 'DIR FILE',
  summary: "a snapshot file from a stopped member's data directory",
  operandCount: 2,
  flags: [walDirFlag],
  run: async (call) => {
    const path = operand(call, 1);
    await refuseFolder(path);
    const write = async ({ source }: OpenDatabase): Promise<number> => {
      const plan = planBbolt(source);
      return await writePieces(nodeDisk, path, withTrailer(streamBbolt(source, plan)));
    };
    const totalSize = await withDatabase(call, write, { needsAll: true });
    call.printResult({
      columns: [
        ['file', path],
        ['total size', humanBytes(totalSize)],
      ],
      fields: [
        ['File', path],
        ['Size', totalSize],
      ],
      json: { file: path, totalSize },
    });
  },
};

/** Before the work, not after it. */
async function refuseFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (path === '' || found?.isDirectory() === true) {
    throw new DbRefusal(`${JSON.stringify(path)} is no name for a file`);
  }
}
