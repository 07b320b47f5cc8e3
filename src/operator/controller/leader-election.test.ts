import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { silentLog } from '../../base/log.ts';
import { KubernetesError } from '../kubernetes-client/kubernetes-client.ts';
import { LeaderElection, type Lease, type LeaseClient } from './leader-election.ts';

/** One Lease with compare-and-swap, as the API server does it. */
class LeaseServer implements LeaseClient {
  lease: Lease | undefined;
  isDown = false;
  #version = 0;

  async get(): Promise<Lease | undefined> {
    this.#check();
    return this.lease && structuredClone(this.lease);
  }

  async create(_resource: unknown, lease: Lease): Promise<Lease> {
    this.#check();
    if (this.lease !== undefined) throw new KubernetesError(409, 'AlreadyExists', 'exists');
    return this.#store(lease);
  }

  async replace(_resource: unknown, lease: Lease): Promise<Lease> {
    this.#check();
    if (lease.metadata?.resourceVersion !== this.lease?.metadata?.resourceVersion) {
      throw new KubernetesError(409, 'Conflict', 'changed');
    }
    return this.#store(lease);
  }

  #check(): void {
    if (this.isDown) throw new Error('connection refused');
  }

  #store(lease: Lease): Lease {
    this.#version += 1;
    const metadata = { ...lease.metadata, resourceVersion: String(this.#version) };
    this.lease = { ...structuredClone(lease), metadata };
    return this.lease;
  }
}

const times = { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

function replica(identity: string, server: LeaseServer, clock: ManualClock) {
  const lease = { namespace: 'n', name: 'operator' };
  const election = new LeaderElection({ lease, identity, ...times }, server, clock, silentLog);
  const abort = new AbortController();
  let end: string | undefined;
  void election
    .acquire(abort.signal)
    .then(() => election.hold(abort.signal))
    .then(
      (how) => {
        end = how;
      },
      () => undefined,
    );
  return { election, abort, end: () => end };
}

async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    clock.advance(500);
    await turns(4);
  }
}

test('the first takes the lease and keeps it, the second stands by', async () => {
  const server = new LeaseServer();
  const clock = new ManualClock();
  const a = replica('a', server, clock);
  await turns();
  const b = replica('b', server, clock);
  await pass(clock, 60_000);
  assert.deepEqual([a.election.isLeading, b.election.isLeading], [true, false]);
  assert.equal(server.lease?.spec?.holderIdentity, 'a');
  assert.equal(server.lease?.spec?.leaseTransitions, 0);
});

test('a holder that cannot renew stops acting before another may begin', async () => {
  const server = new LeaseServer();
  const clock = new ManualClock();
  const a = replica('a', server, clock);
  await turns();
  const b = replica('b', server, clock);
  await pass(clock, 5_000);
  server.isDown = true;
  await pass(clock, 9_000);
  await pass(clock, 2_500);
  assert.equal(a.election.isLeading, false);
  assert.equal(a.end(), 'lost');
  server.isDown = false;
  assert.equal(b.election.isLeading, false);
  await pass(clock, 18_000);
  assert.equal(b.election.isLeading, true);
  assert.equal(server.lease?.spec?.leaseTransitions, 1);
});

test('a late timer does not keep a holder acting', async () => {
  const server = new LeaseServer();
  const clock = new ManualClock();
  const a = replica('a', server, clock);
  await turns();
  assert.equal(a.election.isLeading, true);
  server.isDown = true;
  clock.advance(10_000);
  assert.equal(a.election.isLeading, false, 'before any timer has had its turn');
});

test('a holder whose lease was taken is out at its next renewal', async () => {
  const server = new LeaseServer();
  const clock = new ManualClock();
  const a = replica('a', server, clock);
  await turns();
  assert.ok(server.lease?.spec !== undefined);
  server.lease = {
    ...server.lease,
    metadata: { ...server.lease.metadata, resourceVersion: '99' },
    spec: { ...server.lease.spec, holderIdentity: 'thief' },
  };
  await pass(clock, 2_500);
  assert.equal(a.election.isLeading, false);
  assert.equal(a.end(), 'lost');
  assert.equal(server.lease.spec?.holderIdentity, 'thief');
});

test('a released lease is taken at once', async () => {
  const server = new LeaseServer();
  const clock = new ManualClock();
  const a = replica('a', server, clock);
  await turns();
  const b = replica('b', server, clock);
  await pass(clock, 4_000);
  a.abort.abort();
  await turns();
  assert.equal(a.end(), 'aborted');
  await a.election.release();
  await pass(clock, 2_500);
  assert.equal(b.election.isLeading, true);
});

test('another clock is not believed: only an unchanged lease is abandoned', async () => {
  const server = new LeaseServer();
  const clock = new ManualClock();
  server.lease = {
    metadata: { namespace: 'n', name: 'operator', resourceVersion: '1' },
    spec: {
      holderIdentity: 'old',
      leaseDurationSeconds: 15,
      renewTime: '1970-01-01T00:00:00.000000Z',
    },
  };
  const b = replica('b', server, clock);
  await pass(clock, 14_000);
  assert.equal(b.election.isLeading, false, 'its renewal is ages ago by our clock');
  await pass(clock, 4_000);
  assert.equal(b.election.isLeading, true);
});
