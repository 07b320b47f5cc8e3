/** Calls that are answered with a stream which ends, as one comparable answer. */
import type { StatusObject } from '@grpc/grpc-js';
import { comparable } from './comparable.ts';
import { toJsonText } from './json-request.ts';
import type { Way } from './operation.ts';
import { methodOf, type Twin, withToken } from './twins.ts';

const timeoutMs = 60_000;

/** Every message in order, then how it ended. */
export type Streamed = { readonly messages: readonly unknown[]; readonly end: unknown };

export async function askStream(
  twin: Twin,
  way: Way,
  path: string,
  requests: readonly object[],
  token: string | undefined,
): Promise<Streamed> {
  const method = methodOf(path);
  if (way === 'json') {
    const body = requests.map((request) => toJsonText(method.request, request)).join('\n');
    return await jsonStream(twin, method.routes[0] ?? '', body, token);
  }
  const encoded = requests.map((request) => method.encodeRequest(request));
  const streamed = await grpcStream(twin, path, encoded, token);
  return path.endsWith('/Snapshot') ? withoutSnapshot(streamed) : streamed;
}

/** Two stores' files have nothing in common. */
function withoutSnapshot({ messages, end }: Streamed): Streamed {
  return { messages: messages.length > 0 ? ['a file'] : [], end };
}

function grpcStream(
  twin: Twin,
  path: string,
  requests: readonly Uint8Array[],
  token: string | undefined,
): Promise<Streamed> {
  const method = methodOf(path);
  const encode = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
  const options = { deadline: Date.now() + timeoutMs };
  const metadata = withToken(token);
  const isDuplex = method.kind === 'bidi-stream';
  const duplex = isDuplex
    ? twin.client.makeBidiStreamRequest(path, encode, method.decodeResponse, metadata, options)
    : undefined;
  const stream =
    duplex ??
    twin.client.makeServerStreamRequest(
      path,
      encode,
      method.decodeResponse,
      requests[0] ?? new Uint8Array(0),
      metadata,
      options,
    );
  const messages: unknown[] = [];
  return new Promise((resolve) => {
    stream.on('data', (message: object) => messages.push(comparable(message, twin.names)));
    stream.on('error', () => {}); // The status says the same.
    stream.on('status', ({ code, details }: StatusObject) =>
      resolve({ messages, end: { code, details } }),
    );
    for (const request of requests) duplex?.write(request);
    duplex?.end();
  });
}

async function jsonStream(
  twin: Twin,
  route: string,
  body: string,
  token: string | undefined,
): Promise<Streamed> {
  const { status, type, text } = await twin.post(route, body, token);
  const lines = text.split('\n').filter((line) => line !== '');
  const messages = lines.map((line) => lineAnswer(twin, line));
  return { messages, end: { status, type, isTerminated: text === '' || text.endsWith('\n') } };
}

export function lineAnswer(twin: Twin, line: string): unknown {
  try {
    return comparable(JSON.parse(line), twin.names);
  } catch {
    return line;
  }
}
