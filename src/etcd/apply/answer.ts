import { emptyBytes } from '../../base/bytes.ts';
import type { RangeResult } from '../mvcc/read-view.ts';
import { varintBytes, writeVarint } from '../mvcc/varint.ts';

/*
 * Answers to KV requests, put together from stored KeyValue bytes. On their own they have no header
 * (field 1): the API layer puts it in front. Inside a transaction's answer each has a header with
 * nothing but the revision; that of a nested transaction is empty.
 */
const Field = {
  /** No field of its own: the bytes are whole fields. */
  encoded: 0,
  header: 1,
  headerRevision: 3,
  rangeMore: 3,
  rangeCount: 4,
  putPrevious: 2,
  deleted: 2,
  deletedPrevious: 3,
  txnSucceeded: 2,
  txnResponses: 3,
} as const;

/** Field numbers of ResponseOp. */
export const ResponseField = { range: 1, put: 2, deleteRange: 3, txn: 4 } as const;

/** A message inside another one: long ones are laid out once, where they go in the end. */
export type Part = Uint8Array | LaidOut;

export interface LaidOut {
  readonly length: number;
  finish(): Uint8Array;
  /** Returns the offset behind it. */
  writeTo(target: Buffer, at: number): number;
}

export function bytesOf(part: Part): Uint8Array {
  return part instanceof Uint8Array ? part : part.finish();
}

/** undefined: no header at all. */
export type NestedHeader = { readonly revision: number } | undefined;

export function rangeAnswer(result: RangeResult): Uint8Array {
  return rangePart(result, undefined).finish();
}

export function rangePart(result: RangeResult, header: NestedHeader): MessageBuilder {
  const message = new MessageBuilder();
  message.header(header);
  for (const piece of result.pieces) message.encoded(piece);
  if (result.more) message.number(Field.rangeMore, 1);
  message.number(Field.rangeCount, result.count);
  return message;
}

export function putAnswer(previous: Uint8Array | undefined, header?: NestedHeader): Uint8Array {
  const headerBytes = header === undefined ? 0 : 1 + varintBytes(header.revision);
  let size = header === undefined ? 0 : fieldBytes(headerBytes);
  if (previous !== undefined) size += fieldBytes(previous.length);
  if (size === 0) return emptyBytes;
  const message = Buffer.allocUnsafe(size);
  let at = 0;
  if (header !== undefined) {
    at = writeHead(message, at, Field.header, headerBytes);
    message[at] = Field.headerRevision << 3;
    at = writeVarint(message, at + 1, header.revision);
  }
  if (previous !== undefined) {
    at = writeHead(message, at, Field.putPrevious, previous.length);
    message.set(previous, at);
  }
  return message;
}

export function deleteAnswer(
  deleted: number,
  previous: readonly Uint8Array[],
  header?: NestedHeader,
): MessageBuilder {
  const message = new MessageBuilder();
  message.header(header);
  message.number(Field.deleted, deleted);
  for (const keyValue of previous) message.bytes(Field.deletedPrevious, keyValue);
  return message;
}

export type TxnResponse = { readonly field: number; readonly body: Part };

/** The answer to a transaction, also to one within another. */
export class TxnMessage implements LaidOut {
  readonly length: number;
  readonly #succeeded: boolean;
  readonly #responses: readonly TxnResponse[];
  readonly #isNested: boolean;

  constructor(succeeded: boolean, responses: readonly TxnResponse[], isNested: boolean) {
    this.#succeeded = succeeded;
    this.#responses = responses;
    this.#isNested = isNested;
    let size = (isNested ? 2 : 0) + (succeeded ? 2 : 0);
    for (const { body } of responses) size += fieldBytes(fieldBytes(body.length));
    this.length = size;
  }

  finish(): Uint8Array {
    if (this.length === 0) return emptyBytes;
    const message = Buffer.allocUnsafe(this.length);
    this.writeTo(message, 0);
    return message;
  }

  writeTo(message: Buffer, start: number): number {
    let at = start;
    if (this.#isNested) at = writeHead(message, at, Field.header, 0);
    if (this.#succeeded) {
      message[at] = Field.txnSucceeded << 3;
      message[at + 1] = 1;
      at += 2;
    }
    for (const { field, body } of this.#responses) {
      at = writeHead(message, at, Field.txnResponses, fieldBytes(body.length));
      at = writeHead(message, at, field, body.length);
      if (body instanceof Uint8Array) {
        message.set(body, at);
        at += body.length;
      } else {
        at = body.writeTo(message, at);
      }
    }
    return at;
  }
}

function fieldBytes(length: number): number {
  return 1 + varintBytes(length) + length;
}

/** What stands before the bytes of a message or string. */
function writeHead(message: Buffer, at: number, field: number, length: number): number {
  message[at] = (field << 3) | 2;
  return writeVarint(message, at + 1, length);
}

/** Collects fields and copies each byte once at the end. All field numbers are below 16. */
export class MessageBuilder implements LaidOut {
  #size = 0;
  readonly #fields: (readonly [field: number, value: Uint8Array | number])[] = [];

  header(header: NestedHeader): void {
    if (header === undefined) return;
    const inner = new MessageBuilder();
    inner.number(Field.headerRevision, header.revision);
    this.bytes(Field.header, inner.finish());
  }

  /** Zero is left out, as proto3 does. */
  number(field: number, value: number): void {
    if (value === 0) return;
    this.#size += 1 + varintBytes(value);
    this.#fields.push([field, value]);
  }

  /** Fields that are encoded already. */
  encoded(fields: Uint8Array): void {
    this.#size += fields.length;
    this.#fields.push([Field.encoded, fields]);
  }

  /** Also when empty: the presence of a message says something. */
  bytes(field: number, value: Uint8Array): void {
    this.#size += fieldBytes(value.length);
    this.#fields.push([field, value]);
  }

  get length(): number {
    return this.#size;
  }

  finish(): Uint8Array {
    if (this.#size === 0) return emptyBytes;
    const message = Buffer.allocUnsafe(this.#size);
    this.writeTo(message, 0);
    return message;
  }

  writeTo(message: Buffer, start: number): number {
    let at = start;
    for (const [field, value] of this.#fields) {
      if (typeof value === 'number') {
        message[at] = field << 3;
        at = writeVarint(message, at + 1, value);
        continue;
      }
      if (field !== Field.encoded) at = writeHead(message, at, field, value.length);
      message.set(value, at);
      at += value.length;
    }
    return at;
  }
}
