import {
  decodeCompactionRequest,
  decodeDeleteRangeRequest,
  decodePutRequest,
  decodeRangeRequest,
  decodeTxnRequest,
} from '../../proto/generated/etcdserverpb.ts';
import type { KvService } from '../../service/kv.ts';
import type { UnaryRpc } from '../rpc.ts';
import type { Interceptors } from './interceptors.ts';
import type { ResponseHeader } from './response-header.ts';

const service = '/etcdserverpb.KV';

export function kvRpcs(around: Interceptors, header: ResponseHeader, kv: KvService): UnaryRpc[] {
  return [
    around.unary(
      `${service}/Range`,
      decodeRangeRequest,
      (request, call) => {
        const answer = kv.range(request, call.signal);
        if (!(answer instanceof Promise)) return header.prepend(answer);
        return answer.then((ready) => header.prepend(ready));
      },
      (request) => request.serializable,
    ),
    around.unary(`${service}/Put`, decodePutRequest, async (request, call) =>
      header.prepend(await kv.put(request, call.signal)),
    ),
    around.unary(`${service}/DeleteRange`, decodeDeleteRangeRequest, async (request, call) =>
      header.prepend(await kv.deleteRange(request, call.signal)),
    ),
    around.unary(`${service}/Txn`, decodeTxnRequest, async (request, call) =>
      header.prepend(await kv.txn(request, call.signal)),
    ),
    around.unary(`${service}/Compact`, decodeCompactionRequest, async (request, call) =>
      header.prepend(await kv.compact(request, call.signal)),
    ),
  ];
}
