import { Code } from '../../errors.ts';
import type { HeaderFields } from '../http2/hpack-decoder.ts';
import type { HeaderList } from '../http2/hpack-encoder.ts';
import type { RequestFields } from '../http2/request-fields.ts';
import type { Rpc } from '../rpc.ts';
import type { Status } from '../status.ts';
import { trailersOnly } from './header-lists.ts';
import type { MessageEncoding } from './message-reader.ts';
import { parseTimeout } from './timeout.ts';

/** What a request's header block asks for; shared by all requests that repeat the block. */
export type RequestHead =
  | {
      readonly kind: 'call';
      readonly rpc: Rpc;
      readonly fields: HeaderFields;
      /** From its arrival; Infinity: no deadline. */
      readonly timeoutMs: number;
      readonly encoding: MessageEncoding;
    }
  | { readonly kind: 'refused'; readonly answer: HeaderList }
  /** No gRPC; `answer` where nothing else is served. */
  | { readonly kind: 'other'; readonly request: RequestFields; readonly answer: HeaderList };

/** Reads requests as Go's gRPC server does, in its order and its words. */
export class RequestHeads {
  readonly #rpcs: ReadonlyMap<string, Rpc>;
  readonly #services: ReadonlySet<string>;

  constructor(rpcs: Iterable<Rpc>) {
    this.#rpcs = new Map(Array.from(rpcs, (rpc) => [rpc.path, rpc]));
    this.#services = new Set(Array.from(this.#rpcs.keys(), serviceOf));
  }

  read(request: RequestFields | undefined): RequestHead {
    if (request === undefined) {
      return refused(Code.resourceExhausted, 'grpc: received header list larger than max', 431);
    }
    const { fields, method } = request;
    const contentType = valueOf(fields, 'content-type') ?? '';
    if (!isGrpc(contentType)) {
      const message = `invalid gRPC request content-type "${contentType}"`;
      const answer = trailersOnly(status(Code.invalidArgument, message), 415);
      return { kind: 'other', request, answer };
    }
    const timeout = valueOf(fields, 'grpc-timeout');
    const timeoutMs = timeout === undefined ? Number.POSITIVE_INFINITY : parseTimeout(timeout);
    if (typeof timeoutMs === 'object') {
      return refused(Code.internal, `malformed grpc-timeout: ${timeoutMs.wrong}`, 400);
    }
    if (method !== 'POST') {
      const message = `Received a HEADERS frame with :method "${method}" which should be POST`;
      return refused(Code.internal, message, 405);
    }
    const rpc = this.#rpcs.get(request.path);
    if (rpc === undefined) return { kind: 'refused', answer: this.#unknown(request.path) };
    const encoding = valueOf(fields, 'grpc-encoding') ?? 'identity';
    if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== '') {
      const message = `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`;
      return refused(Code.unimplemented, message);
    }
    const messageEncoding = encoding === 'gzip' ? 'gzip' : 'identity';
    return { kind: 'call', rpc, fields, timeoutMs, encoding: messageEncoding };
  }

  #unknown(path: string): HeaderList {
    const slash = path.lastIndexOf('/');
    if (!path.startsWith('/') || slash === 0) {
      return trailersOnly(status(Code.unimplemented, `malformed method name: "${path}"`));
    }
    const service = path.slice(1, slash);
    const message = this.#services.has(service)
      ? `unknown method ${path.slice(slash + 1)} for service ${service}`
      : `unknown service ${service}`;
    return trailersOnly(status(Code.unimplemented, message));
  }
}

/** The first value; names are lower case. */
export function valueOf(fields: HeaderFields, name: string): string | undefined {
  for (let i = 0; i < fields.length; i += 2) if (fields[i] === name) return fields[i + 1];
  return undefined;
}

function serviceOf(path: string): string {
  return path.slice(1, path.lastIndexOf('/'));
}

/** `application/grpc`, `application/grpc+proto`, `application/grpc;charset=…`. */
function isGrpc(contentType: string): boolean {
  return /^application\/grpc($|[+;])/i.test(contentType);
}

function refused(code: number, message: string, httpStatus = 200): RequestHead {
  return { kind: 'refused', answer: trailersOnly(status(code, message), httpStatus) };
}

function status(code: number, message: string): Status {
  return { code, message };
}
