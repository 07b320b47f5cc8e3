import { sizeOf } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { LogFields } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { limits } from '../config/limits.ts';
import {
  decodeDeleteRangeRequest,
  decodeDeleteRangeResponse,
  decodeInternalRaftRequest,
  decodePutRequest,
  decodeRangeRequest,
  decodeRangeResponse,
  decodeTxnRequest,
  decodeTxnResponse,
  encodeRequestOp,
  type InternalRaftRequest,
  type RangeRequest,
  type TxnRequest,
} from '../proto/generated/etcdserverpb.ts';
import type { RequestKind } from '../proto/request-kind.ts';
import { durationText, timeText } from './go-text.ts';
import { cut, entryText, messageText, putText, txnText } from './request-text.ts';
import type { SampledLog } from './sampled-log.ts';
import type { TimedAnswer, TimedCall, TimedRange } from './timing.ts';

const tookTooLong = 'apply request took too long';
/** A response header with its revision alone: what etcd has counted by then. */
const headerBytes = 4;

/** etcd's lines about slow requests: the same messages and fields. */
export class SlowRequests {
  readonly #log: SampledLog;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #warnApplyMs: number;
  readonly #isDebug: boolean;

  constructor(
    log: SampledLog,
    clock: Clock,
    options: {
      readonly random: Random;
      readonly warnApplyMs: number;
      readonly logsEachCall: boolean;
    },
  ) {
    this.#random = options.random;
    this.#log = log;
    this.#clock = clock;
    this.#warnApplyMs = options.warnApplyMs;
    this.#isDebug = options.logsEachCall;
  }

  range(
    request: RangeRequest,
    tookMs: number,
    result: TimedRange | undefined,
    error: unknown,
  ): void {
    this.#tookTooLong(tookMs, error, 'read-only range ', () => ({
      request: cut(messageText('etcdserverpb.RangeRequest', request)),
      response:
        result === undefined
          ? ''
          : `range_response_count:${result.length} size:${sizeOf(result.pieces) + headerBytes}`,
    }));
  }

  readTxn(
    request: TxnRequest,
    tookMs: number,
    answer: TimedAnswer | undefined,
    error: unknown,
  ): void {
    this.#tookTooLong(tookMs, error, 'read-only txn ', () => ({
      request: cut(txnText(request)),
      response: answer === undefined ? '' : `size:${sizeOfAnswer(answer)}`,
    }));
  }

  apply(
    request: InternalRaftRequest,
    tookMs: number,
    body: Uint8Array | undefined,
    error: unknown,
  ): void {
    this.#tookTooLong(tookMs, error, '', () => applied(request, body));
  }

  failedApply(
    request: InternalRaftRequest,
    tookMs: number,
    body: Uint8Array | undefined,
    error: unknown,
  ): void {
    this.#log.warn('failed to apply request', () => ({
      took: durationText(tookMs),
      ...applied(request, body),
      error,
    }));
  }

  traceRange(
    request: RangeRequest,
    startedMs: number,
    readMs: number,
    nowMs: number,
    result: TimedRange | undefined,
  ): void {
    const fields = { range_begin: textOf(request.key), range_end: textOf(request.rangeEnd) };
    const known =
      result === undefined
        ? fields
        : { ...fields, response_count: result.length, response_revision: result.revision };
    this.#trace('range', known, startedMs, nowMs, [
      ['agreement among raft nodes before linearized reading', Math.min(readMs, nowMs)],
      ['range keys from the store', nowMs],
    ]);
  }

  traceReadTxn(startedMs: number, readMs: number, nowMs: number): void {
    this.#trace('transaction', { read_only: true }, startedMs, nowMs, [
      ['agreement among raft nodes before linearized reading', readMs],
      ['range keys from the store', nowMs],
    ]);
  }

  /** etcd follows puts, transactions and compactions. */
  traceProposal(
    kind: RequestKind,
    bytes: Uint8Array,
    startedMs: number,
    applyMs: number,
    nowMs: number,
    revision: number,
  ): void {
    const operation = tracedKinds[kind];
    if (operation === undefined) return;
    const { put } = decodeInternalRaftRequest(bytes);
    const fields =
      put === undefined
        ? { read_only: false, response_revision: revision }
        : {
            key: textOf(put.key),
            req_size: bytes.length,
            response_revision: revision,
          };
    // The batch may have begun before the request came: then nothing of it was waiting.
    this.#trace(operation, fields, startedMs, nowMs, [
      ['process raft request', Math.max(startedMs, applyMs)],
      ['apply to the store', nowMs],
    ]);
  }

  call(call: TimedCall, tookMs: number, response: readonly Uint8Array[] | undefined): void {
    const fields = (): LogFields => {
      const said = response === undefined ? unknownCall : contentOf(call, response);
      return {
        'start time': timeText(this.#clock.wallMs() - tookMs),
        'time spent': durationText(tookMs),
        remote: call.remote ?? 'No remote client info.',
        'response type': call.path,
        'request count': said.requestCount,
        'request size': said.requestBytes,
        'response count': said.responseCount,
        'response size': said.responseBytes,
        'request content': said.content,
      };
    };
    if (this.#isDebug) this.#log.debug('request stats', fields());
    else this.#log.warn('request stats', fields);
  }

  #tookTooLong(tookMs: number, error: unknown, prefix: string, what: () => LogFields): void {
    this.#log.warn(tookTooLong, () => ({
      took: durationText(tookMs),
      'expected-duration': durationText(this.#warnApplyMs),
      prefix,
      ...what(),
      ...(error === undefined ? {} : { error }),
    }));
  }

  /** Steps by when they ended; short ones are left out. */
  #trace(
    operation: string,
    about: Readonly<Record<string, unknown>>,
    startedMs: number,
    endedMs: number,
    steps: readonly (readonly [name: string, endedMs: number])[],
  ): void {
    this.#log.info('trace', () => {
      const shortestMs = 100 / (steps.length + 1);
      const told: string[] = [];
      let atMs = startedMs;
      for (const [name, endMs] of steps) {
        const ms = endMs - atMs;
        atMs = endMs;
        if (ms > shortestMs) told.push(`'${name}'  (duration: ${durationText(ms)})`);
      }
      const fields = Object.entries(about).map(([name, value]) => `${name}:${String(value)}; `);
      const now = this.#clock.wallMs();
      return {
        trace_id: this.#random.below(2 ** 31),
        operation,
        detail: `{${fields.join('')}}`,
        duration: durationText(endedMs - startedMs),
        start: timeText(now - (endedMs - startedMs)),
        end: timeText(now),
        steps: told,
        step_count: told.length,
      };
    });
  }
}

