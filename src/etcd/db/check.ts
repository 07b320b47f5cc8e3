import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeDisk } from '../io/node-disk.ts';
import { openBbolt } from '../snap/bbolt-reader.ts';
import { parseSnapFileBytes } from '../snap/snap-file.ts';
import { checkTables, type TablesFigures } from './check-tables.ts';
import { checkAppliedAgainstWal, checkWal, type WalFigures } from './check-wal.ts';
import { type DbCommand, DbRefusal, ExitCode, operand } from './command.ts';
import { walDirFlag } from './database.ts';
import { type Finding, Findings, placeText } from './findings.ts';
import type { LmdbFile, Meta } from './lmdb-file.ts';
import { LmdbReads } from './lmdb-reads.ts';
import { checkStructure, type StructureFigures } from './lmdb-structure.ts';
import type { Result } from './output.ts';
import {
  type MetaChoice,
  metaFlag,
  openStateFile,
  openStoreDir,
  parseMetaChoice,
} from './store-dir.ts';

/** Everything that `db check` says. */
export type CheckReport = {
  readonly findings: Findings;
  readonly file: string;
  readonly metasFrom: 'file' | 'checkpoint';
  readonly transaction: number;
  readonly structure: StructureFigures | undefined;
  readonly tables: TablesFigures | undefined;
  readonly wal: WalFigures | undefined;
  /** The state before the newest one, when that is damaged: whether `revert-meta` would help. */
  readonly previous: { readonly transaction: number; readonly isWhole: boolean } | undefined;
};

export const checkCommand: DbCommand = {
  name: 'check',
  operands: 'DIR',
  summary: 'every page, table and log record of a data directory',
  operandCount: 1,
  flags: [walDirFlag, metaFlag],
  run: async (call) => {
    const meta = parseMetaChoice(call.flags.text('meta'));
    const report = await checkDir(operand(call, 0), call.flags.text('wal-dir'), meta);
    call.printResult(checkResult(report));
    if (!report.findings.isDamaged) return;
    throw new DbRefusal('the data is damaged; docs/operations.md says what to do', {
      exitCode: ExitCode.damaged,
    });
  },
};

/** Changes nothing. Refuses what is no store or is in use; everything else is a finding. */
export async function checkDir(
  path: string,
  walDir: string,
  choice: MetaChoice = 'auto',
): Promise<CheckReport> {
  const dir = await openStoreDir(path, walDir);
  const findings = new Findings();
  try {
    const { file, metasFrom } = await openStateFile(dir.state, choice, findings);
    let state: ReturnType<typeof checkState>;
    try {
      state = checkState(file, findings);
    } finally {
      file.close();
    }
    let wal: WalFigures | undefined;
    if (dir.member !== undefined) {
      wal = await checkLog(dir.member.wal, findings);
      if (wal !== undefined && state.tables !== undefined) {
        checkAppliedAgainstWal(state.tables, wal, findings);
      }
      await checkSnapFiles(dir.member.snap, findings);
    }
    return { findings, file: file.path, metasFrom, wal, ...state };
  } finally {
    await dir.release();
  }
}

function checkState(
  file: LmdbFile,
  findings: Findings,
): Pick<CheckReport, 'transaction' | 'structure' | 'tables' | 'previous'> {
  for (const problem of file.metaProblems) findings.damage('meta', { file: file.path }, problem);
  const [newest, previous] = file.metas;
  if (newest === undefined) {
    return { transaction: 0, structure: undefined, tables: undefined, previous: undefined };
  }
  const structure = checkStructure(file, newest, findings);
  const isWhole = !findings.isDamaged;
  // Whatever is damaged was said by then; the tables are compared as far as they can be read.
  const reads = new LmdbReads(file, newest, { onDamage: () => {} });
  return {
    transaction: newest.transaction,
    structure,
    tables: checkTables(reads, findings),
    previous: isWhole || previous === undefined ? undefined : previousState(file, previous),
  };
}

function previousState(file: LmdbFile, meta: Meta): NonNullable<CheckReport['previous']> {
  const findings = new Findings();
  checkStructure(file, meta, findings);
  return { transaction: meta.transaction, isWhole: !findings.isDamaged };
}

