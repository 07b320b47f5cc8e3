import type { RangeRequest } from '../proto/generated/etcdserverpb.ts';
import { type RequestTiming, untimed } from './timing.ts';

/**
 * For the pieces of a RangeStream: as in etcd each is a read of the store and none is a request,
 * so only the reading is timed, and nothing is said about slow ones.
 */
export function pieceTiming(timing: RequestTiming): RequestTiming {
  return {
    ...untimed,
    nowMs: () => timing.nowMs(),
    exactMs: () => timing.exactMs(),
    rangeEnded: (_request: RangeRequest, _startedMs, readMs, result) =>
      timing.pieceEnded(readMs, result !== undefined),
  };
}
