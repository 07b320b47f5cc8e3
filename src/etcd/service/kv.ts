import { putCost, txnCost } from '../alarm/quota.ts';
import { checkRangeAllowed, checkTxnAllowed } from '../auth/request-permission.ts';
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
import type { Access, Credentials } from './access.ts';
import type { SpaceGuard } from './space-guard.ts';
import { checkDeleteRange, checkPut, checkRange, checkTxn } from './txn-check.ts';
import { isReadOnly, isSerializable, type RangeReader, readTxn } from './txn-read.ts';

const SHORT_LIST_KEYS = 100;

export type KvServiceOptions = {
  readonly consensus: Consensus;
  readonly access: Access;
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

  txn(request: TxnRequest, caller: Caller<Answer>, by?: Credentials): void {
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

  #readTxn(request: TxnRequest, caller: Caller<Answer>, by: Credentials | undefined): void {
    const { access, store } = this.#options;
    const tell = (to: Caller<Answer>): void => to.answered(readTxn(request, store()));
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
