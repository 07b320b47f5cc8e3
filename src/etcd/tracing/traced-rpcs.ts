import { ForwardedStream } from '../api/forwarded-stream.ts';
import type { Call, Reply, Rpc, RpcStream, RpcTable, StreamRpc, UnaryRpc } from '../api/rpc.ts';
import { EtcdError, type EtcdErrorName } from '../errors.ts';
import { statusOf } from '../transport/status.ts';
import { innerSpans } from './inner-spans.ts';
import type { CallSpan, InnerSpan, OpenTelemetry, SpanAttributes } from './otel.ts';

/** Refused before etcd would begin its own span: by the checks in front of its services. */
const refusedInFront: ReadonlySet<string> = new Set<EtcdErrorName>([
  'EmptyKey',
  'ValueProvided',
  'LeaseProvided',
  'TooManyOps',
  'DuplicateKey',
  'InvalidSortOption',
  'InvalidClientAPIVersion',
  'NotSupportedForLearner',
]);

/** Given up on the way to the log, or with nobody knowing what became of it. */
const unanswered: ReadonlySet<string> = new Set<EtcdErrorName>([
  'RequestTooLarge',
  'RequestTooManyRequests',
  'NoLeader',
  'Stopped',
  'Canceled',
  'Timeout',
  'TimeoutDueToLeaderFail',
]);

/** Methods that go through the log. A transaction may only read; its span says so. */
const proposing = new Set([
  ...['Put', 'DeleteRange', 'Txn', 'Compact'].map((name) => `/etcdserverpb.KV/${name}`),
  ...['LeaseGrant', 'LeaseRevoke'].map((name) => `/etcdserverpb.Lease/${name}`),
  ...[
    ...['AuthEnable', 'AuthDisable', 'Authenticate', 'UserAdd', 'UserDelete'],
    ...['UserChangePassword', 'UserGrantRole', 'UserRevokeRole', 'RoleAdd', 'RoleDelete'],
    ...['RoleGrantPermission', 'RoleRevokePermission'],
  ].map((name) => `/etcdserverpb.Auth/${name}`),
]);

/** The same methods with etcd's spans around them. Only for a member that traces. */
export function tracedRpcs(table: RpcTable, telemetry: OpenTelemetry): RpcTable {
  const traced = new Map<string, Rpc>();
  for (const [path, rpc] of table) {
    traced.set(
      path,
      rpc.kind === 'unary' ? traceUnary(rpc, telemetry) : traceStream(rpc, telemetry),
    );
  }
  return traced;
}

function startCall(telemetry: OpenTelemetry, path: string, call: Call): CallSpan | undefined {
  return telemetry.startCall(path.slice(1), call, attributesOf(path, call));
}

function attributesOf(path: string, { localAddress }: Call): SpanAttributes {
  const method = { 'rpc.method': path.slice(1), 'rpc.system.name': 'grpc' };
  if (localAddress === undefined) return method;
  const at = localAddress.lastIndexOf(':');
  return {
    ...method,
    'server.address': localAddress.slice(0, at).replace(/^\[(.*)\]$/, '$1'),
    'server.port': Number(localAddress.slice(at + 1)),
  };
}

function traceUnary(rpc: UnaryRpc, telemetry: OpenTelemetry): UnaryRpc {
  const { path } = rpc;
  const handle: UnaryRpc['handle'] = (request, call, reply) => {
    const span = startCall(telemetry, path, call);
    if (span === undefined) return rpc.handle(request, call, reply);
    const traced = new TracedReply(path, request, span, reply);
    try {
      const result = rpc.handle(request, call, traced);
      if (result === undefined) return undefined;
      if (!(result instanceof Promise)) {
        traced.ended(undefined);
        return result;
      }
      return result.then(
        (response) => {
          traced.ended(undefined);
          return response;
        },
        (error: unknown) => {
          traced.ended(error);
          throw error;
        },
      );
    } catch (error) {
      traced.ended(error);
      throw error;
    }
  };
  return { kind: 'unary', path, handle };
}

class TracedReply implements Reply {
  readonly #path: string;
  readonly #span: CallSpan;
  readonly #reply: Reply;
  readonly #inner: InnerSpan | undefined;
  readonly #startMs: number;

