import { putCost, txnCost } from '../alarm/quota.ts';
import type { Answer, Consensus } from '../consensus/consensus.ts';
import type { RangeResult } from '../mvcc/store.ts';
import type {
  CompactionRequest,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import { rangeBody } from './range-answer.ts';
import type { SpaceGuard } from './space-guard.ts';
import { checkDeleteRange, checkPut, checkRange, checkTxn } from './txn-check.ts';
import { isReadOnly, isSerializable, type RangeReader, readTxn } from './txn-read.ts';

const SHORT_LIST_KEYS = 100;

/** An answer whose body may be long: in pieces, as the store keeps them. */
export type ListAnswer = { readonly body: readonly Uint8Array[]; readonly revision: number };

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

  /** A short serializable range is answered at once, without a turn of the event loop. */
  range(request: RangeRequest, signal?: AbortSignal): ListAnswer | Promise<ListAnswer> {
    checkRange(request);
    if (request.serializable) return this.#readRange(request);
    return this.#options.consensus.readBarrier(signal).then(() => this.#readRange(request));
  }

  async put(request: PutRequest, signal?: AbortSignal): Promise<Answer> {
    this.#options.space.ensureSpace(putCost(request));
    checkPut(request);
    return await this.#options.consensus.propose({ put: request }, signal);
  }

  async deleteRange(request: DeleteRangeRequest, signal?: AbortSignal): Promise<Answer> {
    checkDeleteRange(request);
    return await this.#options.consensus.propose({ deleteRange: request }, signal);
  }

  async txn(request: TxnRequest, signal?: AbortSignal): Promise<Answer> {
    this.#options.space.ensureSpace(txnCost(request));
    checkTxn(request, this.#options.txnOpsMax);
    if (!isReadOnly(request)) {
      return await this.#options.consensus.propose({ txn: request }, signal);
    }
    if (!isSerializable(request)) await this.#options.consensus.readBarrier(signal);
    return readTxn(request, this.#options.store());
  }

  /** With `physical` the answer waits until the old revisions are gone from this member's disk. */
  async compact(request: CompactionRequest, signal?: AbortSignal): Promise<Answer> {
    const answer = await this.#options.consensus.propose({ compaction: request }, signal);
    if (request.physical) await this.#options.compactionDone(request.revision);
    return { body: answer.body, revision: this.#options.store().currentRevision };
  }

  #readRange(request: RangeRequest): ListAnswer | Promise<ListAnswer> {
    const store = this.#options.store();
    if (isShort(request)) return rangeAnswer(store.range(request));
    return store.rangeInPieces(request).then(rangeAnswer);
  }
}

/** Answered faster than a turn of the event loop takes. */
function isShort({ rangeEnd, limit }: RangeRequest): boolean {
  return rangeEnd.length === 0 || (limit > 0 && limit <= SHORT_LIST_KEYS);
}

function rangeAnswer(result: RangeResult): ListAnswer {
  return { body: rangeBody(result), revision: result.revision };
}
