/** A living cluster moved from Go etcd to etcd-ts and back, while clients write, read and watch. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from '../crash/ledger.ts';
import { Load } from '../crash/load.ts';
import { HeldLease } from '../faults/held-lease.ts';
import { RegisterLoad } from '../faults/register-load.ts';
import { faultRandom } from '../faults/rounds.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import type { MemberProcess, ServerKind } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';
import { GaplessWatch } from './gapless-watch.ts';

const skip = missingPeers('etcd', 'etcdctl');

/** Small, so that every joining member starts from a snapshot of the other kind. */
const flags = ['--snapshot-count=200', '--snapshot-catchup-entries=50'];

const leaseTtlSeconds = 40;

/** An empty store is at revision 1. */
const firstRevision = 2;

/** What clients do all the time, and what they may expect of a store that only changes its servers. */
class Clients {
  readonly #cluster: ProcessCluster;
  readonly #ledger = new Ledger('w/');
  readonly #writers = new Map<MemberProcess, EtcdClient>();
  readonly #load: Load;
  readonly #registers: RegisterLoad;
  readonly #watches: readonly GaplessWatch[];
  readonly #lease: HeldLease;
  readonly #keepAlive: Promise<void>;
  #leaseComplaint: unknown;
  #isStopping = false;

  static async start(t: TestContext, cluster: ProcessCluster): Promise<Clients> {
    const lease = await HeldLease.grant(cluster.member(0), leaseTtlSeconds, 'held');
    return new Clients(t, cluster, lease);
  }

  private constructor(t: TestContext, cluster: ProcessCluster, lease: HeldLease) {
    const random = faultRandom(t);
    this.#cluster = cluster;
    this.#lease = lease;
    this.#load = new Load(this.#ledger, () => this.#clientsOfNow(), random);
    this.#registers = new RegisterLoad({ random, clientsPerMember: 1 });
    this.#registers.start(t, cluster.members);
    // One is served by whoever has been there longest, so that its members keep leaving.
    this.#watches = [
      new GaplessWatch(() => cluster.member(0), firstRevision).start(),
      new GaplessWatch(
        () => cluster.member(random.below(cluster.members.length)),
        firstRevision,
      ).start(),
    ];
    this.#load.start(3);
    this.#keepAlive = this.#holdLease();
    t.after(() => this.#stop());
  }

  /** A member that serves from now on gets its share of the reads and swaps. */
  use(t: TestContext, member: MemberProcess): void {
    this.#registers.start(t, [member]);
  }

  /** The newest revision that every watcher has seen. */
  get watchedRevision(): number {
    return Math.min(...this.#watches.map((watch) => watch.lastRevision));
  }

  /** Ends the load and says what was wrong: nothing lost, nothing twice, nothing out of order. */
  async judge(t: TestContext): Promise<void> {
    const [first] = this.#cluster.members;
    assert.ok(first !== undefined);
    await this.#lease.keepAlive(first);
    assert.equal(this.#leaseComplaint, undefined);
    await this.#load.stop();
    await this.#registers.assertLinearizable(t, first);
    await this.#stop(false);
    const revision = (await this.#cluster.client(first).range({ key: Uint8Array.of(1) })).header
      ?.revision;
    for (const watch of this.#watches) {
      await watch.seen(revision ?? 0);
      const unseen = this.#ledger.acknowledged().filter((put) => !watch.puts.has(put));
      assert.deepEqual(unseen.slice(0, 5), [], 'acknowledged, not seen by the watch');
      await watch.stop();
      t.diagnostic(`a watch saw ${watch.count} revisions without a gap, over ${watch.moves} moves`);
    }
    for (const member of this.#cluster.members) {
      const complaints = await this.#ledger.complaints(this.#cluster.client(member));
      assert.deepEqual(complaints.slice(0, 5), [], member.name);
      assert.equal(await this.#cluster.client(member).get('held'), 'here', 'the lease was kept');
    }
    await this.#cluster.assertSameState();
    t.diagnostic(`${this.#ledger.acknowledgedCount} writes acknowledged, all there`);
  }

  #clientsOfNow(): readonly EtcdClient[] {
    return this.#cluster.members.map((member) => {
      const known = this.#writers.get(member) ?? new EtcdClient(member.endpoint, 4_000);
      this.#writers.set(member, known);
      return known;
    });
  }

  async #holdLease(): Promise<void> {
    for (let turn = 0; !this.#isStopping; turn += 1) {
      const { members } = this.#cluster;
      const member = members[turn % members.length];
      if (member !== undefined) {
        await this.#lease.tryKeepAlive(member).catch((error) => (this.#leaseComplaint = error));
      }
      await sleep(500);
    }
  }

