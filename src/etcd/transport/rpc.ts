import { concatBytes } from '../../base/bytes.ts';

/**
 * What every way in serves: methods by path, bytes in and bytes out. The gRPC server and the JSON
 * gateway both call these, so a method is written once and knows neither.
 */
export type Rpc = UnaryRpc | StreamRpc;

export type UnaryRpc = {
  readonly kind: 'unary';
  /** `/etcdserverpb.KV/Range` */
  readonly path: string;
  /**
   * Answers with the encoded response, or throws what `statusOf` understands. Undefined: the reply
   * was told already, or will be.
   */
  handle(
    request: Uint8Array,
    call: Call,
    reply: Reply,
  ): Promise<Uint8Array> | Uint8Array | undefined;
};

/** Left free at the beginning of a reply's head: whoever sends it writes its framing there. */
export const REPLY_ROOM_BYTES = 5;

/** Where a unary answer goes that is not handed back: told exactly once, by one of the two. */
export interface Reply {
  /**
   * The encoded response: what stands in `head` from `REPLY_ROOM_BYTES` to `headEnd`, then `body`.
   * `head` may be used again afterwards; `body` must not change any more.
   */
  answer(head: Uint8Array, headEnd: number, body: Uint8Array): void;
  /** The same with a body in pieces, which leave from where they are: long ones are not copied. */
  answerInPieces(head: Uint8Array, headEnd: number, pieces: readonly Uint8Array[]): void;
  fail(error: unknown): void;
}

/** For who wants the whole answer as one promise. */
export async function callUnary(
  rpc: UnaryRpc,
  request: Uint8Array,
  call: Call,
): Promise<Uint8Array> {
  const parts = await callInParts(rpc, request, call);
  return parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(parts);
}

/** The same in the parts in which it is answered, which together are the response. */
export function callInParts(
  rpc: UnaryRpc,
  request: Uint8Array,
  call: Call,
): Promise<readonly Uint8Array[]> {
  return new Promise((resolve, reject) => {
    const result = rpc.handle(request, call, {
      answer: (head, headEnd, body) => {
        resolve([concatBytes([head.subarray(REPLY_ROOM_BYTES, headEnd), body])]);
      },
      answerInPieces: (head, headEnd, pieces) => {
        resolve([head.slice(REPLY_ROOM_BYTES, headEnd), ...pieces]);
      },
      fail: reject,
    });
    if (result instanceof Promise) result.then((response) => resolve([response]), reject);
    else if (result !== undefined) resolve([result]);
  });
}

export type StreamRpc = {
  readonly kind: 'server-stream' | 'bidi-stream';
  readonly path: string;
  /** Must set the stream's handlers before it returns. */
  open(stream: RpcStream, call: Call): void;
};

export type RpcKind = Rpc['kind'];

export interface Cancelable {
  cancel(): void;
}

/** What is known of a caller. */
export interface Call {
  /** The first value under this lower-case name. */
  metadata(name: string): string | undefined;
  /** Wall-clock milliseconds; Infinity when the caller set none. */
  readonly deadlineMs: number;
  /**
   * Aborted when the caller went away, its deadline passed or the server stops; never by a normal
   * end. The reason is an error that `statusOf` understands.
   */
  readonly signal: AbortSignal;
  /** What is under way for the caller: canceled when the signal is aborted or would be. */
  underWay?: Cancelable | undefined;
  /** Came in as JSON: identity from a TLS certificate must then be ignored. */
  readonly viaGateway: boolean;
  /** The CommonName of the client's verified certificate, when the port asks for certificates. */
  readonly certificateSubject?: string | undefined;
  /** Made by a method of this member for its own caller. */
  readonly isInner?: boolean;
  /** `address:port` of both ends, for log lines and traces. */
  readonly remoteAddress?: string | undefined;
  readonly localAddress?: string | undefined;
}

/**
 * One open stream. After `end`, `fail` or an abort of the call's signal nothing more is delivered
 * and writes are dropped, so an implementation needs no checks of its own.
 */
export interface RpcStream {
  /** The caller's next message; a server stream gets exactly one. */
  onMessage: (message: Uint8Array) => void;
  /** The caller will send no more. */
  onHalfClose: () => void;
  /** False: the caller reads slowly; wait for `drained` before writing much more. */
  write(message: Uint8Array): boolean;
  /**
   * As `write`, of one message in two parts: the first `headBytes` of `head`, which may be used
   * again at once, and `rest`, which must not change any more and may belong to many messages.
   */
  writeParts(head: Uint8Array, headBytes: number, rest: Uint8Array): boolean;
  /** Resolves when there is room again, or when the stream is over. */
  drained(): Promise<void>;
  /** Stops the delivery of messages until `resume`; the caller is slowed down. */
  pause(): void;
  resume(): void;
  /** Everything was answered: status OK once all writes are out. */
  end(): void;
  fail(error: unknown): void;
}
