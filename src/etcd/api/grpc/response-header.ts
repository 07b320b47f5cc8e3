import { concatBytes } from '../../../base/bytes.ts';
import type { Consensus } from '../../consensus/consensus.ts';
import { encodeResponseHeader } from '../../proto/generated/etcdserverpb.ts';
import { writeField } from './write-field.ts';

/** Every response's field 1, length-delimited. */
const HEADER_TAG = 0x0a;
/** ResponseHeader.revision and raft_term, both varints. */
const REVISION_TAG = 0x18;
const TERM_TAG = 0x20;
/** Tag and length, two ids, revision and term: never more than this. */
export const HEADER_BYTES_MAX = 64;

/** In one piece or several. */
type Body = Uint8Array | readonly Uint8Array[];

/**
 * Puts the response header in front of an encoded answer. Ids never change, so their bytes are made
 * once; the rest of the answer is copied as it is.
 */
export class ResponseHeader {
  readonly #consensus: Consensus;
  readonly #ids: Uint8Array;
  /** The last header made: answers of one turn share their revision. */
  readonly #header = new Uint8Array(HEADER_BYTES_MAX);
  #bytes = 0;
  #revision = -1;
  #term = -1;

  constructor(consensus: Consensus) {
    this.#consensus = consensus;
    this.#ids = encodeResponseHeader({
      clusterId: consensus.clusterId,
      memberId: consensus.memberId,
    });
  }

  prepend(answer: { readonly body: Body; readonly revision: number }): Uint8Array {
    this.#make(answer.revision);
    const { body } = answer;
    const pieces = body instanceof Uint8Array ? [body] : body;
    return concatBytes([this.#header.subarray(0, this.#bytes), ...pieces]);
  }

  /** Begins a response in `out`; returns where the rest of it goes. */
  begin(out: Uint8Array, revision: number): number {
    this.#make(revision);
    const header = this.#header;
    const bytes = this.#bytes;
    for (let i = 0; i < bytes; i++) out[i] = header[i] as number;
    return bytes;
  }

  /** Revision 0 is left out, as proto3 does: member changes and compacted watches have none. */
  #make(revision: number): void {
    const { term } = this.#consensus;
    if (revision === this.#revision && term === this.#term) return;
    const header = this.#header;
    header[0] = HEADER_TAG;
    header.set(this.#ids, 2);
    let at = 2 + this.#ids.length;
    at = writeField(header, at, REVISION_TAG, revision);
    at = writeField(header, at, TERM_TAG, term);
    header[1] = at - 2;
    this.#bytes = at;
    this.#revision = revision;
    this.#term = term;
  }
}
