import type { Backend } from '../backend/backend.ts';
import type { RangeRequest } from '../proto/generated/etcdserverpb.ts';
import type { Revision } from './revision.ts';

export type RangeResult = {
  /** Encoded mvccpb.KeyValue messages. */
  readonly kvs: readonly Uint8Array[];
  readonly count: number;
  readonly more: boolean;
  /** The store's current revision, whatever revision was read. */
  readonly revision: number;
};

/** One change as watchers see it. */
export type Change = {
  /** 0 PUT, 1 DELETE, as in mvccpb.Event. */
  readonly type: 0 | 1;
  readonly main: number;
  readonly sub: number;
  readonly key: Uint8Array;
  /** Encoded mvccpb.KeyValue; of a DELETE only key and mod_revision are set. */
  readonly keyValue: Uint8Array;
  readonly isCreate: boolean;
  /** Where the key's version before this change is stored; undefined when there was none. */
  readonly previous: Revision | undefined;
};

export type HashKvResult = {
  readonly hash: number;
  /** -1 before the first compaction. */
  readonly compactRevision: number;
  readonly hashRevision: number;
};

export declare class MvccStore {
  static open(backend: Backend): MvccStore;
  /** 1 in an empty store. */
  get currentRevision(): number;
  /** -1 before the first compaction. */
  get compactRevision(): number;
  /** Throws EtcdError Compacted or FutureRev. Ignores `serializable`. */
  range(request: RangeRequest): RangeResult;
  /** Whole revisions from `from` on, oldest first, about `limit` changes; throws Compacted. */
  changes(from: number, limit: number): { changes: readonly Change[]; nextRevision: number };
  /** The encoded KeyValue just before the change; undefined when there was none or it is compacted. */
  previousKeyValue(change: Change): Uint8Array | undefined;
  /** 0 = current revision. Rejects with EtcdError Compacted or FutureRev. */
  hashKv(revision: number): Promise<HashKvResult>;
}
