import { utf8Bytes } from '../base/bytes.ts';
import type { HealthSource } from './api/http/health.ts';
import type { Consensus } from './consensus/consensus.ts';
import type { LiveState } from './live-state.ts';
import { decodeRangeRequest, encodeRangeRequest } from './proto/generated/etcdserverpb.ts';

/** etcd's health read: whatever the first key is, without its value. */
const healthRange = decodeRangeRequest(
  encodeRangeRequest({ key: utf8Bytes('\0'), rangeEnd: utf8Bytes('\0'), limit: 1, keysOnly: true }),
);

/** What the health endpoints see of a member. */
export function healthSource(consensus: Consensus, state: LiveState): HealthSource {
  const read = (): void => {
    state.current.store.range(healthRange);
  };
  return {
    memberId: consensus.memberId,
    serializableRead: async () => read(),
    linearizableRead: async (signal) => {
      await consensus.readBarrier(signal);
      read();
    },
    isLearner: () => consensus.status().isLearner,
    hasLeader: () => consensus.status().leader !== 0n,
    alarms: () =>
      state.current.alarms.list().map(({ memberID, alarm }) => ({ memberId: memberID, alarm })),
  };
}
