import type { MvccWriteTxn } from '../mvcc/write-txn.ts';
import type { State } from './state.ts';

/** What applying one request may look at and change. */
export type ApplyContext = {
  readonly state: State;
  readonly write: MvccWriteTxn;
  /** Nobody waits for the answer here: work that only serves the answer is left out. */
  readonly isAwaited: boolean;
  readonly nowMs: number;
};
