import { emptyBytes } from '../../../base/bytes.ts';
import { limits } from '../../config/limits.ts';
import type { Caller } from '../../consensus/consensus.ts';
import { answerTooLarge } from '../../errors.ts';
import {
  decodeCompactionRequest,
  decodeDeleteRangeRequest,
  decodePutRequest,
  decodeRangeRequest,
  decodeTxnRequest,
} from '../../proto/generated/etcdserverpb.ts';
import type { Access } from '../../service/access.ts';
import type { KvService } from '../../service/kv.ts';
import {
  type RangeResult,
  rangeBody,
  rangeBodyBytes,
  writeRangeBody,
} from '../../service/range-answer.ts';
import { type Call, type Cancelable, REPLY_ROOM_BYTES, type Reply, type UnaryRpc } from '../rpc.ts';
import { forRoot } from './access-rules.ts';
import type { Interceptors } from './interceptors.ts';
import { AnswerCaller, type ResponseHeader, SHORT_ANSWER_BYTES } from './response-header.ts';

const service = '/etcdserverpb.KV';

export function rangeRpc(around: Interceptors, header: ResponseHeader, kv: KvService): UnaryRpc {
  return around.unary(
    `${service}/Range`,
    decodeRangeRequest,
    (request, call, reply): undefined => {
      kv.range(request, new RangeCaller(header, call, reply), call);
    },
    (request) => request.serializable,
  );
}

export function kvRpcs(
  around: Interceptors,
  header: ResponseHeader,
  kv: KvService,
  access: Access,
): UnaryRpc[] {
  return [
    rangeRpc(around, header, kv),
    around.unary(`${service}/Put`, decodePutRequest, (request, call, reply): undefined => {
      kv.put(request, new AnswerCaller(header, call, reply), call);
    }),
    around.unary(
      `${service}/DeleteRange`,
      decodeDeleteRangeRequest,
      (request, call, reply): undefined => {
        kv.deleteRange(request, new AnswerCaller(header, call, reply), call);
      },
    ),
    around.unary(`${service}/Txn`, decodeTxnRequest, (request, call, reply): undefined => {
      kv.txn(request, new AnswerCaller(header, call, reply), call);
    }),
    around.unary(
      `${service}/Compact`,
      decodeCompactionRequest,
      forRoot(access, async (request, call) =>
        header.prepend(await kv.compact(request, call.signal)),
      ),
    ),
  ];
}

/** Replies with a list of keys. A short one is laid out behind its header: nothing is allocated. */
class RangeCaller implements Caller<RangeResult> {
  readonly #header: ResponseHeader;
  readonly #call: Call;
  readonly #reply: Reply;

  constructor(header: ResponseHeader, call: Call, reply: Reply) {
    this.#header = header;
    this.#call = call;
    this.#reply = reply;
  }

  answered(result: RangeResult): void {
    const header = this.#header;
    const headEnd = header.write(result.revision);
    const bodyBytes = rangeBodyBytes(result);
    if (bodyBytes > SHORT_ANSWER_BYTES) {
      const bytes = headEnd - REPLY_ROOM_BYTES + bodyBytes;
      const bytesMax = limits.answerBytesMax;
      if (bytes > bytesMax) return this.failed(answerTooLarge(bytes, bytesMax));
      return this.#reply.answerInPieces(header.scratch, headEnd, rangeBody(result));
    }
    const end = writeRangeBody(header.scratch, headEnd, result);
    this.#reply.answer(header.scratch, end, emptyBytes);
  }

  failed(error: unknown): void {
    this.#reply.fail(error);
  }

  waitsFor(work: Cancelable): void {
    this.#call.underWay = work;
  }
}
