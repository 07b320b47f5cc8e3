import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { SimpleTokens } from '../auth/simple-token.ts';
import { DataDir } from '../bootstrap/data-dir.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { LiveState } from '../live-state.ts';
import { type DbCommand, DbRefusal, operand } from './command.ts';
import { placeOf } from './database.ts';
import { humanBytes } from './output.ts';
import { lockMember } from './stopped-member.ts';

/** The steps and what a kill in each of them leaves: docs/adr/0012-defragmentation.md. */
export const defragCommand: DbCommand = {
  name: 'defrag',
  operands: 'DIR',
  summary: "gives a stopped member's free pages back to the disk",
  operandCount: 1,
  flags: [],
  run: async (call) => {
    const place = await placeOf(operand(call, 0));
    if (place.kind !== 'member') {
      throw new DbRefusal(`${operand(call, 0)} is no data directory of etcd-ts`);
    }
    const lock = await lockMember(place.dataDir, nodeDisk);
    try {
      const { before, after } = await defragment(place.dataDir);
      call.printResult({
        columns: [
          ['size before', humanBytes(before)],
          ['size after', humanBytes(after)],
        ],
        fields: [
          ['SizeBefore', before],
          ['SizeAfter', after],
        ],
        json: { sizeBefore: before, sizeAfter: after },
      });
    } finally {
      await lock.release();
    }
  },
};

/** The log stays out of it: it begins where it began, and a start replays as much as before. */
async function defragment(dataDir: string): Promise<{ before: number; after: number }> {
  const state = await LiveState.open({
    dir: new DataDir(dataDir, ''),
    disk: nodeDisk,
    clock: systemClock,
    log: silentLog,
    leaseTtlSecondsMin: 1,
    quotaBytes: undefined,
    learnersMax: Number.POSITIVE_INFINITY,
    tokens: new SimpleTokens({ ttlMs: 1, tokensMax: 1 }),
  });
  try {
    const before = state.current.backend.sizeBytes();
    await state.defragment();
    return { before, after: state.current.backend.sizeBytes() };
  } finally {
    await state.close();
  }
}
