import test from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  argument,
  type Command,
  runScenario,
  scenarioFiles,
} from '../../../test/support/datadriven.ts';
import { loggingDisk } from '../../../test/support/logging-disk.ts';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { silentLog } from '../../base/log.ts';
import { Wal } from './wal.ts';

const DIR = '/m/wal';

/** What the log does to the disk, command by command: every write and every sync, in order. */
for (const path of scenarioFiles(fileURLToPath(new URL('testdata', import.meta.url)))) {
  test(`transcript ${path.split('/').at(-1)}`, async () => {
    const memory = new MemoryDisk();
    await memory.makeDir('/m');
    const lines: string[] = [];
    const disk = loggingDisk(memory, lines);
    const options = { segmentBytes: 1024, segmentsKept: 1 };
    let wal: Wal | undefined;
    const open = async (index: number): Promise<Wal> => {
      const from = { index, term: Math.min(index, 1) };
      return (await Wal.open(DIR, from, disk, silentLog, options)).wal;
    };
    const run = async (command: Command): Promise<void> => {
      const number = (name: string): number => Number(argument(command, name) ?? 0);
      switch (command.name) {
        case 'create':
          wal = await Wal.create(DIR, new Uint8Array([8, 1]), disk, options);
          return;
        case 'open':
          wal = await open(number('index'));
          return;
        case 'append': {
          const data = new Uint8Array(number('bytes')).fill(65);
          const entries = Array.from({ length: number('count') }, (_, i) => ({
            type: 0,
            term: 1,
            index: number('first') + i,
            data,
          }));
          const commit = argument(command, 'commit');
          const state = commit === undefined ? undefined : { term: 1, vote: 1n, commit: +commit };
          await wal?.append(entries, state, entries.length > 0);
          return;
        }
        case 'snapshot': {
          const confState = { voters: [1n], learners: [], votersOutgoing: [], learnersNext: [] };
          await wal?.saveSnapshot({
            index: number('index'),
            term: 1,
            confState: { ...confState, autoLeave: false },
          });
          return;
        }
        case 'release':
          await wal?.releaseBefore(number('index'));
          return;
        case 'tear': {
          const file = `${DIR}/${argument(command, 'file')}`;
          memory.place(file, memory.contents(file).slice(0, number('size')));
          return;
        }
        case 'close':
          await wal?.close();
          return;
        default:
          throw new Error(`${command.position}: no command ${command.name}`);
      }
    };
    await runScenario(path, async (command) => {
      lines.length = 0;
      await run(command);
      await new Promise((resolve) => setImmediate(resolve));
      return lines.join('\n') || 'nothing';
    });
  });
}
