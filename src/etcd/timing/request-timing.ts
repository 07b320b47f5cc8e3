import type { Clock } from '../../base/clock.ts';
import { CoarseClock } from '../../base/coarse-clock.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { EtcdError } from '../errors.ts';
import type { Distribution } from '../metrics/instruments.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import type {
  InternalRaftRequest,
  RangeRequest,
  TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import { type RequestKind, requestKindOf, requestKinds } from '../proto/request-kind.ts';
import { SampledLog } from './sampled-log.ts';
import { SlowRequests } from './slow-requests.ts';
import type { RequestTiming, TimedAnswer, TimedCall, TimedProposal, TimedRange } from './timing.ts';

export type TimingOptions = {
  readonly metrics: ServerMetrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** `--warning-apply-duration` */
  readonly warnApplyMs: number;
  /** `--warning-unary-request-duration` */
  readonly warnCallMs: number;
  /** At log level debug every call has a line. */
  readonly logsEachCall: boolean;
};

/** etcd logs the steps of a request that took longer than this, whatever is configured. */
const traceMs = 100;

/** etcd's histograms of requests, and its log lines about slow ones. */
export class MemberTiming implements RequestTiming {
  readonly #options: TimingOptions;
  readonly #time: CoarseClock;
  readonly #slow: SlowRequests;
  readonly #requests: ReadonlyMap<RequestKind, Outcomes>;
  readonly #applies: ReadonlyMap<RequestKind, Outcomes>;
  readonly #rangeRequests: Outcomes;
  readonly #rangeReads: Outcomes;
  readonly #txnReads: Outcomes;
  #batchMs = 0;
  #appliedMs = 0;

  constructor(options: TimingOptions) {
    this.#options = options;
    this.#time = new CoarseClock(options.clock);
    const { metrics, clock, log } = options;
    this.#slow = new SlowRequests(new SampledLog(log, clock), clock, options);
    const { requestSeconds, applySeconds, rangeSeconds } = metrics;
    const requests = (type: string) =>
      new Outcomes((success) => requestSeconds.series({ type, success }));
    const applies = (op: string) =>
      new Outcomes((success) => applySeconds.series({ version: 'v3', op, success }));
    this.#requests = new Map(requestKinds.map((kind) => [kind, requests(kind)]));
    this.#applies = new Map(requestKinds.map((kind) => [kind, applies(kind)]));
    this.#rangeRequests = requests('Range');
    this.#txnReads = requests('ReadonlyTxn');
    this.#rangeReads = new Outcomes((success) => rangeSeconds.series({ success }));
  }

  nowMs(): number {
    return this.#time.nowMs();
  }

  exactMs(): number {
    return this.#time.exactMs();
  }

  rangeEnded(
    request: RangeRequest,
    startedMs: number,
    readMs: number,
    result: TimedRange | undefined,
    error: unknown,
  ): void {
    const isPoint = request.rangeEnd.length === 0;
    const nowMs = isPoint ? this.#time.nowMs() : this.#time.exactMs();
    const tookMs = nowMs - startedMs;
    const isOk = result !== undefined;
    this.#rangeRequests.observe(isOk, tookMs);
    // Infinity: it failed before anything was read.
    if (readMs <= nowMs) this.#rangeReads.observe(isOk, nowMs - readMs);
    if (tookMs > this.#options.warnApplyMs) {
      this.#options.metrics.slowApplies.inc();
      this.#slow.range(request, tookMs, result, error);
    }
    if (tookMs > traceMs) this.#slow.traceRange(request, startedMs, readMs, nowMs, result);
  }

  pieceEnded(readMs: number, isOk: boolean): void {
    const nowMs = this.#time.exactMs();
    if (readMs <= nowMs) this.#rangeReads.observe(isOk, nowMs - readMs);
  }

  readTxnEnded(
    request: TxnRequest,
    startedMs: number,
    readMs: number,
    answer: TimedAnswer | undefined,
    error: unknown,
  ): void {
    const nowMs = this.#time.exactMs();
    const tookMs = nowMs - readMs;
    this.#txnReads.observe(answer !== undefined, tookMs);
    if (tookMs > this.#options.warnApplyMs) {
      this.#options.metrics.slowApplies.inc();
      this.#slow.readTxn(request, tookMs, answer, error);
    }
    if (nowMs - startedMs > traceMs) this.#slow.traceReadTxn(startedMs, readMs, nowMs);
  }

  proposalEnded(
    { kind, startedMs, bytes }: TimedProposal,
    isProposed: boolean,
    answer: TimedAnswer | undefined,
  ): void {
    if (kind === undefined) return;
    const nowMs = this.#time.nowMs();
    this.#requests.get(kind)?.observe(isProposed, nowMs - startedMs);
    if (nowMs - startedMs <= traceMs || answer === undefined) return;
    this.#slow.traceProposal(kind, bytes, startedMs, this.#batchMs, nowMs, answer.revision);
  }

  applyBegins(nowMs: number): void {
    this.#batchMs = nowMs;
    this.#appliedMs = nowMs;
  }

  applied(request: InternalRaftRequest, body: Uint8Array | undefined, error: unknown): void {
    const nowMs = this.#time.exactMs();
    const tookMs = nowMs - this.#appliedMs;
    this.#appliedMs = nowMs;
    const isOk = error === undefined || (error instanceof EtcdError && error.name === 'Compacted');
    const kind = requestKindOf(request);
    if (kind !== undefined) this.#applies.get(kind)?.observe(isOk, tookMs);
    if (tookMs > this.#options.warnApplyMs) {
      this.#options.metrics.slowApplies.inc();
      this.#slow.apply(request, tookMs, body, error);
    }
    if (!isOk) this.#slow.failedApply(request, tookMs, body, error);
  }

  isSlowCall(tookMs: number): boolean {
    return tookMs > this.#options.warnCallMs || this.#options.logsEachCall;
  }

  slowCall(call: TimedCall, response: readonly Uint8Array[] | undefined): void {
    this.#slow.call(call, this.#time.nowMs() - call.startedMs, response);
  }
}

/** One histogram's series of one kind of request, by success. Only what happened is written. */
class Outcomes {
  readonly #find: (success: 'true' | 'false') => Distribution;
  #ok: Distribution | undefined;
  #failed: Distribution | undefined;

  constructor(find: (success: 'true' | 'false') => Distribution) {
    this.#find = find;
  }

  observe(isOk: boolean, ms: number): void {
    const series = isOk
      ? (this.#ok ??= this.#find('true'))
      : (this.#failed ??= this.#find('false'));
    series.observe(ms / 1_000);
  }
}
