import { constants } from 'node:fs';
import { copyFile, cp, lstat, mkdir, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { silentLog } from '../../base/log.ts';
import { type Bucket, buckets } from '../backend/backend.ts';
import { writeCheckpoint } from '../backend/checkpoint-file.ts';
import { LmdbBackend } from '../backend/lmdb-backend.ts';
import { checkpointName, dataName, metaBytes, pageBytes } from '../backend/prepare-file.ts';
import { stagingName } from '../bootstrap/data-dir.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { bootId, yieldToLoop } from '../live-state.ts';
import { checkDir, checkResult } from './check.ts';
import {
  type DbCall,
  type DbCommand,
  type DbFlag,
  DbRefusal,
  ExitCode,
  operand,
  textFlag,
} from './command.ts';
import { Findings } from './findings.ts';
import type { LmdbFile, Meta } from './lmdb-file.ts';
import type { Cut } from './lmdb-reads.ts';
import { type Salvaged, type SalvagePlan, salvage } from './salvage.ts';
import {
  metaFlag,
  openStateFile,
  openStoreDir,
  parseMetaChoice,
  type StoreDir,
} from './store-dir.ts';

const outputFlag = textFlag(
  'output',
  'the folder to write, which must not exist; nothing is changed in place',
);
const walDirFlag = textFlag(
  'wal-dir',
  "the log's folder, if elsewhere; it is copied into the output",
);
const skipFlag: DbFlag = {
  name: 'skip-damaged',
  kind: 'bool',
  defaultText: 'false',
  summary: 'leave out what cannot be read, instead of refusing',
};

const revertMeta: DbCommand = {
  name: 'surgery revert-meta',
  operands: 'DIR',
  summary: 'a copy at the state before, or at the last checkpoint',
  operandCount: 1,
  flags: [
    outputFlag,
    walDirFlag,
    textFlag('to', 'previous: the other meta page; checkpoint: the last checkpoint', 'previous'),
  ],
  run: async (call) => {
    const to = call.flags.text('to');
    if (to !== 'previous' && to !== 'checkpoint') {
      throw new DbRefusal('--to is one of previous, checkpoint');
    }
    await operate(call, to === 'checkpoint' ? 'checkpoint' : 'auto', async (file, state) => {
      const meta = to === 'checkpoint' ? file.metas[0] : previousOf(file);
      if (meta === undefined) throw new DbRefusal('no other meta page can be read');
      await revertTo(file, meta, state);
      return undefined;
    });
  },
};

const clearTable: DbCommand = {
  name: 'surgery clear-table',
  operands: 'DIR TABLE',
  summary: 'a copy with one table empty',
  operandCount: 2,
  flags: [outputFlag, walDirFlag, metaFlag, skipFlag],
  run: async (call) => {
    const name = operand(call, 1);
    const table = buckets.find((known) => known === name);
    if (table === undefined) throw new DbRefusal(`TABLE is one of ${buckets.join(', ')}`);
    const cleared: Bucket[] = [table];
    await salvageInto(call, { cleared, cut: undefined, rebuilds: false });
  },
};

const clearPage: DbCommand = {
  name: 'surgery clear-page',
  operands: 'DIR PAGE',
  summary: 'a copy without one page, or without some of its elements',
  operandCount: 2,
  flags: [
    outputFlag,
    walDirFlag,
    metaFlag,
    skipFlag,
    textFlag('from', 'the first element to clear'),
    textFlag('to', 'the last element to clear'),
  ],
  run: async (call) => {
    const page = wholeNumber('PAGE', operand(call, 1));
    await salvageInto(call, {
      cleared: [],
      cut: { page, elements: elementsOf(call) },
      rebuilds: false,
    });
  },
};

const rebuildDerived: DbCommand = {
  name: 'surgery rebuild-derived',
  operands: 'DIR',
  summary: 'a copy with everything that follows from the history made anew',
  operandCount: 1,
  flags: [outputFlag, walDirFlag, metaFlag, skipFlag],
  run: async (call) => {
    await salvageInto(call, { cleared: [], cut: undefined, rebuilds: true });
  },
};

export const surgeryCommands: readonly DbCommand[] = [
  revertMeta,
  clearTable,
  clearPage,
  rebuildDerived,
];

function elementsOf(call: DbCall): Cut['elements'] {
  const [from, to] = [call.flags.text('from'), call.flags.text('to')];
  if (from === '' && to === '') return undefined;
  const last = to === '' ? Number.MAX_SAFE_INTEGER : wholeNumber('--to', to);
  const first = from === '' ? 0 : wholeNumber('--from', from);
  if (first > last) throw new DbRefusal(`--from ${first} is behind --to ${last}`);
  return { from: first, to: last };
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new DbRefusal(`${name} is a whole number, not ${JSON.stringify(text)}`);
}

async function salvageInto(call: DbCall, plan: SalvagePlan): Promise<void> {
  const skips = call.flags.isOn('skip-damaged');
  await operate(call, parseMetaChoice(call.flags.text('meta')), async (file, state) => {
    const [meta] = file.metas;
    if (meta === undefined) throw new DbRefusal('no meta page can be read');
    const { cut } = plan;
    if (cut !== undefined && !(cut.page >= 2 && cut.page <= meta.lastPage)) {
      throw new DbRefusal(`page ${cut.page} is none of the store's, 2 to ${meta.lastPage}`);
    }
    const options = { dir: state, disk: nodeDisk, bootId: bootId(), log: silentLog };
    const backend = await LmdbBackend.open(options);
    let salvaged: Salvaged;
    try {
      salvaged = await salvage(file, meta, plan, backend, yieldToLoop);
    } finally {
      await backend.close();
    }
    const [first] = salvaged.losses;
    if (cut !== undefined && first === undefined && isEmpty(salvaged.lostEntries)) {
      throw new DbRefusal(`page ${cut.page} has nothing of a table that would be cleared`);
    }
    if (salvaged.unreadable === 0 || skips) return salvaged;
    const where = first === undefined ? '' : ` (table ${first.table}, page ${first.page})`;
    throw new DbRefusal(
      `${salvaged.unreadable} pages or records cannot be read${where}: ` +
        '--skip-damaged leaves them out',
    );
  });
}

function isEmpty(record: Readonly<Record<string, number>>): boolean {
  return Object.keys(record).length === 0;
}

/** Copies everything but the state, lets `write` make that, and checks the whole. */
async function operate(
  call: DbCall,
  choice: 'auto' | 'file' | 'checkpoint',
  write: (file: LmdbFile, state: string) => Promise<Salvaged | undefined>,
): Promise<void> {
  const output = call.flags.text('output');
  if (output === '') throw new DbRefusal('--output is needed: nothing is changed in place');
  if (await lstat(output).catch(() => undefined)) throw new DbRefusal(`${output} is there already`);
  const dir = await openStoreDir(operand(call, 0), call.flags.text('wal-dir'));
  let salvaged: Salvaged | undefined;
  try {
    const { file } = await openStateFile(dir.state, choice, new Findings());
    try {
      salvaged = await write(file, await copyRest(dir, join(output, stagingName)));
      await putInPlace(dir, output);
    } catch (error) {
      await rm(output, { recursive: true, force: true });
      throw error;
    } finally {
      file.close();
    }
  } finally {
    await dir.release();
  }
  await printOutcome(call, output, salvaged);
}

/**
 * Returns the folder for the state, which is empty. No member starts beside the staging folder, and
 * nobody takes it for a state, should this be the end.
 */
async function copyRest({ member, state }: StoreDir, staging: string): Promise<string> {
  await mkdir(staging, { recursive: true, mode: 0o700 });
  if (member === undefined) return staging;
  const options = { recursive: true, mode: constants.COPYFILE_FICLONE } as const;
  if (await nodeDisk.exists(member.wal)) await cp(member.wal, join(staging, 'wal'), options);
  if (await nodeDisk.exists(member.snap)) await cp(member.snap, join(staging, 'snap'), options);
  const target = join(staging, 'state', basename(state));
  await mkdir(target, { recursive: true, mode: 0o700 });
  return target;
}

async function putInPlace({ member }: StoreDir, output: string): Promise<void> {
  const staging = join(output, stagingName);
  await syncAll(staging);
  if (member !== undefined) await nodeDisk.rename(staging, join(output, 'member'));
  else {
    // A state without a checkpoint is none: that comes last.
    const names = (await readdir(staging)).filter((name) => name !== checkpointName);
    for (const name of [...names, checkpointName]) {
      await nodeDisk.rename(join(staging, name), join(output, name));
    }
    await nodeDisk.removeDir(staging);
  }
  await nodeDisk.syncDir(output);
  await nodeDisk.syncDir(dirname(output));
}

/** Files were copied by the system, which promises nothing about a power loss. */
async function syncAll(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      await syncAll(path);
      continue;
    }
    const file = await nodeDisk.open(path, 'read');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
  await nodeDisk.syncDir(dir);
}

