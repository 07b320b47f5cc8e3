/** What happens by itself after a while, on both servers: waited for, then compared as any answer. */
import assert from 'node:assert/strict';
import type {
  LeaseTimeToLiveResponse,
  StatusResponse,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { until } from '../support/until.ts';
import { firstDifference } from './comparable.ts';
import type { Operation } from './operation.ts';
import { methodOf, type TokenPair, type Twin, type Twins } from './twins.ts';

type Expiry = Extract<Operation, { readonly kind: 'expiry' }>;
type Downgrade = Extract<Operation, { readonly kind: 'downgrade' }>;

const lease = '/etcdserverpb.Lease';
const downgrade = '/etcdserverpb.Maintenance/Downgrade';

/** A lease of the shortest kind with keys: it ends by itself, and the keys with it. */
export async function runExpiry(
  twins: Twins,
  { ID, TTL, keys, way }: Expiry,
  tokens: TokenPair | undefined,
): Promise<void> {
  const granted = await twins.same(`${lease}/LeaseGrant`, { ID, TTL }, way, '', tokens);
  // Somebody has the id, or an alarm forbids it.
  if (!('ok' in granted)) return;
  for (const key of keys) {
    await twins.same('/etcdserverpb.KV/Put', { key, lease: ID, prevKv: true }, way, '', tokens);
  }
  for (const twin of [twins.etcd, twins.ours]) {
    await until(`lease ${ID} of ${twin.name} is over`, () => isOver(twin, ID));
  }
  await twins.same(`${lease}/LeaseTimeToLive`, { ID, keys: true }, way, '', tokens);
  for (const key of keys) {
    await twins.same(
      '/etcdserverpb.KV/Range',
      { key, rangeEnd: Uint8Array.of(0) },
      way,
      '',
      tokens,
    );
  }
}

async function isOver(twin: Twin, ID: bigint): Promise<boolean> {
  const path = `${lease}/LeaseTimeToLive`;
  const answer = await twin.raw(path, methodOf(path).encodeRequest({ ID }));
  return 'ok' in answer && (answer.ok as LeaseTimeToLiveResponse).TTL === -1;
}

const validate = 0;
const enable = 1;
const cancel = 2;

/** Down to the minor version before and back: the leader moves the versions when it looks next. */
export async function runDowngrade(
  twins: Twins,
  { version, way }: Downgrade,
  tokens: TokenPair | undefined,
): Promise<void> {
  const same = async (what: string): Promise<void> => {
    const both = await Promise.all([twins.etcd, twins.ours].map(versionsOf));
    const difference = firstDifference(both[0], both[1]);
    assert.equal(difference, undefined, `${what}: ${difference}`);
  };
  const ask = (action: number, target = version) =>
    twins.same(downgrade, { action, version: target }, way, '', tokens);
  const enabled = await ask(enable);
  if (!('ok' in enabled)) return;
  await reach(twins, '3.6.0');
  await same('after the way down');
  for (const action of [validate, enable])
    for (const to of ['3.5', '3.6', '3.7']) await ask(action, to);
  await ask(cancel);
  await reach(twins, '3.7.0');
  await same('after the way back');
  await ask(cancel);
}

async function reach(twins: Twins, version: string): Promise<void> {
  for (const twin of [twins.etcd, twins.ours]) {
    await until(`${twin.name} stores as ${version}`, async () => {
      const { storageVersion, cluster } = await versionsOf(twin);
      return storageVersion === version && cluster === version;
    });
  }
}

async function versionsOf(twin: Twin) {
  const status = await twin.raw('/etcdserverpb.Maintenance/Status', new Uint8Array(0));
  assert.ok('ok' in status, 'a status');
  const { storageVersion, downgradeInfo } = status.ok as StatusResponse;
  const said = (await (await fetch(`${twin.url}/version`)).json()) as Record<string, string>;
  return { storageVersion, downgradeInfo, cluster: said['etcdcluster'], storage: said['storage'] };
}
