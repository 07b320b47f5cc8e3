import { compareBytes, emptyBytes } from '../../base/bytes.ts';
import type { LiveKey } from '../mvcc/index-record.ts';
import { parseKeyValue } from '../mvcc/key-value.ts';
import type { MvccWriteTxn } from '../mvcc/write-txn.ts';
import {
  type Compare,
  Compare_CompareResult as Result,
  Compare_CompareTarget as Target,
} from '../proto/generated/etcdserverpb.ts';

/**
 * Whether a compare holds for every live key of its range. Without any key a compare of VALUE fails
 * whatever its operator, and the other targets count as zero.
 */
export function compareHolds(write: MvccWriteTxn, compare: Compare): boolean {
  if (compare.rangeEnd.length === 0) return keyHolds(write, compare, write.live(compare.key));
  let any = false;
  for (const live of write.liveRange(compare.key, compare.rangeEnd)) {
    any = true;
    if (!keyHolds(write, compare, live)) return false;
  }
  return any || keyHolds(write, compare, undefined);
}

function keyHolds(write: MvccWriteTxn, compare: Compare, live: LiveKey | undefined): boolean {
  if (compare.target === Target.VALUE && live === undefined) return false;
  const order = orderOf(write, compare, live);
  switch (compare.result) {
    case Result.EQUAL:
      return order === 0;
    case Result.NOT_EQUAL:
      return order !== 0;
    case Result.GREATER:
      return order > 0;
    case Result.LESS:
      return order < 0;
    default:
      return true;
  }
}

/** A value that the client left out counts as zero or empty. */
function orderOf(write: MvccWriteTxn, compare: Compare, live: LiveKey | undefined): number {
  switch (compare.target) {
    case Target.VERSION:
      return (live?.version ?? 0) - (compare.version ?? 0);
    case Target.CREATE:
      return (live?.createRevision ?? 0) - (compare.createRevision ?? 0);
    case Target.MOD:
      return (live?.main ?? 0) - (compare.modRevision ?? 0);
    case Target.VALUE: {
      const value = live === undefined ? emptyBytes : parseKeyValue(write.keyValue(live)).value;
      return compareBytes(value, compare.value ?? emptyBytes);
    }
    case Target.LEASE: {
      const lease = live?.lease ?? 0n;
      const wanted = compare.lease ?? 0n;
      return lease < wanted ? -1 : lease > wanted ? 1 : 0;
    }
    default:
      return 0;
  }
}
