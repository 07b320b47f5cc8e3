import { keyAt, putPath, putRequests, runWrites } from '../keyspace.ts';
import { alone, crowd } from '../load/unary-load.ts';
import { measureLoad } from '../measure.ts';
import type { Figures, Goal, Scale, Scenario } from '../scenario.ts';
import { loadedKeys, threeLoaded } from '../scenario.ts';
import type { Target } from '../target.ts';
import { measureRange } from './range.ts';

type Role = 'leader' | 'follower';

async function put(
  target: Target,
  scale: Scale,
  role: Role,
  shape: typeof crowd,
): Promise<Figures> {
  const endpoint = (await target.leader())[role];
  const requests = putRequests(loadedKeys);
  return await measureLoad(target, scale, shape, (n) =>
    runWrites(target, [endpoint], putPath, shape, n, requests),
  );
}

async function range(target: Target, scale: Scale, role: Role): Promise<Figures> {
  const endpoint = (await target.leader())[role];
  return await measureRange(target, endpoint, scale, crowd, { key: keyAt(4_711) });
}

const goals: readonly Goal[] = [{ figure: 'perSecond', min: 3 }];

export const threeMemberScenarios: readonly Scenario[] = [
  {
    name: 'three-put',
    title: 'Three members: Put, 50×20, leader',
    server: threeLoaded,
    goals,
    run: (target, scale) => put(target, scale, 'leader', crowd),
  },
  {
    name: 'three-put-follower',
    title: 'Three members: Put, 50×20, follower',
    server: threeLoaded,
    run: (target, scale) => put(target, scale, 'follower', crowd),
  },
  {
    name: 'three-put-1x1',
    title: 'Three members: Put, 1×1, leader',
    server: threeLoaded,
    run: (target, scale) => put(target, scale, 'leader', alone),
  },
  {
    name: 'three-range',
    title: 'Three members: Range, linearizable, 50×20, leader',
    server: threeLoaded,
    run: (target, scale) => range(target, scale, 'leader'),
  },
  {
    name: 'three-range-follower',
    title: 'Three members: Range, linearizable, 50×20, follower',
    server: threeLoaded,
    run: (target, scale) => range(target, scale, 'follower'),
  },
];