async function checkLog(dir: string, findings: Findings): Promise<WalFigures | undefined> {
  if (await nodeDisk.exists(dir)) return await checkWal(dir, nodeDisk, findings);
  findings.damage(
    'wal',
    { file: dir },
    'there is no log; if it is elsewhere, --wal-dir says where',
  );
  return undefined;
}

async function checkSnapFiles(dir: string, findings: Findings): Promise<void> {
  if (!(await nodeDisk.exists(dir))) return;
  for (const name of await nodeDisk.list(dir)) {
    const file = join(dir, name);
    if (name.endsWith('.snap')) {
      const parsed = parseSnapFileBytes(await readFile(file));
      if ('reason' in parsed) findings.damage('snapshot', { file }, parsed.reason);
    } else if (name.endsWith('.snap.db')) checkSnapDatabase(file, findings);
    else if (name.endsWith('.part') || name.endsWith('.broken')) {
      findings.waste('left-over', { file }, 'left over; nobody reads it');
    }
  }
}

function checkSnapDatabase(file: string, findings: Findings): void {
  try {
    const database = openBbolt(file);
    try {
      for (const bucket of database.buckets()) {
        for (const [key] of database.entries(bucket)) void key;
      }
    } finally {
      database.close();
    }
  } catch (error) {
    findings.damage('snapshot', { file }, error instanceof Error ? error.message : String(error));
  }
}

export function checkResult(report: CheckReport): Result {
  const { findings, structure, tables, wal } = report;
  const counts = [...findings.counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const verdict = findings.isDamaged ? 'damaged' : 'whole';
  const first = findings.first === undefined ? '' : findingText(findings.first);
  return {
    columns: [
      ['state', verdict],
      ['pages', String(structure?.pages ?? 0)],
      ['keys', String(tables?.keys ?? 0)],
      ['revision', String(tables?.lastRevision ?? 0)],
      ['applied index', String(tables?.appliedIndex ?? 0)],
      ['log records', String(wal?.records ?? 0)],
      ['findings', counts],
    ],
    fields: [
      ['State', verdict],
      ['Transaction', report.transaction],
      ['MetaPages', report.metasFrom],
      ...Object.entries({ ...structure, ...tables, ...wal }).map(
        ([name, value]) => [pascal(name), String(value)] as const,
      ),
      ['Findings', counts],
      ['First', first],
    ],
    json: {
      state: verdict,
      file: report.file,
      metaPages: report.metasFrom,
      transaction: report.transaction,
      structure,
      tables,
      wal,
      previous: report.previous,
      counts: Object.fromEntries(findings.counts),
      findings: findings.described,
    },
    text: checkText(report, verdict),
  };
}

function checkText(report: CheckReport, verdict: string): string {
  const { findings, structure, tables, wal, previous } = report;
  const lines = findings.described.map(findingText);
  for (const [kind, count] of findings.counts) {
    const shown = findings.described.filter((finding) => finding.kind === kind).length;
    if (count > shown) lines.push(`${kind}: ${count - shown} more`);
  }
  if (structure !== undefined) {
    const { pages, usedPages, freePages, leakedPages } = structure;
    const parts = `${usedPages} used, ${freePages} free, ${leakedPages} neither`;
    lines.push(`store: transaction ${report.transaction}, ${pages} pages (${parts})`);
  }
  if (tables !== undefined) {
    const { keys, deletedKeys, revisions, lastRevision, compactRevision } = tables;
    const compacted = compactRevision < 0 ? 'never compacted' : `compacted at ${compactRevision}`;
    lines.push(
      `contents: ${keys} keys, ${deletedKeys} deleted, ${revisions} versions, revision ` +
        `${lastRevision}, ${compacted}, applied index ${tables.appliedIndex}`,
    );
  }
  if (wal !== undefined) {
    const { segments, records, firstIndex, lastIndex, commit } = wal;
    lines.push(
      `log: ${segments} segments, ${records} records, entries ${firstIndex} to ${lastIndex}, ` +
        `commit index ${commit}`,
    );
  }
  if (previous !== undefined) {
    const state = previous.isWhole ? 'is whole: surgery revert-meta' : 'is damaged, too';
    lines.push(`the state before it, transaction ${previous.transaction}, ${state}`);
  }
  lines.push(verdict);
  return lines.join('\n');
}

function findingText({ severity, kind, place, message }: Finding): string {
  return `${severity} ${kind}: ${placeText(place)}: ${message}`;
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
