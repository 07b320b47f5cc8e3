import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../base/clock.ts';
import { Code, StatusError } from '../../errors.ts';
import { connectionEnds } from '../../transport/connection-ends.ts';
import { callCanceled, callDeadlineExceeded } from '../../transport/status.ts';
import type { Call, Cancelable } from '../rpc.ts';

const timeoutUnitNanoseconds: Readonly<Record<string, bigint>> = {
  H: 3_600_000_000_000n,
  M: 60_000_000_000n,
  S: 1_000_000_000n,
  m: 1_000_000n,
  u: 1_000n,
  n: 1n,
};
/** A timer that would fire later than this is not set: the engine cannot count further. */
const timerMsMax = 2 ** 31 - 1;

/** A call that came in as JSON. `close` must be called when it is answered. */
export class GatewayCall implements Call {
  readonly viaGateway = true;
  readonly deadlineMs: number;
  onClose: () => void = () => {};
  underWay: Cancelable | undefined;
  readonly remoteAddress: string | undefined;
  readonly localAddress: string | undefined;
  readonly #clock: Clock;
  readonly #dueMonotonicMs: number;
  readonly #headers: IncomingMessage['headers'];
  readonly #controller = new AbortController();
  readonly #answered = new AbortController();

  /** Throws InvalidArgument when the request's headers make no sense. */
  constructor(request: IncomingMessage, response: ServerResponse, clock: Clock) {
    this.#clock = clock;
    this.#headers = request.headers;
    const { local, remote } = connectionEnds(request.socket);
    this.localAddress = local;
    this.remoteAddress = remote;
    const timeoutMs = parseTimeoutMs(this.#header('grpc-timeout'));
    this.deadlineMs = clock.wallMs() + timeoutMs;
    this.#dueMonotonicMs = clock.monotonicMs() + timeoutMs;
    if (timeoutMs <= timerMsMax) {
      clock.after(Math.max(timeoutMs, 0), this.#answered.signal).then(
        () => this.abort(callDeadlineExceeded),
        () => {},
      );
    }
    response.once('close', () => this.abort(callCanceled));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * The names a gRPC handler would see: `Authorization` under its own name, `Grpc-Metadata-X` as
   * `x`, and what a browser sends anyway as `grpcgateway-…`.
   */
  metadata(name: string): string | undefined {
    if (name === 'authorization') {
      return this.#header(name) ?? this.#header(`grpc-metadata-${name}`);
    }
    if (name.startsWith('grpcgateway-')) return this.#header(name.slice('grpcgateway-'.length));
    return this.#header(`grpc-metadata-${name}`);
  }

  /**
   * Throws when the time is up before the call has begun: it is not begun any more, whether or not
   * the timer has fired.
   */
  assertInTime(): void {
    if (this.#clock.monotonicMs() >= this.#dueMonotonicMs) throw callDeadlineExceeded;
  }

  abort(reason: unknown): void {
    if (this.#answered.signal.aborted) return;
    this.#controller.abort(reason);
    this.underWay?.cancel();
  }

  /** From here on an abort means nothing any more. */
  close(): void {
    this.#answered.abort();
    this.onClose();
  }

  #header(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value[0] : value;
  }
}

/** As Go reads it: a number of 64 bits with a sign; none at all or 0 is no timeout, and it may wrap. */
function parseTimeoutMs(text: string | undefined): number {
  if (text === undefined || text === '') return Number.POSITIVE_INFINITY;
  const match = /^([+-]?\d+)([HMSmun])$/.exec(text);
  const unit = timeoutUnitNanoseconds[match?.[2] ?? ''];
  const count = BigInt((match?.[1] ?? '').replace('+', ''));
  if (unit === undefined || count !== BigInt.asIntN(64, count)) {
    throw new StatusError(Code.invalidArgument, `invalid grpc-timeout: ${text}`);
  }
  const nanoseconds = BigInt.asIntN(64, count * unit);
  return nanoseconds === 0n ? Number.POSITIVE_INFINITY : Number(nanoseconds) / 1_000_000;
}
