import {
  decodeRangeRequest,
  decodeRangeResponse,
  encodeRangeRequest,
  encodeRangeStreamResponse,
} from '../../proto/generated/etcdserverpb.ts';
import { rangeInPieces } from '../../service/range-stream.ts';
import { type Call, callUnary, type RpcStream, type StreamRpc, type UnaryRpc } from '../rpc.ts';
import { innerCall } from './inner-call.ts';
import { decodeMessage, type Interceptors } from './interceptors.ts';

/** KV/RangeStream over KV/Range: the same checks, rights and words. */
export function rangeStreamRpc(
  around: Interceptors,
  range: UnaryRpc,
  pieceBytesTarget: number,
): StreamRpc {
  const serve = async (stream: RpcStream, call: Call, bytes: Uint8Array): Promise<void> => {
    const request = decodeMessage(decodeRangeRequest, bytes.slice());
    const inner = innerCall(call);
    const ask = async (piece: typeof request) =>
      decodeRangeResponse(await callUnary(range, encodeRangeRequest(piece), inner));
    for await (const rangeResponse of rangeInPieces(request, ask, pieceBytesTarget)) {
      if (!stream.write(encodeRangeStreamResponse({ rangeResponse }))) await stream.drained();
      if (call.signal.aborted) return;
    }
    stream.end();
  };
  return around.stream('server-stream', '/etcdserverpb.KV/RangeStream', (stream, call) => {
    stream.onMessage = (bytes) => {
      serve(stream, call, bytes).catch((error: unknown) => stream.fail(error));
    };
  });
}