  constructor(path: string, request: Uint8Array, span: CallSpan, reply: Reply) {
    this.#path = path;
    this.#span = span;
    this.#reply = reply;
    this.#inner = innerOf(path, request);
    this.#startMs = span.nowMs();
  }

  answer(head: Uint8Array, headEnd: number, body: Uint8Array): void {
    this.ended(undefined);
    this.#reply.answer(head, headEnd, body);
  }

  answerInPieces(head: Uint8Array, headEnd: number, pieces: readonly Uint8Array[]): void {
    this.ended(undefined);
    this.#reply.answerInPieces(head, headEnd, pieces);
  }

  fail(error: unknown): void {
    this.ended(error);
    this.#reply.fail(error);
  }

  /** etcd's own span is made when it ends: only then is known whether there would be one. */
  ended(error: unknown): void {
    const name = error instanceof EtcdError ? error.name : '';
    const isServed =
      error === undefined || (error instanceof EtcdError && !refusedInFront.has(name));
    if (isServed) {
      const events = this.#events(name);
      if (this.#inner !== undefined) this.#span.did(this.#inner, this.#startMs, events);
      else this.#span.happened(events);
    }
    this.#span.end(error === undefined ? { code: 0, message: '' } : statusOf(error));
  }

  #events(errorName: string): readonly (readonly [string, number])[] {
    const isRead = this.#inner?.attributes['read_only'] === true;
    if (!proposing.has(this.#path) || isRead) return [];
    const sent = ['Send raft proposal', this.#startMs] as const;
    if (unanswered.has(errorName)) return [sent];
    return [sent, ['Receive raft result', this.#span.nowMs()]];
  }
}

/** Bytes that are no message get no span of their own. */
function innerOf(path: string, request: Uint8Array): InnerSpan | undefined {
  try {
    return innerSpans.get(path)?.(request);
  } catch {
    return undefined;
  }
}

function traceStream(rpc: StreamRpc, telemetry: OpenTelemetry): StreamRpc {
  const { path, kind } = rpc;
  const open: StreamRpc['open'] = (stream, call) => {
    const span = startCall(telemetry, path, call);
    if (span === undefined) return rpc.open(stream, call);
    const traced = new TracedStream(path, stream, call, span);
    try {
      rpc.open(traced, call);
    } catch (error) {
      traced.fail(error);
    }
  };
  return { kind, path, open };
}

/** A request of a stream that was taken up, and when. */
type Begun = { readonly inner: InnerSpan; readonly startMs: number };

/**
 * A watch is a span while it is created, a renewal until its answer, which come in the order of
 * their requests, and a streamed range until its end.
 */
class TracedStream extends ForwardedStream {
  readonly #path: string;
  readonly #span: CallSpan;
  readonly #begun: Begun[] = [];
  #isOver = false;

  constructor(path: string, stream: RpcStream, call: Call, span: CallSpan) {
    super(stream);
    this.#path = path;
    this.#span = span;
    const onAbort = (): void => this.#end(call.signal.reason);
    call.signal.addEventListener('abort', onAbort, { once: true });
  }

  override get onMessage(): (message: Uint8Array) => void {
    return super.onMessage;
  }

  override set onMessage(listener: (message: Uint8Array) => void) {
    super.onMessage = (message) => {
      const inner = innerOf(this.#path, message);
      const begun = inner && { inner, startMs: this.#span.nowMs() };
      if (begun !== undefined) this.#begun.push(begun);
      listener(message);
      if (this.#path.endsWith('/Watch')) this.#finishOne();
    };
  }

  override write(message: Uint8Array): boolean {
    this.#wrote();
    return super.write(message);
  }

  override writeParts(head: Uint8Array, headBytes: number, rest: Uint8Array): boolean {
    this.#wrote();
    return super.writeParts(head, headBytes, rest);
  }

  override end(): void {
    this.#end(undefined);
    super.end();
  }

  override fail(error: unknown): void {
    this.#end(error);
    super.fail(error);
  }

  #wrote(): void {
    if (this.#path.endsWith('/LeaseKeepAlive')) this.#finishOne();
  }

  #finishOne(): void {
    const begun = this.#begun.shift();
    if (begun !== undefined) this.#span.did(begun.inner, begun.startMs);
  }

  #end(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    while (this.#begun.length > 0) this.#finishOne();
    this.#span.end(error === undefined ? { code: 0, message: '' } : statusOf(error));
  }
}