const tracedKinds: Partial<Record<RequestKind, string>> = {
  Put: 'put',
  Txn: 'transaction',
  Compaction: 'compact',
};

function applied(request: InternalRaftRequest, body: Uint8Array | undefined): LogFields {
  return {
    request: cut(entryText(request)),
    response: body === undefined ? '' : `size:${body.length + headerBytes}`,
  };
}

function sizeOfAnswer({ body, rest = [] }: TimedAnswer): number {
  return body.length + sizeOf(rest) + headerBytes;
}

function textOf(bytes: Uint8Array): string {
  return cut(Buffer.from(bytes).toString());
}

type CallContent = {
  readonly requestCount: number;
  readonly requestBytes: number;
  readonly responseCount: number;
  readonly responseBytes: number;
  readonly content: string;
};

const unknownCall: CallContent = {
  requestCount: -1,
  requestBytes: -1,
  responseCount: -1,
  responseBytes: -1,
  content: '',
};

/** Of KV's calls; of others etcd says -1. What is too long to be decoded twice has no count. */
function contentOf({ path, request }: TimedCall, response: readonly Uint8Array[]): CallContent {
  const responseBytes = sizeOf(response);
  const counted = (count: (bytes: Uint8Array) => number): number =>
    responseBytes > limits.timedResponseBytesMax ? -1 : count(Buffer.concat(response));
  const common = { requestBytes: request.length, responseBytes, responseCount: 0 };
  switch (path) {
    case '/etcdserverpb.KV/Range': {
      const content = messageText('etcdserverpb.RangeRequest', decodeRangeRequest(request));
      const responseCount = counted((bytes) => decodeRangeResponse(bytes).count);
      return { ...common, requestCount: 0, responseCount, content: cut(content) };
    }
    case '/etcdserverpb.KV/Put':
      return { ...common, requestCount: 1, content: cut(putText(decodePutRequest(request))) };
    case '/etcdserverpb.KV/DeleteRange': {
      const decoded = decodeDeleteRangeRequest(request);
      const content = cut(messageText('etcdserverpb.DeleteRangeRequest', decoded));
      const responseCount = counted((bytes) => decodeDeleteRangeResponse(bytes).deleted);
      return { ...common, requestCount: 0, responseCount, content };
    }
    case '/etcdserverpb.KV/Txn': {
      const decoded = decodeTxnRequest(request);
      const succeeded = counted((bytes) => Number(decodeTxnResponse(bytes).succeeded)) === 1;
      const ops = succeeded ? decoded.success : decoded.failure;
      const requestBytes = ops.reduce((sum, op) => sum + encodeRequestOp(op).length, 0);
      const content = cut(txnText(decoded));
      return { ...common, requestCount: ops.length, requestBytes, content };
    }
    default:
      return unknownCall;
  }
}
