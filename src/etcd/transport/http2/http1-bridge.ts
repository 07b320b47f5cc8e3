import type { ClientRequest, IncomingMessage } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { request as httpRequest } from '../../../base/node-http.ts';
import { limits } from '../../config/limits.ts';
import type { StreamReader } from './application.ts';
import { ErrorCode } from './errors.ts';
import type { RequestFields } from './request-fields.ts';
import type { Http2Stream } from './stream.ts';

/*
 * A client that negotiated HTTP/2 inside TLS may ask for `/health` or the gateway, too. Its request
 * is told to our own HTTP/1 server over a pair of connected streams, one pair for each request:
 *
 *   stream ─fields, body─→ HTTP/1 client ═ pair ═ HTTP/1 server
 *   stream ←─status, body─ HTTP/1 client ═ pair ═ HTTP/1 server
 */

/** They speak of one HTTP/1 connection and have no place in HTTP/2 (RFC 9113, section 8.2.2). */
const connectionFields = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);
const noPrefix = new Uint8Array(0);
const noTrailers = { fields: [], isCommon: false };

/** `serve` takes the server's side of a new connection. */
export function bridgeToHttp1(
  stream: Http2Stream,
  request: RequestFields,
  serve: (socket: Duplex) => void,
): StreamReader {
  return new BridgedRequest(stream, request, serve);
}

class BridgedRequest implements StreamReader {
  readonly #stream: Http2Stream;
  readonly #request: ClientRequest;
  #answer: IncomingMessage | undefined;

  constructor(stream: Http2Stream, request: RequestFields, serve: (socket: Duplex) => void) {
    this.#stream = stream;
    const [ours, theirs] = duplexPair();
    serve(theirs);
    this.#request = httpRequest({
      createConnection: () => ours,
      method: request.method,
      path: request.path,
      headers: [...hostOf(request), ...request.fields],
    });
    this.#request.on('response', (answer) => this.#answered(answer));
    this.#request.on('error', () => this.#failed());
    this.#request.flushHeaders();
  }

  data(bytes: Buffer, start: number, end: number, isLast: boolean): void {
    const length = end - start;
    // A copy: the connection's buffer is larger, and the pair may hold what it is given.
    if (length > 0) {
      const copy = Uint8Array.prototype.slice.call(bytes, start, end);
      this.#request.write(copy, () => this.#stream.giveBack(length));
    }
    if (isLast) this.#request.end();
  }

  roomAgain(): void {
    this.#answer?.resume();
  }

  aborted(): void {
    this.#request.destroy();
  }

  #answered(answer: IncomingMessage): void {
    this.#answer = answer;
    const fields = [':status', String(answer.statusCode ?? 500)];
    for (let i = 0; i < answer.rawHeaders.length; i += 2) {
      const name = (answer.rawHeaders[i] as string).toLowerCase();
      if (!connectionFields.has(name)) fields.push(name, answer.rawHeaders[i + 1] as string);
    }
    this.#stream.sendHeaders({ fields, isCommon: false }, false);
    answer.on('data', (chunk: Buffer) => {
      this.#stream.sendData(noPrefix, 0, chunk);
      if (this.#stream.queuedBytes < limits.http2StreamQueueBytes) return;
      answer.pause();
      this.#stream.awaitRoom();
    });
    answer.on('end', () => this.#stream.sendTrailers(noTrailers));
    answer.on('error', () => this.#failed());
  }

  #failed(): void {
    this.#stream.reset(ErrorCode.internalError);
  }
}

function hostOf({ authority }: RequestFields): string[] {
  return authority === undefined ? [] : ['host', authority];
}
