import { nodeDisk } from '../io/node-disk.ts';
import { planBbolt, streamBbolt } from '../snap/bbolt-writer.ts';
import { withTrailer, writePieces } from '../snap/snapshot-file.ts';
import { type DbCommand, operand } from './command.ts';
import { walDirFlag, withDatabase } from './database.ts';
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
    const totalSize = await withDatabase(call, async ({ source }) => {
      const plan = planBbolt(source);
      return await writePieces(nodeDisk, path, withTrailer(streamBbolt(source, plan)));
    });
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
