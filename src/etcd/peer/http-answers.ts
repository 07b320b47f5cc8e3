import type { IncomingMessage, ServerResponse } from 'node:http';
import { FrameError } from './frames.ts';

/** An error the way Go's http package writes it; callers compare the text, newline included. */
export function answerError(response: ServerResponse, status: number, text: string): void {
  answer(response, status, 'text/plain; charset=utf-8', `${text}\n`, {
    'X-Content-Type-Options': 'nosniff',
  });
}

export function answerNotFound(response: ServerResponse): void {
  answerError(response, 404, '404 page not found');
}

export function answerMethodNotAllowed(response: ServerResponse, allowed: string): void {
  response.setHeader('Allow', allowed);
  answerError(response, 405, 'Method Not Allowed');
}

export function answer(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, {
    ...headers,
    'Content-Type': contentType,
    'Content-Length': bytes.length,
  });
  response.end(bytes);
}

/** The whole body, or an error once it is longer than `most`. */
export async function readBody(request: IncomingMessage, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving early must not destroy the connection: the refusal still has to be written to it.
  const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > most) throw new BodyTooLarge(`a body of more than ${most} bytes`);
    chunks.push(chunk);
  }
  const all = chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, length);
  return new Uint8Array(all.buffer, all.byteOffset, all.length);
}

export class BodyTooLarge extends FrameError {}
