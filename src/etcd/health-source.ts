import { utf8Bytes } from '../base/bytes.ts';
import type { HealthSource } from './api/http/health.ts';
import type { Consensus } from './consensus/consensus.ts';
import type { LiveState } from './live-state.ts';
import { decodeRangeRequest, encodeRangeRequest } from './proto/generated/etcdserverpb.ts';
import { type RequestTiming, untimed } from './timing/timing.ts';

/** etcd's health read: whatever the first key is, without its value. */
const healthRange = decodeRangeRequest(
  encodeRangeRequest({ key: utf8Bytes('\0'), rangeEnd: utf8Bytes('\0'), limit: 1, keysOnly: true }),
);

/** What the health endpoints see of a member. */
export function healthSource(
  consensus: Consensus,
  state: LiveState,
  timing: RequestTiming = untimed,
): HealthSource {
  /** Times it as any other Range. */
  const read = async (ready: () => Promise<void> | undefined): Promise<void> => {
    const startedMs = timing.nowMs();
    let readMs = Number.POSITIVE_INFINITY;
    try {
      await ready();
      readMs = timing.nowMs();
      const result = state.current.store.range(healthRange);
      timing.rangeEnded(healthRange, startedMs, readMs, result, undefined);
    } catch (error) {
      timing.rangeEnded(healthRange, startedMs, readMs, undefined, error);
      throw error;
    }
  };
  return {
    memberId: consensus.memberId,
    serializableRead: () => read(() => undefined),
    linearizableRead: (signal) => read(() => consensus.readBarrier(signal)),
    isLearner: () => consensus.status().isLearner,
    hasLeader: () => consensus.status().leader !== 0n,
    alarms: () =>
      state.current.alarms.list().map(({ memberID, alarm }) => ({ memberId: memberID, alarm })),
  };
}
