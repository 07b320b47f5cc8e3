import { concatBytes } from '../../../base/bytes.ts';
import type { Consensus } from '../../consensus/consensus.ts';
import { encodeResponseHeader } from '../../proto/generated/etcdserverpb.ts';

/** Every response's field 1, length-delimited. */
const HEADER_TAG = 0x0a;
/** ResponseHeader.revision and raft_term, both varints. */
const REVISION_TAG = 0x18;
const TERM_TAG = 0x20;
/** Tag and length, two ids, revision and term: never more than this. */
const HEADER_BYTES_MAX = 64;

/** In one piece or several. */
type Body = Uint8Array | readonly Uint8Array[];

/**
 * Puts the response header in front of an encoded answer. Ids never change, so their bytes are made
 * once; the rest of the answer is copied as it is.
 */
export class ResponseHeader {
  readonly #consensus: Consensus;
  readonly #ids: Uint8Array;
  readonly #scratch = new Uint8Array(HEADER_BYTES_MAX);

  constructor(consensus: Consensus) {
    this.#consensus = consensus;
    this.#ids = encodeResponseHeader({
      clusterId: consensus.clusterId,
      memberId: consensus.memberId,
    });
  }

  /** Revision 0 is left out, as proto3 does: member changes and compacted watches have none. */
  prepend(answer: { readonly body: Body; readonly revision: number }): Uint8Array {
    const { term } = this.#consensus.status();
    const header = this.#scratch;
    header[0] = HEADER_TAG;
    header.set(this.#ids, 2);
    let at = 2 + this.#ids.length;
    at = writeField(header, at, REVISION_TAG, answer.revision);
    at = writeField(header, at, TERM_TAG, term);
    header[1] = at - 2;
    const { body } = answer;
    const pieces = body instanceof Uint8Array ? [body] : body;
    return concatBytes([header.subarray(0, at), ...pieces]);
  }
}

function writeField(out: Uint8Array, at: number, tag: number, value: number): number {
  if (value === 0) return at;
  out[at] = tag;
  let position = at + 1;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    out[position] = (rest % 0x80) | 0x80;
    position += 1;
  }
  out[position] = rest;
  return position + 1;
}