/** The only one that is left counts, too. */
function previousOf(file: LmdbFile): Meta | undefined {
  return file.metas.length === 1 ? file.metas[0] : file.metas[1];
}

/** Both meta pages become the one that counts, and the checkpoint. */
async function revertTo(file: LmdbFile, meta: Meta, state: string): Promise<void> {
  const path = join(state, dataName);
  const metaPages = Buffer.alloc(metaBytes);
  await copyFile(file.path, path, constants.COPYFILE_FICLONE);
  for (const slot of [0, 1]) {
    metaPages.set(file.metaPage(meta.slot), slot * pageBytes);
    metaPages.writeBigUInt64LE(BigInt(slot), slot * pageBytes);
  }
  const handle = await open(path, 'r+');
  try {
    await handle.write(metaPages, 0, metaPages.length, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await writeCheckpoint(nodeDisk, state, checkpointName, { bootId: bootId(), metaPages });
}

async function printOutcome(
  call: DbCall,
  output: string,
  salvaged: Salvaged | undefined,
): Promise<void> {
  const report = await checkDir(output, '');
  const checked = checkResult(report);
  const { losses = [], lostEntries = {} } = salvaged ?? {};
  const lost = Object.entries(lostEntries).map(([table, count]) => `${count} of ${table}`);
  const lines = losses.map(({ table, page, message }) => {
    const at = page === undefined ? '' : `, page ${page}`;
    return `lost: table ${table}${at}: ${message}`;
  });
  const summary = `entries lost: ${lost.length === 0 ? 'none' : lost.join(', ')}`;
  call.printResult({
    columns: [['output', output], ['entries lost', lost.join(', ')], ...checked.columns],
    fields: [['Output', output], ['EntriesLost', lost.join(', ')], ...checked.fields],
    json: { output, lostEntries, losses, check: checked.json },
    text: [...lines, ...(salvaged === undefined ? [] : [summary]), checked.text].join('\n'),
  });
  if (!report.findings.isDamaged) return;
  throw new DbRefusal(`${output} is still damaged`, { exitCode: ExitCode.damaged });
}
