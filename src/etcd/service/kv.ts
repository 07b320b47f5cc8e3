import { putCost, txnCost } from '../alarm/quota.ts';
import { checkRangeAllowed, checkTxnAllowed } from '../auth/request-permission.ts';
import type { Caller, Cancelable } from '../consensus/caller.ts';
import type { Answer, Consensus } from '../consensus/consensus.ts';
import type { Leaving, RangeResult, ReadSteps } from '../mvcc/store.ts';
import type {
  CompactionRequest,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import { type RequestTiming, untimed } from '../timing/timing.ts';
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
  rangeInPieces(request: RangeRequest, reader?: Leaving): RangeResult | Promise<RangeResult>;
  readInPieces<T>(steps: () => ReadSteps<T>, reader?: Leaving): T | Promise<T>;
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
  readonly timing?: RequestTiming;
};

/** Reads and writes of keys: check the request, then read locally or go through the log. */
export class KvService {
  readonly #options: KvServiceOptions;
  readonly #timing: RequestTiming;

  constructor(options: KvServiceOptions) {
    this.#options = options;
    this.#timing = options.timing ?? untimed;
  }

  /** What is short and needs no barrier is answered at once, without a turn of the event loop. */
  range(request: RangeRequest, caller: Caller<RangeResult>, by?: Credentials): void {
    checkRange(request);
    const { consensus, access } = this.#options;
    const startedMs = this.#timing.nowMs();
    const isNow = request.serializable || consensus.canReadNow;
    if (isNow && !access.isEnabled) return this.#rangeNow(request, caller, startedMs);
    const timed = new TimedRange(caller, request, startedMs, this.#timing);
    timed.attempt(() => {
      if (isNow) return this.#readRange(request, timed, by);
      consensus.readBarrierFor(
        new ReadAfterBarrier(timed, () => this.#readRange(request, timed, by)),
      );
    });
  }

  put(request: PutRequest, caller: Caller<Answer>, by?: Credentials): void {
    const refusal = this.#options.space.ensureSpace(putCost(request));
    if (refusal !== undefined) return failLater(refusal, caller);
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
    const refusal = space.ensureSpace(txnCost(request));
    if (refusal !== undefined) return failLater(refusal, caller);
    checkTxn(request, this.#options.txnOpsMax);
    if (!isReadOnly(request)) {
      const decoded = { txn: request };
      return access.proposeFor(decoded, caller, by, decoded);
    }
    const timed = new TimedTxn(caller, request, this.#timing);
    const read = (): void => timed.attempt(() => this.#readTxn(request, timed, by));
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
      const reader = new Reader();
      tellWhenRead(
        store.readInPieces(() => txnSteps(request, store), reader),
        to,
        reader,
      );
    };
    if (!access.isEnabled) return tell(caller);
    access.readFor(by, (asking) => checkTxnAllowed(asking, request), caller, tell);
  }

  /** The usual read: nothing is made for it. */
  #rangeNow(request: RangeRequest, caller: Caller<RangeResult>, startedMs: number): void {
    let read: RangeResult | Promise<RangeResult>;
    const reader = readerOf(request);
    try {
      read = this.#options.store().rangeInPieces(request, reader);
    } catch (error) {
      this.#timing.rangeEnded(request, startedMs, startedMs, undefined, error);
      throw error;
    }
    if (read instanceof Promise) {
      const timed = new TimedRange(caller, request, startedMs, this.#timing);
      timed.readMs = startedMs;
      return tellWhenRead(read, timed, reader);
    }
    this.#timing.rangeEnded(request, startedMs, startedMs, read, undefined);
    caller.answered(read);
  }

  /** Behind the barrier, so that no read is let in by rules that were over before it was asked. */
  #readRange(request: RangeRequest, caller: TimedRange, by: Credentials | undefined): void {
    const { access } = this.#options;
    const tell = (to: Caller<RangeResult>): void => {
      caller.readMs = this.#timing.nowMs();
      const reader = readerOf(request);
      tellWhenRead(this.#options.store().rangeInPieces(request, reader), to, reader);
    };
    if (!access.isEnabled) return tell(caller);
    access.readFor(by, (asking) => checkRangeAllowed(asking, request), caller, tell);
  }
}

/** A client that waits for a long read: when it goes away, no further piece is read. */
class Reader implements Cancelable {
  hasLeft = false;

  cancel(): void {
    this.hasLeft = true;
  }
}

/** A single key is read at once. */
function readerOf({ rangeEnd }: RangeRequest): Reader | undefined {
  return rangeEnd.length === 0 ? undefined : new Reader();
}

/** What is short is told without a turn of the event loop. */
function tellWhenRead<T>(
  read: T | Promise<T>,
  caller: Caller<T>,
  reader: Reader | undefined,
): void {
  if (!(read instanceof Promise)) return caller.answered(read);
  if (reader !== undefined) caller.waitsFor(reader);
  read.then(
    (result) => caller.answered(result),
    (error: unknown) => caller.failed(error),
  );
}

/** Tells how long a read took before it tells its caller what was read. */
abstract class TimedRead<T> implements Caller<T> {
  readonly #caller: Caller<T>;

  constructor(caller: Caller<T>) {
    this.#caller = caller;
  }

  answered(value: T): void {
    this.ended(value, undefined);
    this.#caller.answered(value);
  }

  failed(error: unknown): void {
    this.ended(undefined, error);
    this.#caller.failed(error);
  }

  waitsFor(work: Cancelable): void {
    this.#caller.waitsFor(work);
  }

  /** What is thrown has ended the read, too; whoever called is told by it. */
  attempt(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.ended(undefined, error);
      throw error;
    }
  }

  protected abstract ended(value: T | undefined, error: unknown): void;
}

class TimedRange extends TimedRead<RangeResult> {
  readonly #request: RangeRequest;
  readonly #startedMs: number;
  readonly #timing: RequestTiming;
  /** When reading began. */
  readMs = Number.POSITIVE_INFINITY;

  constructor(
    caller: Caller<RangeResult>,
    request: RangeRequest,
    startedMs: number,
    timing: RequestTiming,
  ) {
    super(caller);
    this.#request = request;
    this.#startedMs = startedMs;
    this.#timing = timing;
  }

  protected ended(result: RangeResult | undefined, error: unknown): void {
    this.#timing.rangeEnded(this.#request, this.#startedMs, this.readMs, result, error);
  }
}

/** etcd times transactions that only read from behind their barrier. */
class TimedTxn extends TimedRead<TxnAnswer> {
  readonly #request: TxnRequest;
  readonly #startedMs: number;
  readonly #timing: RequestTiming;
  #readMs = 0;

  constructor(caller: Caller<TxnAnswer>, request: TxnRequest, timing: RequestTiming) {
    super(caller);
    this.#request = request;
    this.#startedMs = timing.nowMs();
    this.#timing = timing;
  }

  override attempt(read: () => void): void {
    this.#readMs = this.#timing.nowMs();
    super.attempt(read);
  }

  protected ended(answer: TxnAnswer | undefined, error: unknown): void {
    this.#timing.readTxnEnded(this.#request, this.#startedMs, this.#readMs, answer, error);
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

function failLater(refusal: Promise<never>, caller: Caller<never>): void {
  refusal.catch((error: unknown) => caller.failed(error));
}
