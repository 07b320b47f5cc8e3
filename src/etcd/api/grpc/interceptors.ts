import type { Clock } from '../../../base/clock.ts';
import type { Consensus } from '../../consensus/consensus.ts';
import { Code, EtcdError, StatusError } from '../../errors.ts';
import { DecodeError } from '../../proto/wire.ts';
import { ForwardedStream } from '../forwarded-stream.ts';
import type { Call, Reply, RpcStream, StreamRpc, UnaryRpc } from '../rpc.ts';

export type InterceptorOptions = {
  readonly consensus: Consensus;
  readonly clock: Clock;
  readonly electionTimeoutMs: number;
  /** Counts a request by the API version that the client says it speaks. */
  readonly countRequest: (type: 'unary' | 'stream', clientApiVersion: string) => void;
};

/** Checks in a row, one per election timeout, after which streams that need a leader end. */
const CHECKS_WITHOUT_LEADER_MAX = 3;

/**
 * What happens before every handler, in etcd's order: decode, learner filter, metadata. A learner
 * serves only what needs no vote of its own; a client may ask that a leader be known.
 */
export class Interceptors {
  readonly #options: InterceptorOptions;
  readonly #needLeader = new Set<LedStream>();
  #checksWithoutLeader = 0;
  #stopChecking: (() => void) | undefined;

  constructor(options: InterceptorOptions) {
    this.#options = options;
  }

  unary<T>(
    path: string,
    decode: (bytes: Uint8Array) => T,
    serve: (request: T, call: Call, reply: Reply) => Uint8Array | Promise<Uint8Array> | undefined,
    servesLearner: (request: T) => boolean = () => false,
  ): UnaryRpc {
    const handle: UnaryRpc['handle'] = (bytes, call, reply) => {
      const request = decode(bytes);
      if (this.#options.consensus.isLearner && !servesLearner(request)) throw notForLearners();
      this.#checkMetadata('unary', call);
      return serve(request, call, reply);
    };
    return { kind: 'unary', path, handle };
  }

  stream(
    kind: StreamRpc['kind'],
    path: string,
    serve: (stream: RpcStream, call: Call) => void,
    servesLearner = false,
  ): StreamRpc {
    const open = (stream: RpcStream, call: Call): void => {
      if (this.#options.consensus.isLearner && !servesLearner) throw notForLearners();
      this.#checkMetadata('stream', call);
      if (!requiresLeader(call)) return serve(stream, call);
      const led = this.#led(stream, call);
      serve(led.stream, led.call);
    };
    return { kind, path, open };
  }

  #checkMetadata(type: 'unary' | 'stream', call: Call): void {
    const version = call.metadata('client-api-version') ?? 'unknown';
    // Bytes that are not UTF-8 arrive as replacement characters.
    if (version.includes('\uFFFD')) throw new EtcdError('InvalidClientAPIVersion');
    if (call.isInner !== true) this.#options.countRequest(type, version);
    if (requiresLeader(call) && this.#options.consensus.leader === 0n) {
      throw new EtcdError('NoLeader');
    }
  }

  /**
   * The same stream and call, ended with NoLeader when no leader is known for too long.
   * Reconnecting a stream costs much more than refusing a request, so it is given several election
   * timeouts.
   */
  #led(stream: RpcStream, call: Call): { stream: RpcStream; call: Call } {
    const controller = new AbortController();
    const led = new LedStream(stream, () => this.#forget(led), controller);
    call.signal.addEventListener('abort', () => this.#forget(led), { once: true });
    if (!call.signal.aborted) this.#remember(led);
    const signal = AbortSignal.any([call.signal, controller.signal]);
    const { viaGateway, deadlineMs, certificateSubject } = call;
    const metadata = (name: string): string | undefined => call.metadata(name);
    const ledCall = { metadata, signal, viaGateway, deadlineMs, certificateSubject };
    return { stream: led, call: ledCall };
  }

  #remember(stream: LedStream): void {
    this.#needLeader.add(stream);
    if (this.#stopChecking !== undefined) return;
    this.#checksWithoutLeader = 0;
    const { clock, electionTimeoutMs } = this.#options;
    this.#stopChecking = clock.every(electionTimeoutMs, () => this.#checkLeader());
  }

  #forget(stream: LedStream): void {
    this.#needLeader.delete(stream);
    if (this.#needLeader.size > 0) return;
    this.#stopChecking?.();
    this.#stopChecking = undefined;
  }

  #checkLeader(): void {
    const hasLeader = this.#options.consensus.leader !== 0n;
    this.#checksWithoutLeader = hasLeader ? 0 : this.#checksWithoutLeader + 1;
    if (this.#checksWithoutLeader < CHECKS_WITHOUT_LEADER_MAX) return;
    for (const stream of [...this.#needLeader]) stream.leaderIsMissing();
  }
}

/** A stream that tells when it is over, and that can be ended from outside its handler. */
class LedStream extends ForwardedStream {
  readonly #onOver: () => void;
  readonly #controller: AbortController;

  constructor(stream: RpcStream, onOver: () => void, controller: AbortController) {
    super(stream);
    this.#onOver = onOver;
    this.#controller = controller;
  }

  /** The handler hears of it through the call's signal and frees what it holds. */
  leaderIsMissing(): void {
    const error = new EtcdError('NoLeader');
    this.fail(error);
    this.#controller.abort(error);
  }

  override end(): void {
    this.#onOver();
    super.end();
  }

  override fail(error: unknown): void {
    this.#onOver();
    super.fail(error);
  }
}

/** Decodes a message of a stream; throws Internal with grpc's words when it is none. */
export function decodeMessage<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const message = `grpc: failed to unmarshal the received message: ${error.message}`;
    throw new StatusError(Code.internal, message);
  }
}

function notForLearners(): EtcdError {
  return new EtcdError('NotSupportedForLearner');
}

function requiresLeader(call: Call): boolean {
  return call.metadata('hasleader') === 'true';
}
