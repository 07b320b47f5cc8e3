import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAdd, checkPromote, checkRemove, type ReconfigView } from './reconfig-check.ts';

/**
 * One letter per member, this member first: U up, S started but freshly connected, D started and
 * down, N never started, L learner.
 */
function view(letters: string): ReconfigView {
  const kinds = [...letters];
  return {
    selfId: 1n,
    members: kinds.map((kind, index) => ({
      id: BigInt(index + 1),
      name: kind === 'N' ? '' : `m${index}`,
      peerUrls: [],
      clientUrls: [],
      isLearner: kind === 'L',
    })),
    connectedForMs: (id) => {
      const kind = kinds[Number(id) - 1];
      if (kind === 'U' || kind === 'L') return 60_000;
      return kind === 'S' ? 1_000 : undefined;
    },
  };
}

type Change = { add: 'voter' | 'learner' } | { remove: bigint } | { promote: true };

const started = 'etcdserver: re-configuration failed due to not enough started members';
const unhealthy = 'etcdserver: unhealthy cluster';

const rows: readonly (readonly [cluster: string, change: Change, refusal: string])[] = [
  ['U', { add: 'voter' }, ''],
  ['U', { add: 'learner' }, ''],
  ['UN', { add: 'voter' }, started],
  ['UU', { add: 'voter' }, ''],
  ['US', { add: 'voter' }, unhealthy],
  ['UUU', { add: 'voter' }, ''],
  ['UUD', { add: 'voter' }, unhealthy],
  ['UUD', { add: 'learner' }, ''],
  ['UUN', { add: 'voter' }, started],
  ['UDD', { add: 'learner' }, unhealthy],
  ['U', { remove: 1n }, started],
  ['UN', { remove: 2n }, ''],
  ['UU', { remove: 2n }, ''],
  ['UN', { remove: 1n }, started],
  ['UUU', { remove: 2n }, ''],
  ['UUD', { remove: 3n }, ''],
  ['UUD', { remove: 2n }, unhealthy],
  ['UUDL', { remove: 4n }, ''],
  ['UUU', { remove: 99n }, ''],
  ['UL', { promote: true }, ''],
  ['UNNL', { promote: true }, started],
  ['UUUL', { promote: true }, ''],
];

for (const [cluster, change, refusal] of rows) {
  const what = JSON.stringify(change, (_key, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  test(`${cluster} ${what}: ${refusal === '' ? 'allowed' : refusal}`, () => {
    const check = (): void => {
      if ('add' in change) checkAdd(view(cluster), change.add === 'learner');
      else if ('remove' in change) checkRemove(view(cluster), change.remove);
      else checkPromote(view(cluster));
    };
    if (refusal === '') check();
    else assert.throws(check, { message: refusal });
  });
}