  async #stop(andWatches = true): Promise<void> {
    this.#isStopping = true;
    await Promise.all([this.#load.stop(), this.#registers.stop(), this.#keepAlive]);
    if (andWatches) await Promise.all(this.#watches.map((watch) => watch.stop()));
    for (const client of this.#writers.values()) client.close();
  }
}

/** At one revision, whatever is written meanwhile: HashKV of every member is the same. */
async function assertSameHash(cluster: ProcessCluster): Promise<void> {
  const leader = cluster.client(await cluster.leader());
  const revision = (await leader.range({ key: Uint8Array.of(1) })).header?.revision ?? 0;
  // A compaction reaches members at different moments.
  await until(`HashKV at revision ${revision} is the same everywhere`, async () => {
    const answers = await Promise.all(
      cluster.members.map(async (member) => {
        const client = cluster.client(member);
        await client.range({ key: Uint8Array.of(1) }); // Linearizable: applied up to there.
        const { hash, compactRevision } = await client.hashKv(revision);
        return { member: `${member.name} (${member.config.kind})`, hash, compactRevision };
      }),
    );
    const seen = new Set(answers.map((answer) => `${answer.compactRevision}/${answer.hash}`));
    if (seen.size !== 1) throw new Error(JSON.stringify(answers));
    return true;
  });
}

/** Replaces every member by one of `kind`; the new ones lead before the first of the old leaves. */
async function moveTo(
  t: TestContext,
  cluster: ProcessCluster,
  clients: Clients,
  kind: ServerKind,
): Promise<void> {
  const leaving = [...cluster.members];
  for (const _ of leaving) {
    const learner = await cluster.addMember('learner', kind);
    await cluster.promote(learner);
    clients.use(t, learner);
    await assertSameHash(cluster);
  }
  const [first] = cluster.members.slice(leaving.length);
  assert.ok(first !== undefined);
  await cluster.lead(first);
  await cluster.etcdctl('compaction', '--physical', `${Math.floor(clients.watchedRevision / 2)}`);
  await assertSameHash(cluster);
  for (const old of leaving) {
    await cluster.removeMember(old);
    await assertSameHash(cluster);
  }
  const kinds = cluster.members.map((member) => member.config.kind);
  assert.deepEqual(kinds, [kind, kind, kind]);
  t.diagnostic(`three members of ${kind} lead and serve`);
}

/** Made at the first members; nobody is asked for a password while clients without one are at work. */
async function makeUsers(cluster: ProcessCluster): Promise<void> {
  await cluster.etcdctl('user', 'add', 'root:root');
  await cluster.etcdctl('user', 'grant-role', 'root', 'root');
  await cluster.etcdctl('user', 'add', 'app:secret');
  await cluster.etcdctl('role', 'add', 'reader');
  await cluster.etcdctl('role', 'grant-permission', 'reader', 'read', 'held');
  await cluster.etcdctl('user', 'grant-role', 'app', 'reader');
}

/** The last members know the users, hashes and permissions that the first were given. */
async function assertUsers(cluster: ProcessCluster): Promise<void> {
  await cluster.etcdctl('auth', 'enable');
  for (const member of cluster.members) {
    const client = new EtcdClient(member.endpoint);
    try {
      await until(`${member.name} has applied it`, () => client.login('app', 'secret'));
      assert.equal(await client.get('held'), 'here');
      await assert.rejects(client.put('held', 'not mine'), /permission denied/);
    } finally {
      client.close();
    }
  }
}

test('three members of Go etcd give way to three of ours, and those to Go again', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 3, kind: 'etcd', flags }, async (cluster) => {
    const clients = await Clients.start(t, cluster);
    await makeUsers(cluster);
    await moveTo(t, cluster, clients, 'etcd-ts');
    await moveTo(t, cluster, clients, 'etcd');
    await clients.judge(t);
    await assertUsers(cluster);
  });
});
