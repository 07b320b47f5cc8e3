import { assert } from '../../base/assert.ts';
import { emptyBytes } from '../../base/bytes.ts';
import { EtcdError } from '../errors.ts';
import { parseKeyValue } from '../mvcc/key-value.ts';
import type {
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
} from '../proto/generated/etcdserverpb.ts';
import { deleteAnswer, type Part, putAnswer, rangePart } from './answer.ts';
import type { ApplyContext } from './context.ts';

/** Nested operations carry a header of their own, with the revision as it is after them. */
export type Nesting = 'alone' | 'in-txn';

function headerOf(context: ApplyContext, nesting: Nesting): { revision: number } | undefined {
  return nesting === 'alone' ? undefined : { revision: context.write.revision };
}

export function applyRange(
  context: ApplyContext,
  request: RangeRequest,
  nesting: Nesting = 'alone',
): Part {
  if (!context.wantsAnswer) return emptyBytes;
  const result = context.range(request);
  return result === undefined ? emptyBytes : rangePart(result, headerOf(context, nesting));
}

/** Throws LeaseNotFound or KeyNotFound before anything is changed. */
export function checkPut(context: ApplyContext, request: PutRequest): void {
  const { lease, ignoreValue, ignoreLease, key } = request;
  if (lease !== 0n && !context.state.lessor.has(lease)) throw new EtcdError('LeaseNotFound');
  if ((ignoreValue || ignoreLease) && context.write.live(key) === undefined) {
    throw new EtcdError('KeyNotFound');
  }
}

/** The request has passed `checkPut`. */
export function applyPut(
  context: ApplyContext,
  request: PutRequest,
  nesting: Nesting = 'alone',
): Uint8Array {
  const { write, isAwaited } = context;
  const { key, ignoreValue, ignoreLease } = request;
  let { value, lease } = request;
  if (ignoreValue || ignoreLease) {
    const live = write.live(key);
    assert(live !== undefined, 'a checked put that keeps value or lease finds its key');
    if (ignoreValue) value = parseKeyValue(write.keyValue(live)).value;
    if (ignoreLease) lease = live.lease;
  }
  // etcd looks the old one up with a range.
  if (request.prevKv || ignoreValue || ignoreLease) write.asked.ranges += 1;
  const { previous } = write.put(key, value, lease);
  if (!isAwaited) return emptyBytes;
  const wantsPrevious = request.prevKv && previous !== undefined;
  return putAnswer(
    wantsPrevious ? write.keyValue(previous) : undefined,
    headerOf(context, nesting),
  );
}

export function applyDeleteRange(
  context: ApplyContext,
  request: DeleteRangeRequest,
  nesting: Nesting = 'alone',
): Part {
  const { write } = context;
  if (request.prevKv) write.asked.ranges += 1;
  const deleted = write.deleteRange(request.key, request.rangeEnd);
  if (!context.wantsAnswer) return emptyBytes;
  const previous: Uint8Array[] = [];
  if (request.prevKv) {
    for (const change of deleted) {
      if (change.previous === undefined) continue;
      const keyValue = write.keyValue(change.previous);
      context.collect(keyValue.length);
      if (!context.wantsAnswer) return emptyBytes;
      previous.push(keyValue);
    }
  }
  return deleteAnswer(deleted.length, previous, headerOf(context, nesting));
}
