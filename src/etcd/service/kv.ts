import { putCost, txnCost } from '../alarm/quota.ts';
import type { Caller, Cancelable } from '../consensus/caller.ts';
import type { Answer, Consensus } from '../consensus/consensus.ts';
import type { RangeResult } from '../mvcc/store.ts';
import type {
  CompactionRequest,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import type { SpaceGuard } from './space-guard.ts';
import { checkDeleteRange, checkPut, checkRange, checkTxn } from './txn-check.ts';
import { isReadOnly, isSerializable, type RangeReader, readTxn } from './txn-read.ts';

const SHORT_LIST_KEYS = 100;

export type KvServiceOptions = {
  readonly consensus: Consensus;
  /** The store of this moment: a snapshot from the leader replaces it. */
  readonly store: () => RangeReader & {
    /** For lists that may be long: others get their turns meanwhile. */
    rangeInPieces(request: RangeRequest): Promise<RangeResult>;
  };
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
  range(request: RangeRequest, caller: Caller<RangeResult>): void {
    checkRange(request);
    const { consensus } = this.#options;
    if (request.serializable || consensus.canReadNow) return this.#readRange(request, caller);
    const read = (): void => this.#readRange(request, caller);
    consensus.readBarrierFor(new ReadAfterBarrier(caller, read));
  }

  put(request: PutRequest, caller: Caller<Answer>): void {
    this.#options.space.ensureSpace(putCost(request));
    checkPut(request);
    this.#options.consensus.proposeFor({ put: request }, caller);
  }

  deleteRange(request: DeleteRangeRequest, caller: Caller<Answer>): void {
    checkDeleteRange(request);
    this.#options.consensus.proposeFor({ deleteRange: request }, caller);
  }

  txn(request: TxnRequest, caller: Caller<Answer>): void {
    this.#options.space.ensureSpace(txnCost(request));
    checkTxn(request, this.#options.txnOpsMax);
    if (!isReadOnly(request)) return this.#options.consensus.proposeFor({ txn: request }, caller);
    const read = (): void => caller.answered(readTxn(request, this.#options.store()));
    if (isSerializable(request) || this.#options.consensus.canReadNow) return read();
    this.#options.consensus.readBarrierFor(new ReadAfterBarrier(caller, read));
  }

  /** With `physical` the answer waits until the old revisions are gone from this member's disk. */
  async compact(request: CompactionRequest, signal?: AbortSignal): Promise<Answer> {
    const answer = await this.#options.consensus.propose({ compaction: request }, signal);
    if (request.physical) await this.#options.compactionDone(request.revision);
    return { body: answer.body, revision: this.#options.store().currentRevision };
  }

  #readRange(request: RangeRequest, caller: Caller<RangeResult>): void {
    const store = this.#options.store();
    if (isShort(request)) return caller.answered(store.range(request));
    store.rangeInPieces(request).then(
      (result) => caller.answered(result),
      (error: unknown) => caller.failed(error),
    );
  }
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

/** Answered faster than a turn of the event loop takes. */
function isShort({ rangeEnd, limit }: RangeRequest): boolean {
  return rangeEnd.length === 0 || (limit > 0 && limit <= SHORT_LIST_KEYS);
}
