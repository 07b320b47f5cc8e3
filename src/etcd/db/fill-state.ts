import { utf8Bytes } from '../../base/bytes.ts';
import type { Log } from '../../base/log.ts';
import { type Applied, writeApplied } from '../apply/applied-index.ts';
import { loadState } from '../apply/state.ts';
import { type BucketImport, importBuckets } from '../apply/state-transfer.ts';
import { SimpleTokens } from '../auth/simple-token.ts';
import type { WriteTxn } from '../backend/backend.ts';
import { LmdbBackend } from '../backend/lmdb-backend.ts';
import { limits } from '../config/limits.ts';
import type { Disk } from '../io/disk.ts';
import { unsyncedDisk } from '../io/unsynced-disk.ts';
import { bootId, yieldToLoop } from '../live-state.ts';
import { confStateJson } from '../membership/member-json.ts';
import { confStateKey } from '../membership/membership.ts';
import type { ConfState } from '../proto/generated/raftpb.ts';

export type FillOptions = {
  readonly path: string;
  readonly disk: Disk;
  readonly log: Log;
};

/**
 * Makes a state of etcd's buckets, durable when it resolves; `change` runs last. Until then it is
 * worth nothing, so it reaches the disk once: when the store that was filled is opened again. A
 * checkpoint in between only lets pages be used again.
 */
export async function fillState<T>(
  { path, disk, log }: FillOptions,
  source: BucketImport,
  change: (backend: LmdbBackend) => Promise<T> | T,
): Promise<T> {
  const options = { dir: path, bootId: bootId(), log };
  const unsynced = { ...options, disk: unsyncedDisk(disk), isSynced: false };
  const filling = await LmdbBackend.open(unsynced);
  try {
    await importBuckets(filling, source, yieldToLoop, limits.importStepAlone);
  } finally {
    await filling.close();
  }
  const backend = await LmdbBackend.open({ ...options, disk });
  try {
    const result = await change(backend);
    assertLoads(backend);
    return result;
  } finally {
    await backend.close();
  }
}

/** Where the log goes on behind the state. */
export function writePosition(txn: WriteTxn, applied: Applied, confState: ConfState): void {
  writeApplied(txn, applied);
  txn.put('meta', confStateKey, utf8Bytes(confStateJson(confState)));
}

/** What a start reads: an alarm or a user that cannot be read must not come to light only then. */
function assertLoads(backend: LmdbBackend): void {
  const tokens = new SimpleTokens({ ttlMs: 1, tokensMax: 1 });
  loadState(backend, { leaseTtlSecondsMin: 1, yieldToLoop, tokens });
}
