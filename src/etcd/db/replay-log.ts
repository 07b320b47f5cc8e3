import type { Log } from '../../base/log.ts';
import type { Applied } from '../apply/applied-index.ts';
import { Applier } from '../apply/applier.ts';
import { loadState, type State } from '../apply/state.ts';
import { SimpleTokens } from '../auth/simple-token.ts';
import type { Backend } from '../backend/backend.ts';
import { limits } from '../config/limits.ts';
import type { Disk } from '../io/disk.ts';
import { yieldToLoop } from '../live-state.ts';
import { decodeMetadata } from '../proto/generated/etcdserverpb.ts';
import type { Entry } from '../proto/generated/raftpb.ts';
import { Wal } from '../wal/wal.ts';
import { DbRefusal } from './command.ts';

/** What a stopped member's log says behind its state. */
export type LogTail = {
  /** Who wrote the log: encoded ids of the member and its cluster. */
  readonly metadata: Uint8Array;
  readonly commit: number;
  /** Behind the state's own index, without a gap. */
  readonly entries: readonly Entry[];
};

/** etcd's `--election-timeout`. */
export const electionTimeoutMsDefault = 1_000;

/** The shortest lease that a member with this election timeout grants, as etcd has it. */
export function leaseTtlSecondsMin(electionTimeoutMs: number): number {
  return Math.ceil((1.5 * electionTimeoutMs) / 1_000);
}

/**
 * What the log has behind the state; nothing when the state came from a leader's snapshot and is
 * ahead of it. Changes nothing.
 */
export async function readTail(
  walDir: string,
  applied: Applied,
  disk: Disk,
  log: Log,
): Promise<LogTail> {
  if (!(await Wal.exists(walDir, disk))) {
    throw new DbRefusal(`there is no log in ${walDir}; if it is elsewhere, say where`);
  }
  const markers = await Wal.readSnapshots(walDir, applied.index, disk, log);
  const marker = markers.findLast(({ index }) => index <= applied.index) ?? { index: 0, term: 0 };
  const { metadata, hardState, entries } = await Wal.read(walDir, marker, disk, log);
  const at = applied.index - marker.index;
  const isAhead = at > 0 && entries[at - 1]?.term !== applied.term;
  return { metadata, commit: hardState.commit, entries: isAhead ? [] : entries.slice(at) };
}

/** Tokens live in a member's memory: whoever replays a log needs none of them. */
const tokenOptions = { ttlMs: 1, tokensMax: 1 };

/**
 * Applies what is surely committed, as a start of the member would. The log's commit index may lag
 * behind what was acknowledged, because it is not synced by itself; a member that is the only voter
 * needs nobody's consent, so of its log all is committed.
 */
export async function replayLog(
  backend: Backend,
  { metadata, commit, entries }: LogTail,
  leaseTtlSeconds: number,
): Promise<void> {
  const { NodeID: memberId } = decodeMetadata(metadata);
  const tokens = new SimpleTokens(tokenOptions);
  const state = loadState(backend, { leaseTtlSecondsMin: leaseTtlSeconds, yieldToLoop, tokens });
  const applier = new Applier(state, { memberId, quotaBytes: undefined });
  const nobodyWaits = (): boolean => false;
  try {
    for (let at = 0; at < entries.length; ) {
      const count = nextBatch(entries, at, commit, state, memberId);
      if (count === 0) break;
      applyAll(applier, entries.slice(at, at + count), nobodyWaits);
      at += count;
      await yieldToLoop();
    }
  } finally {
    await state.store.stop();
  }
}

/** How many entries from `at` on may be applied together; 0 when the rest is not surely committed. */
function nextBatch(
  entries: readonly Entry[],
  at: number,
  commit: number,
  state: State,
  memberId: bigint,
): number {
  const left = entries.length - at;
  const committed = commit - (entries[at] as Entry).index + 1;
  if (committed > 0) return Math.min(left, committed, limits.raftApplyEntriesMax);
  const { voters } = state.membership.confState();
  // One by one: each may add a voter.
  return voters.length === 1 && voters[0] === memberId ? 1 : 0;
}

function applyAll(applier: Applier, entries: readonly Entry[], isAwaited: () => boolean): void {
  try {
    applier.applyBatch(entries, isAwaited, 0);
  } catch (cause) {
    const [first, last] = [entries[0]?.index, entries.at(-1)?.index];
    throw new DbRefusal(`the log's entries ${first} to ${last} cannot be applied`, { cause });
  }
}
