import type { MvccWriteTxn } from '../mvcc/write-txn.ts';
import type { State } from './state.ts';

/** What applying a request may look at and change. One serves a whole batch. */
export class ApplyContext {
  readonly state: State;
  readonly write: MvccWriteTxn;
  readonly nowMs: number;
  /** False: nobody waits for the answer here, work that only serves the answer is left out. */
  isAwaited = false;
  /** Of the entry that is being applied. */
  index = 0;

  constructor(state: State, write: MvccWriteTxn, nowMs: number) {
    this.state = state;
    this.write = write;
    this.nowMs = nowMs;
  }
}
