import { concatBytes } from '../../../base/bytes.ts';
import { Code, StatusError } from '../../errors.ts';
import {
  decodeDeleteRangeResponse,
  decodeLeaseGrantResponse,
  decodeRangeResponse,
  decodeTxnResponse,
  decodeWatchResponse,
  encodeDeleteRangeRequest,
  encodeLeaseGrantRequest,
  encodeRangeRequest,
  encodeTxnRequest,
  encodeWatchRequest,
  type ResponseHeader,
  type WatchCreateRequestInit,
  type WatchResponse,
} from '../../proto/generated/etcdserverpb.ts';
import type { LocalClient, WatchedEvents } from '../../service/local-client.ts';
import {
  type Call,
  callUnary,
  type Rpc,
  type RpcStream,
  type StreamRpc,
  type UnaryRpc,
} from '../rpc.ts';
import { innerCall } from './inner-call.ts';

/** The member's own methods, called in a caller's name: rights, limits and errors are the same. */
export function localClients(rpcs: readonly Rpc[]): (call: Call) => LocalClient {
  const byPath = new Map(rpcs.map((rpc) => [rpc.path, rpc]));
  const unary = (name: string): UnaryRpc => byPath.get(`/etcdserverpb.${name}`) as UnaryRpc;
  const methods: Methods = {
    range: unary('KV/Range'),
    txn: unary('KV/Txn'),
    deleteRange: unary('KV/DeleteRange'),
    leaseGrant: unary('Lease/LeaseGrant'),
    watch: byPath.get('/etcdserverpb.Watch/Watch') as StreamRpc,
  };
  return (call) => new CallersClient(methods, call);
}

type Methods = {
  readonly range: UnaryRpc;
  readonly txn: UnaryRpc;
  readonly deleteRange: UnaryRpc;
  readonly leaseGrant: UnaryRpc;
  readonly watch: StreamRpc;
};

type UnaryName = Exclude<keyof Methods, 'watch'>;

class CallersClient implements LocalClient {
  readonly #methods: Methods;
  readonly #call: Call;

  constructor(methods: Methods, call: Call) {
    this.#methods = methods;
    this.#call = innerCall(call);
  }

  async range(request: Parameters<LocalClient['range']>[0]) {
    return decodeRangeResponse(await this.#ask('range', encodeRangeRequest(request)));
  }

  async txn(request: Parameters<LocalClient['txn']>[0]) {
    return decodeTxnResponse(await this.#ask('txn', encodeTxnRequest(request)));
  }

  async deleteKey(key: Uint8Array): Promise<ResponseHeader> {
    const answer = await this.#ask('deleteRange', encodeDeleteRangeRequest({ key }));
    return headerOf(decodeDeleteRangeResponse(answer));
  }

  async grantLease(ttlSeconds: number) {
    const request = encodeLeaseGrantRequest({ TTL: ttlSeconds });
    return decodeLeaseGrantResponse(await this.#ask('leaseGrant', request));
  }

  /** etcd's own client turns an error into its words: their code does not reach the caller. */
  async #ask(name: UnaryName, request: Uint8Array): Promise<Uint8Array> {
    try {
      return await callUnary(this.#methods[name], request, this.#call);
    } catch (error) {
      if (this.#call.signal.aborted) throw error;
      throw new StatusError(Code.unknown, (error as Error).message);
    }
  }

  async *watch(request: WatchCreateRequestInit): AsyncGenerator<WatchedEvents, void, undefined> {
    const ended = new AbortController();
    const signal = AbortSignal.any([this.#call.signal, ended.signal]);
    const stream = new GatheredResponses(signal);
    this.#methods.watch.open(stream, { ...this.#call, signal });
    stream.onMessage(encodeWatchRequest({ createRequest: request }));
    try {
      for (;;) {
        const response = await stream.next();
        if (response.canceled) {
          throw new StatusError(Code.unknown, response.cancelReason || 'watch canceled');
        }
        if (response.events.length > 0) {
          yield { header: headerOf(response), events: response.events };
        }
      }
    } finally {
      ended.abort(new StatusError(Code.canceled, 'context canceled'));
    }
  }

  detached(): LocalClient {
    const { signal } = new AbortController();
    const deadlineMs = Number.POSITIVE_INFINITY;
    return new CallersClient(this.#methods, { ...this.#call, deadlineMs, signal });
  }
}

function headerOf({ header }: { readonly header: ResponseHeader | undefined }): ResponseHeader {
  if (header === undefined) throw new StatusError(Code.internal, 'an answer without header');
  return header;
}

/** A stream whose reader is this process. While responses are not read, the watch waits. */
class GatheredResponses implements RpcStream {
  onMessage: (message: Uint8Array) => void = () => {};
  onHalfClose: () => void = () => {};
  readonly #waiting: Uint8Array[] = [];
  readonly #signal: AbortSignal;
  #failure: Error | undefined;
  #wake: () => void = () => {};
  #drained: () => void = () => {};

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.fail(signal.reason), { once: true });
  }

  write(message: Uint8Array): boolean {
    this.#waiting.push(message);
    this.#wake();
    return false;
  }

  writeParts(head: Uint8Array, headBytes: number, rest: Uint8Array): boolean {
    return this.write(concatBytes([head.subarray(0, headBytes), rest]));
  }

  drained(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  pause(): void {}

  resume(): void {}

  end(): void {
    this.fail(new StatusError(Code.unavailable, 'watch closed'));
  }

  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#wake();
    this.#drained();
  }

  async next(): Promise<WatchResponse> {
    for (;;) {
      const message = this.#waiting.shift();
      if (this.#waiting.length === 0) this.#drained();
      if (message !== undefined) return decodeWatchResponse(message);
      if (this.#failure !== undefined) throw this.#failure;
      this.#signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
