/** One change of one key, as far as watchers look at it. The store's own `Change` is one. */
export type WatchedChange = {
  /** mvccpb.Event's type: 0 PUT, 1 DELETE. */
  readonly type: 0 | 1;
  /** The revision (main part); all changes of one request share it. */
  readonly main: number;
  readonly key: Uint8Array;
  /** The encoded mvccpb.KeyValue of the event; a delete carries key and mod_revision only. */
  readonly keyValue: Uint8Array;
};

/** The part of the store that watchers read. */
export interface WatchStore {
  readonly currentRevision: number;
  /** −1 before the first compaction. */
  readonly compactRevision: number;
  /**
   * Changes from revision `from` on, oldest first and whole revisions only; about `limit` of them.
   * `nextRevision` is the first revision that the answer does not cover.
   */
  changes(
    from: number,
    limit: number,
  ): { readonly changes: readonly WatchedChange[]; readonly nextRevision: number };
  /** The encoded KeyValue just before the change; undefined for a creation or when it is compacted. */
  previousKeyValue(change: WatchedChange): Uint8Array | undefined;
}
