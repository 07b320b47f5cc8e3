import type { ServerResponse } from 'node:http';
import { sizeOf } from '../../../base/bytes.ts';
import { limits } from '../../config/limits.ts';
import { decodeResponseHeader } from '../../proto/generated/etcdserverpb.ts';
import { decodeKeyValue } from '../../proto/generated/mvccpb.ts';
import { Reader } from '../../proto/wire.ts';
import { jsonFragments, messageToJson } from './protojson.ts';

/*
 * RangeResponse: header = 1, kvs = 2, more = 3, count = 4. Its parts come in that order, each with
 * whole fields, so that its JSON can be written while it is read.
 */
const HEADER = 1;
const KVS = 2;
const MORE = 3;
const COUNT = 4;

/** A list so long that its JSON is not made in one turn of the event loop. */
export function isLong(parts: readonly Uint8Array[]): boolean {
  return sizeOf(parts) > limits.jsonAnswerBytesAtOnce;
}

/** The JSON of a RangeResponse, piece by piece; together the same as `messageToJson` gives. */
export function* rangeJson(parts: readonly Uint8Array[]): Generator<string, void, undefined> {
  let text = '{';
  let kvs = 0;
  for (const part of parts) {
    const reader = new Reader(part);
    while (reader.pos < reader.end) {
      const field = reader.tag() >>> 3;
      if (field === KVS) {
        text += kvs++ === 0 ? `${text === '{' ? '' : ','}"kvs":[` : ',';
        text += messageToJson('mvccpb.KeyValue', decodeKeyValue(reader.bytes()));
      } else {
        if (kvs > 0) text += ']';
        kvs = kvs > 0 ? 0 : kvs;
        text += `${text === '{' ? '' : ','}${scalarField(reader, field)}`;
      }
      if (text.length < limits.jsonPieceLength) continue;
      yield text;
      text = '';
    }
  }
  yield `${text}${kvs > 0 ? ']' : ''}}`;
}

/**
 * The JSON of any message, piece by piece: a transaction may read as much as many ranges. Unlike a
 * range's it is decoded as a whole, which is a small part of the work.
 */
export function* messageJson(type: string, message: object): Generator<string, void, undefined> {
  let text = '';
  for (const fragment of jsonFragments(type, message)) {
    text += fragment;
    if (text.length < limits.jsonPieceLength) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function scalarField(reader: Reader, field: number): string {
  switch (field) {
    case HEADER: {
      const header = decodeResponseHeader(reader.bytes());
      return `"header":${messageToJson('etcdserverpb.ResponseHeader', header)}`;
    }
    case MORE:
      return `"more":${reader.bool()}`;
    case COUNT:
      return `"count":"${reader.int64Exact()}"`;
    default:
      throw new Error(`a range answer has no field ${field}`);
  }
}

/**
 * One piece per turn of the event loop, and none for a client that is gone or does not read. What
 * was begun and is given up is cut off, so that nobody takes it for whole.
 */
export async function sendLong(
  response: ServerResponse,
  pieces: Iterable<string>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const piece of pieces) {
      if (signal.aborted) return void response.destroy();
      const hasRoom = response.write(piece);
      if (hasRoom) await new Promise(setImmediate);
      else await drained(response);
    }
    response.end();
  } catch (error) {
    response.destroy();
    throw error;
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}
