import type { Clock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import type { Config } from './config/config.ts';
import { limits } from './config/limits.ts';
import type { MvccStore } from './mvcc/store.ts';
import { WatchHub } from './watch/watch-hub.ts';

/** The member's watchers, with etcd's bounds. */
export function createHub(config: Config, store: MvccStore, clock: Clock): WatchHub {
  return new WatchHub({
    store,
    clock,
    random: systemRandom,
    schedule: (run) => void setImmediate(run),
    progressIntervalMs: config.watchProgressNotifyIntervalMs,
    streamLimits: {
      fragmentBytesMax: config.requestBytesMax + limits.requestOverheadBytes,
      responseBytesSoftMax: limits.watchResponseBytesSoftMax,
      unreadRepliesMax: limits.watchUnreadRepliesMax,
    },
    catchUpLimits: {
      changesMax: limits.watchCatchUpChangesMax,
      bytesTarget: limits.watchCatchUpBytesTarget,
      watchersMax: limits.watchCatchUpWatchersMax,
    },
  });
}
