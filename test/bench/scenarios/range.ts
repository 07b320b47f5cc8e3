import {
  encodeRangeRequest,
  type RangeRequestInit,
} from '../../../src/etcd/proto/generated/etcdserverpb.ts';
import { keyAt, putPath, putRequests, rangePath, runWrites } from '../keyspace.ts';
import { answerBytes, runH2load } from '../load/h2load.ts';
import { alone, crowd, type Shape } from '../load/unary-load.ts';
import { measureLoad } from '../measure.ts';
import type { Figures, Goal, Scale, Scenario } from '../scenario.ts';
import { loaded, loadedKeys } from '../scenario.ts';
import type { Target } from '../target.ts';

/** Few calls at once: each answer is 300 KB to 3 MB. */
const large: Shape = { connections: 4, streams: 2 };

const one: RangeRequestInit = { key: keyAt(4_711) };
const keys = (count: number): RangeRequestInit => ({ key: keyAt(0), rangeEnd: keyAt(count) });

/** Answers are compared with one that another client got and checked, before and after. */
export async function measureRange(
  target: Target,
  endpoint: string,
  scale: Scale,
  shape: Shape,
  request: RangeRequestInit,
): Promise<Figures> {
  const message = encodeRangeRequest(request);
  const bytes = await answerBytes(endpoint, rangePath, message);
  const h2load = { path: rangePath, message, answerBytes: bytes };
  return await measureLoad(target, scale, shape, (n) =>
    runH2load(target, endpoint, shape, n, h2load),
  );
}

function range(
  name: string,
  title: string,
  shape: Shape,
  request: RangeRequestInit,
  goals: readonly Goal[] = [],
): Scenario {
  return {
    name,
    title,
    server: loaded,
    goals,
    run: async (target, scale) => {
      const { kvs, count } = await target.client.range(request);
      const end = request.rangeEnd;
      const expected = end === undefined ? 1 : Number(Buffer.from(end).subarray(4));
      if (count !== expected) throw new Error(`${name}: ${count} keys instead of ${expected}`);
      if (request.countOnly !== true && kvs.length !== expected)
        throw new Error(`${name}: too few`);
      return await measureRange(target, target.endpoint, scale, shape, request);
    },
  };
}

/** Reads 1,000 keys as they were before each of them was written again. */
const oldRevision: Scenario = {
  name: 'range-old-revision',
  title: 'Range of 1,000 keys at an old revision',
  server: loaded,
  run: async (target, scale) => {
    const revision = await target.revision();
    const puts = putRequests(loadedKeys);
    await runWrites(target, [target.endpoint], putPath, crowd, loadedKeys, puts);
    const request = { ...keys(1_000), revision };
    const { kvs } = await target.client.range(request);
    if (kvs.length !== 1_000 || kvs.some((kv) => kv.modRevision > revision)) {
      throw new Error('not the old revision');
    }
    return await measureRange(target, target.endpoint, scale, large, request);
  },
};

const quarter: Goal = { figure: 'cpuMicros', max: 0.25 };
const four: Goal = { figure: 'perSecond', min: 4 };
const three: Goal = { figure: 'perSecond', min: 3 };

export const rangeScenarios: readonly Scenario[] = [
  range('range-serializable', 'Range, serializable, 50×20', crowd, { ...one, serializable: true }, [
    four,
    quarter,
  ]),
  range('range-linearizable', 'Range, linearizable, 50×20', crowd, one, [four, quarter]),
  range('range-serializable-1x1', 'Range, serializable, 1×1', alone, {
    ...one,
    serializable: true,
  }),
  range('range-linearizable-1x1', 'Range, linearizable, 1×1', alone, one),
  range('range-1000', 'Range of 1,000 keys', large, keys(1_000)),
  range('range-10000', 'Range of 10,000 keys', large, keys(10_000), [three]),
  range('range-keys-only', '10,000 keys, keys only', large, { ...keys(10_000), keysOnly: true }),
  range('range-count-only', '10,000 keys, count only', crowd, {
    ...keys(10_000),
    countOnly: true,
  }),
  range('range-sorted', 'Range of 1,000 keys, newest first', large, {
    ...keys(1_000),
    sortTarget: 3,
    sortOrder: 2,
  }),
  oldRevision,
];
