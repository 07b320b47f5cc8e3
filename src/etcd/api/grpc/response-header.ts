import { concatBytes, sizeOf } from '../../../base/bytes.ts';
import { limits } from '../../config/limits.ts';
import type { Answer, Caller, Consensus } from '../../consensus/consensus.ts';
import { answerTooLarge } from '../../errors.ts';
import { encodeResponseHeader } from '../../proto/generated/etcdserverpb.ts';
import type { TxnAnswer } from '../../service/txn-read.ts';
import { type Call, type Cancelable, REPLY_ROOM_BYTES, type Reply } from '../rpc.ts';
import { writeField } from './write-field.ts';

/** Every response's field 1, length-delimited. */
const HEADER_TAG = 0x0a;
/** ResponseHeader.revision and raft_term, both varints. */
const REVISION_TAG = 0x18;
const TERM_TAG = 0x20;
/** The ids stand behind tag and length. */
const IDS_AT = REPLY_ROOM_BYTES + 2;
/** Tag and length, two ids, revision and term: never more than this. */
export const HEADER_BYTES_MAX = 64;
/** Bodies up to this size may be written behind the header instead of being made on their own. */
export const SHORT_ANSWER_BYTES = 4 * 1024;

/**
 * Puts the response header in front of an encoded answer. Ids never change, so their bytes are made
 * once; the rest of the answer stays as it is.
 */
export class ResponseHeader {
  readonly #consensus: Consensus;
  /** The header that was written last, as a reply's head. What stands behind it is anybody's. */
  readonly scratch = new Uint8Array(REPLY_ROOM_BYTES + HEADER_BYTES_MAX + SHORT_ANSWER_BYTES);
  readonly #idsBytes: number;
  #writtenRevision = -1;
  #writtenTerm = -1;
  #writtenEnd = 0;

  constructor(consensus: Consensus) {
    this.#consensus = consensus;
    const ids = encodeResponseHeader({
      clusterId: consensus.clusterId,
      memberId: consensus.memberId,
    });
    this.#idsBytes = ids.length;
    this.scratch[REPLY_ROOM_BYTES] = HEADER_TAG;
    this.scratch.set(ids, IDS_AT);
  }

  prepend({ body, revision }: Answer): Uint8Array {
    const end = this.write(revision);
    return concatBytes([this.scratch.subarray(REPLY_ROOM_BYTES, end), body]);
  }

  /** Begins a response in `out`; returns where the rest of it goes. */
  begin(out: Uint8Array, revision: number): number {
    const end = this.write(revision);
    const header = this.scratch;
    for (let i = REPLY_ROOM_BYTES; i < end; i++) out[i - REPLY_ROOM_BYTES] = header[i] as number;
    return end - REPLY_ROOM_BYTES;
  }

  /**
   * Writes the header into `scratch`, as the head of a reply, and returns the offset behind it.
   * Revision 0 is left out, as proto3 does: member changes and compacted watches have none.
   */
  write(revision: number): number {
    const header = this.scratch;
    const { term } = this.#consensus;
    // Reads repeat it until the next write.
    if (revision === this.#writtenRevision && term === this.#writtenTerm) return this.#writtenEnd;
    let at = IDS_AT + this.#idsBytes;
    at = writeField(header, at, REVISION_TAG, revision);
    at = writeField(header, at, TERM_TAG, term);
    header[IDS_AT - 1] = at - IDS_AT;
    this.#writtenRevision = revision;
    this.#writtenTerm = term;
    this.#writtenEnd = at;
    return at;
  }
}

/** Replies with what went through the log. */
export class AnswerCaller implements Caller<TxnAnswer> {
  readonly #header: ResponseHeader;
  readonly #call: Call;
  readonly #reply: Reply;

  constructor(header: ResponseHeader, call: Call, reply: Reply) {
    this.#header = header;
    this.#call = call;
    this.#reply = reply;
  }

  answered({ body, rest, revision }: TxnAnswer): void {
    const { scratch } = this.#header;
    const headEnd = this.#header.write(revision);
    const bytes =
      headEnd - REPLY_ROOM_BYTES + body.length + (rest === undefined ? 0 : sizeOf(rest));
    if (bytes > limits.answerBytesMax)
      return this.failed(answerTooLarge(bytes, limits.answerBytesMax));
    if (rest === undefined) this.#reply.answer(scratch, headEnd, body);
    else this.#reply.answerInPieces(scratch, headEnd, [body, ...rest]);
  }

  failed(error: unknown): void {
    this.#reply.fail(error);
  }

  waitsFor(work: Cancelable): void {
    this.#call.underWay = work;
  }
}
