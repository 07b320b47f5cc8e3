import type { Revision } from './revision.ts';

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
  /** The key's live version before this change; undefined when there was none. */
  readonly previous: Revision | undefined;
};
