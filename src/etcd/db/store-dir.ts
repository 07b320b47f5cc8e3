import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readCheckpoint } from '../backend/checkpoint-file.ts';
import { checkpointName, dataName } from '../backend/prepare-file.ts';
import { DataDir } from '../bootstrap/data-dir.ts';
import type { DiskLock } from '../io/disk.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { bootId } from '../live-state.ts';
import { DbRefusal, textFlag } from './command.ts';
import type { Findings } from './findings.ts';
import { LmdbFile } from './lmdb-file.ts';
import { lockMember } from './stopped-member.ts';

/** A data directory, or only its state, that nobody uses meanwhile. */
export type StoreDir = {
  /** What was named. */
  readonly path: string;
  /** The folder of the state that the next start would open. */
  readonly state: string;
  /** undefined: only a state was named. */
  readonly member: DataDir | undefined;
  release(): Promise<void>;
};

/** `metaChoices`: `auto` is what the next start takes. */
export const metaChoices = ['auto', 'file', 'checkpoint'] as const;
export const metaFlag = textFlag(
  'meta',
  'which meta pages count: auto (as for the next start), file, checkpoint',
  'auto',
);
export type MetaChoice = (typeof metaChoices)[number];

/**
 * Takes a data directory, or a folder with a state in it. The lock of a data directory is held, so
 * that no member starts in it meanwhile; one that runs is a reason to refuse.
 */
export async function openStoreDir(path: string, walDir: string): Promise<StoreDir> {
  if (await isThere(join(path, dataName))) {
    const lock = await maybeLock(memberOf(path));
    return { path, state: path, member: undefined, release: async () => await lock?.release() };
  }
  const member = new DataDir(path, walDir);
  if (!(await isThere(member.state))) {
    throw new DbRefusal(`${path} is no data directory of etcd-ts: it has no member/state`);
  }
  const lock = await maybeLock(path);
  try {
    const state = await member.currentState(nodeDisk);
    if (!(await isThere(join(state, dataName)))) {
      throw new DbRefusal(`${member.state} has no ${dataName} in any of its folders`);
    }
    return { path, state, member, release: async () => await lock?.release() };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** Of a state in its usual place, DATA_DIR/member/state/INDEX. */
function memberOf(state: string): string {
  return dirname(dirname(dirname(resolve(state))));
}

/** A copy of a data directory may have none. */
async function maybeLock(dataDir: string): Promise<DiskLock | undefined> {
  if (!(await isThere(join(dataDir, 'member', 'lock')))) return undefined;
  return await lockMember(dataDir, nodeDisk);
}

/**
 * The state's file with the meta pages that count. After a restart of the machine, or on another
 * one, those are the checkpoint's, as for the next start of the member.
 */
export async function openStateFile(
  state: string,
  choice: MetaChoice,
  findings: Findings,
): Promise<{ readonly file: LmdbFile; readonly metasFrom: 'file' | 'checkpoint' }> {
  const path = join(state, dataName);
  const checkpointPath = join(state, checkpointName);
  let metaPages: Uint8Array | undefined;
  try {
    const checkpoint = await readCheckpoint(nodeDisk, checkpointPath);
    if (checkpoint === undefined) {
      const message = 'it is missing: a member does not start without it';
      findings.damage('checkpoint', { file: checkpointPath }, message);
    } else if (choice !== 'file' && (choice === 'checkpoint' || checkpoint.bootId !== bootId())) {
      metaPages = checkpoint.metaPages;
    }
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const message = cause instanceof Error ? cause.message : String(cause);
    findings.damage('checkpoint', { file: checkpointPath }, message);
  }
  if (choice === 'checkpoint' && metaPages === undefined) {
    throw new DbRefusal(`${checkpointPath} has no meta pages`);
  }
  const metasFrom = metaPages === undefined ? 'file' : 'checkpoint';
  return { file: new LmdbFile(path, metaPages), metasFrom };
}

export function parseMetaChoice(text: string): MetaChoice {
  const choice = metaChoices.find((known) => known === text);
  if (choice !== undefined) return choice;
  throw new DbRefusal(`--meta is one of ${metaChoices.join(', ')}`);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return false;
    throw error;
  }
}
