import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { silentLog } from '../../base/log.ts';
import { type DiscoveryService, joinDiscovered, type RegisteredMember } from './discovery.ts';

const sizeKey = '/_etcd/registry/t/_config/size';
const memberKey = (id: string): string => `/_etcd/registry/t/members/${id}`;

/** The other cluster, in memory. */
class Registry implements DiscoveryService {
  readonly #values = new Map<string, RegisteredMember>();
  #revision = 1;
  #changed: () => void = () => {};
  failures = 0;

  async get(key: string): Promise<string | undefined> {
    if (this.failures-- > 0) throw new Error('unreachable');
    return this.#values.get(key)?.value;
  }

  async list(prefix: string) {
    const members = [...this.#values.values()].filter(({ key }) => key.startsWith(prefix));
    return { revision: this.#revision, members: members.toReversed() };
  }

  async put(key: string, value: string): Promise<void> {
    this.#revision += 1;
    const createRevision = this.#values.get(key)?.createRevision ?? this.#revision;
    this.#values.set(key, { key, value, createRevision });
    this.#changed();
  }

  async *watch(prefix: string, fromRevision: number): AsyncGenerator<readonly RegisteredMember[]> {
    for (;;) {
      const { members } = await this.list(prefix);
      const added = members.filter(({ createRevision }) => createRevision >= fromRevision);
      if (added.length > 0) {
        yield added;
        return;
      }
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }
}

async function registry(size?: string): Promise<Registry> {
  const service = new Registry();
  if (size !== undefined) await service.put(sizeKey, size);
  return service;
}

function join(service: Registry, id: bigint, clock = new ManualClock()) {
  const self = { name: `m${id}`, peerUrls: [`http://m${id}:1`, `http://m${id}:2`] };
  return joinDiscovered({ service, token: 't', memberId: id, self, clock, log: silentLog });
}

test('members wait until as many are there as the cluster is to have', async () => {
  const service = await registry('2');
  const first = join(service, 0xan);
  await turns();
  const second = join(service, 0xbn);
  const cluster = [
    { name: 'm10', peerUrls: ['http://m10:1', 'http://m10:2'] },
    { name: 'm11', peerUrls: ['http://m11:1', 'http://m11:2'] },
  ];
  const clock = new ManualClock();
  clock.advance(10_000);
  assert.deepEqual(await Promise.all([first, second]), [cluster, cluster]);
  assert.equal(await service.get(memberKey('a')), 'm10=http://m10:1,m10=http://m10:2');
});

test('a member that registered before joins again, one too many does not', async () => {
  const service = await registry('1');
  await join(service, 1n);
  assert.equal((await join(service, 1n)).length, 1);
  await assert.rejects(join(service, 2n), { message: 'discovery: cluster is full' });
});

test('without a size, or with a bad one, there is nothing to wait for', async () => {
  const missing = { message: 'discovery: size key not found' };
  await assert.rejects(join(await registry(), 1n), missing);
  for (const size of ['x', '0', '-1', '']) {
    await assert.rejects(join(await registry(size), 1n), { message: 'discovery: size key is bad' });
  }
});

test('what is no member is left out, and a bad URL stops the start', async () => {
  const service = await registry('2');
  await service.put(memberKey('5'), 'nonsense');
  await service.put(memberKey('6'), 'm6=nowhere');
  await assert.rejects(join(service, 1n), { message: 'discovery: invalid peer URL' });
});

test('a service that cannot be reached is asked again, at growing intervals', async () => {
  const service = await registry('1');
  service.failures = 2;
  const clock = new ManualClock();
  const joined = join(service, 1n, clock);
  await turns();
  clock.advance(2_000);
  await turns();
  clock.advance(4_000);
  assert.equal((await joined).length, 1);
});
