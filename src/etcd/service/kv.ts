import { putCost, txnCost } from '../alarm/quota.ts';
import { checkRangeAllowed, checkTxnAllowed } from '../auth/request-permission.ts';
import type { Caller, Cancelable } from '../consensus/caller.ts';
import type { Answer, Consensus } from '../consensus/consensus.ts';
import type { RangeResult, ReadSteps } from '../mvcc/store.ts';
import type {
  CompactionRequest,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import type { Access, Credentials } from './access.ts';
import type { SpaceGuard } from './space-guard.ts';
import { checkDeleteRange, checkPut, checkRange, checkTxn } from './txn-check.ts';
import {
  isReadOnly,
  isSerializable,
  type StoreState,
  type TxnAnswer,
  txnSteps,
} from './txn-read.ts';

/** Long reads let others have their turns meanwhile; short ones are answered at once. */
export interface ReadableStore extends StoreState {
  rangeInPieces(request: RangeRequest): RangeResult | Promise<RangeResult>;
  readInPieces<T>(steps: () => ReadSteps<T>): T | Promise<T>;
}

export type KvServiceOptions = {
  readonly consensus: Consensus;
  readonly access: Access;
  /** The store of this moment: a snapshot from the leader replaces it. */
  readonly store: () => ReadableStore;
  readonly space: SpaceGuard;
  readonly txnOpsMax: number;
  /** Resolves when the revisions below a compaction that was applied here are gone. */
  readonly compactionDone: (revision: number) => Promise<void>;
};

/** Reads and writes of keys: check the request, then read locally or go through the log. */
export class KvService {
  readonly #options: KvServiceOptions;

  constructor(options: KvServiceOptions) {
    this.#options = options;
  }

  /** What is short and needs no barrier is answered at once, without a turn of the event loop. */
  range(request: RangeRequest, caller: Caller<RangeResult>, by?: Credentials): void {
    checkRange(request);
    const { consensus } = this.#options;
    if (request.serializable || consensus.canReadNow) return this.#readRange(request, caller, by);
    const read = (): void => this.#readRange(request, caller, by);
    consensus.readBarrierFor(new ReadAfterBarrier(caller, read));
  }

  put(request: PutRequest, caller: Caller<Answer>, by?: Credentials): void {
    this.#options.space.ensureSpace(putCost(request));
    checkPut(request);
    const decoded = { put: request };
    this.#options.access.proposeFor(decoded, caller, by, decoded);
  }

  deleteRange(request: DeleteRangeRequest, caller: Caller<Answer>, by?: Credentials): void {
    checkDeleteRange(request);
    this.#options.access.proposeFor({ deleteRange: request }, caller, by);
  }

  txn(request: TxnRequest, caller: Caller<TxnAnswer>, by?: Credentials): void {
    const { access, consensus, space } = this.#options;
    space.ensureSpace(txnCost(request));
    checkTxn(request, this.#options.txnOpsMax);
    if (!isReadOnly(request)) {
      const decoded = { txn: request };
      return access.proposeFor(decoded, caller, by, decoded);
    }
    const read = (): void => this.#readTxn(request, caller, by);
    if (isSerializable(request) || consensus.canReadNow) return read();
    consensus.readBarrierFor(new ReadAfterBarrier(caller, read));
  }

  /** With `physical` the answer waits until the old revisions are gone from this member's disk. */
  async compact(request: CompactionRequest, signal?: AbortSignal): Promise<Answer> {
    const answer = await this.#options.consensus.propose({ compaction: request }, signal);
    if (request.physical) await this.#options.compactionDone(request.revision);
    return { body: answer.body, revision: this.#options.store().currentRevision };
  }

  #readTxn(request: TxnRequest, caller: Caller<TxnAnswer>, by: Credentials | undefined): void {
    const { access } = this.#options;
    const tell = (to: Caller<TxnAnswer>): void => {
      const store = this.#options.store();
      tellWhenRead(
        store.readInPieces(() => txnSteps(request, store)),
        to,
      );
    };
    if (!access.isEnabled) return tell(caller);
    access.readFor(by, (asking) => checkTxnAllowed(asking, request), caller, tell);
  }

  /** Behind the barrier, so that no read is let in by rules that were over before it was asked. */
  #readRange(
    request: RangeRequest,
    caller: Caller<RangeResult>,
    by: Credentials | undefined,
  ): void {
    const { access } = this.#options;
    if (!access.isEnabled) return this.#tellRange(request, caller);
    const tell = (to: Caller<RangeResult>): void => this.#tellRange(request, to);
    access.readFor(by, (asking) => checkRangeAllowed(asking, request), caller, tell);
  }

  #tellRange(request: RangeRequest, caller: Caller<RangeResult>): void {
    tellWhenRead(this.#options.store().rangeInPieces(request), caller);
  }
}

/** What is short is told without a turn of the event loop. */
function tellWhenRead<T>(read: T | Promise<T>, caller: Caller<T>): void {
  if (!(read instanceof Promise)) return caller.answered(read);
  read.then(
    (result) => caller.answered(result),
    (error: unknown) => caller.failed(error),
  );
}

/** Reads for its caller when the barrier is passed. */
class ReadAfterBarrier implements Caller<void> {
  readonly #caller: Caller<never>;
  readonly #read: () => void;

  constructor(caller: Caller<never>, read: () => void) {
    this.#caller = caller;
    this.#read = read;
  }

  answered(): void {
    try {
      this.#read();
    } catch (error) {
      this.#caller.failed(error);
    }
  }

  failed(error: unknown): void {
    this.#caller.failed(error);
  }

  waitsFor(work: Cancelable): void {
    this.#caller.waitsFor(work);
  }
}
