import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { concatBytes } from '../../../base/bytes.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import { Code } from '../../errors.ts';
import type { MethodDescriptor } from '../../proto/descriptor.ts';
import { services } from '../../proto/generated/descriptors.ts';
import { isUnforeseen, messageTooLarge, type Status, statusOf } from '../../transport/status.ts';
import { callInParts, type RpcTable, type StreamRpc, type UnaryRpc } from '../rpc.ts';
import { GatewayCall } from './gateway-call.ts';
import { GatewayStream, streamHeaders } from './gateway-stream.ts';
import { httpStatusOf, statusJson } from './http-status.ts';
import { JsonSplitter } from './json-stream.ts';
import { isLong, messageJson, rangeJson, sendLong } from './long-answer.ts';
import type { OpenCalls } from './open-calls.ts';
import { messageFromJson, messageToJson, parseJson } from './protojson.ts';

export type GatewayOptions = {
  readonly rpcs: RpcTable;
  /** Longest encoded request, as for gRPC. */
  readonly receiveBytesMax: number;
  readonly calls: OpenCalls;
  readonly clock: Clock;
  readonly log: Log;
};

/** JSON is at most this much longer than the message: base64 plus names and punctuation. */
const jsonGrowth = 2;

/** Every method that has a route in proto/, as POST with the request as JSON body. */
export function registerGateway(app: FastifyInstance, options: GatewayOptions): void {
  const routes = new Set<string>();
  for (const method of services.flatMap((service) => service.methods)) {
    const rpc = options.rpcs.get(method.path);
    if (rpc === undefined) continue;
    for (const route of method.routes) {
      routes.add(route);
      app.post(route, (request, reply) =>
        rpc.kind === 'unary'
          ? answerUnary(options, method, rpc, request, reply)
          : answerStream(options, method, rpc, request, reply),
      );
    }
  }
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/v3/*',
    handler: (request, reply) => {
      const isKnown = routes.has(request.url.split('?', 1)[0] ?? '');
      return isKnown
        ? sendStatus(reply, { code: Code.unimplemented, message: 'Method Not Allowed' })
        : sendStatus(reply, { code: Code.notFound, message: 'Not Found' });
    },
  });
}

async function answerUnary(
  options: GatewayOptions,
  method: MethodDescriptor,
  rpc: UnaryRpc,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  let json = '';
  let failure: Status | undefined;
  let call: GatewayCall | undefined;
  try {
    call = new GatewayCall(request.raw, reply.raw, options.clock);
    options.calls.enter(call, 'unary');
    const message = await readOne(options, method, request.raw);
    call.assertInTime();
    const parts = await untilAborted(call, (open) => callInParts(rpc, message, open));
    if (isLong(parts)) {
      const pieces = longJson(method, parts);
      takeOver(reply).writeHead(200, streamHeaders);
      await sendLong(reply.raw, pieces, call.signal);
    } else {
      json = messageToJson(method.response, method.decodeResponse(joined(parts)));
    }
  } catch (error) {
    failure = statusOf(error);
    noteUnforeseen(options.log, method, failure);
  } finally {
    call?.close();
  }
  if (reply.sent) return reply;
  if (failure !== undefined) return sendStatus(reply, failure);
  reply.header('grpc-metadata-content-type', 'application/grpc');
  return sendJson(reply, 200, json);
}

function longJson(method: MethodDescriptor, parts: readonly Uint8Array[]): Iterable<string> {
  if (method.response === 'etcdserverpb.RangeResponse') return rangeJson(parts);
  return messageJson(method.response, method.decodeResponse(joined(parts)));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(parts);
}

/** From here on the answer is written piece by piece, past the framework. */
function takeOver(reply: FastifyReply): ServerResponse {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  return reply.raw;
}

/** What `run` answers, or the reason of the abort when that comes first. */
async function untilAborted(
  call: GatewayCall,
  run: (call: GatewayCall) => Promise<readonly Uint8Array[]>,
): Promise<readonly Uint8Array[]> {
  const { signal } = call;
  let stopWaiting = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    stopWaiting = () => signal.removeEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([run(call), aborted]);
  } finally {
    stopWaiting();
  }
}

async function answerStream(
  options: GatewayOptions,
  method: MethodDescriptor,
  rpc: StreamRpc,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  let call: GatewayCall | undefined;
  let first: Uint8Array | undefined;
  try {
    call = new GatewayCall(request.raw, reply.raw, options.clock);
    if (rpc.kind === 'server-stream') first = await readOne(options, method, request.raw);
    call.assertInTime();
  } catch (error) {
    call?.close();
    return sendStatus(reply, statusOf(error));
  }
  options.calls.enter(call, 'stream');
  const stream = openStream(options, method, rpc, call, takeOver(reply));
  if (first === undefined) pumpRequests(options, method, request.raw, stream, call);
  else deliverOnly(first, stream, call);
  return reply;
}

function openStream(
  options: GatewayOptions,
  method: MethodDescriptor,
  rpc: StreamRpc,
  call: GatewayCall,
  response: ServerResponse,
): GatewayStream {
  const toJson = (message: Uint8Array) =>
    messageToJson(method.response, method.decodeResponse(message));
  const stream = new GatewayStream(response, toJson, (status) => {
    if (status !== undefined) noteUnforeseen(options.log, method, status);
    call.close();
  });
  const onAbort = () => {
    if (response.destroyed) stream.abandon();
    else stream.fail(call.signal.reason);
  };
  call.signal.addEventListener('abort', onAbort, { once: true });
  try {
    rpc.open(stream, call);
  } catch (error) {
    call.abort(error);
  }
  return stream;
}

/** The one message of a server stream, and that no more will follow. */
function deliverOnly(message: Uint8Array, stream: GatewayStream, call: GatewayCall): void {
  try {
    if (!stream.isOver) stream.onMessage(message);
    if (!stream.isOver) stream.onHalfClose();
  } catch (error) {
    call.abort(error);
  }
}

/** Hands a caller's messages over as they arrive, and its half-close after the last one. */
function pumpRequests(
  options: GatewayOptions,
  method: MethodDescriptor,
  body: IncomingMessage,
  stream: GatewayStream,
  call: GatewayCall,
): void {
  const splitter = new JsonSplitter(options.receiveBytesMax * jsonGrowth);
  const take = (texts: Iterable<string>) => {
    for (const text of texts) {
      const message = encodeRequest(options, method, text);
      if (!stream.isOver) stream.onMessage(message);
    }
  };
  const guarded = (run: () => void) => {
    if (stream.isOver) return;
    try {
      run();
    } catch (error) {
      call.abort(error);
    }
  };
  stream.onPause = (paused) => {
    if (paused) body.pause();
    else body.resume();
  };
  body.on('data', (chunk: Buffer) => guarded(() => take(splitter.push(chunk))));
  body.on('end', () =>
    guarded(() => {
      take(splitter.finish());
      stream.onHalfClose();
    }),
  );
}

/** The one message of a request: the first JSON value of its body, or the empty message. */
async function readOne(
  options: GatewayOptions,
  method: MethodDescriptor,
  body: IncomingMessage,
): Promise<Uint8Array> {
  const splitter = new JsonSplitter(options.receiveBytesMax * jsonGrowth);
  let first: string | undefined;
  for await (const chunk of body) {
    // What follows the first value is read and ignored, so that the connection stays usable.
    if (first === undefined) first = firstOf(splitter.push(chunk as Buffer));
  }
  first ??= firstOf(splitter.finish());
  return encodeRequest(options, method, first ?? '{}');
}

function firstOf(texts: Iterable<string>): string | undefined {
  for (const text of texts) return text;
  return undefined;
}

function encodeRequest(
  options: GatewayOptions,
  method: MethodDescriptor,
  text: string,
): Uint8Array {
  const message = method.encodeRequest(messageFromJson(method.request, parseJson(text)));
  if (message.length > options.receiveBytesMax) {
    throw messageTooLarge(message.length, options.receiveBytesMax);
  }
  return message;
}

function noteUnforeseen(log: Log, method: MethodDescriptor, status: Status): void {
  if (!isUnforeseen(status)) return;
  log.warn('a call failed unexpectedly', { path: method.path, error: status.message });
}

function sendStatus(reply: FastifyReply, status: Status): FastifyReply {
  if (status.code === Code.unauthenticated) reply.header('www-authenticate', status.message);
  return sendJson(reply, httpStatusOf(status.code), statusJson(status));
}

function sendJson(reply: FastifyReply, httpStatus: number, json: string): FastifyReply {
  // As bytes: for text the framework would add a charset that etcd does not send.
  return reply.code(httpStatus).header('content-type', 'application/json').send(Buffer.from(json));
}
