/** Members that cannot hear each other: the minority serves nothing that is not true any more. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EtcdClient } from '../support/etcd-client.ts';
import { linearizabilityComplaints } from '../support/linearizability.ts';
import { kindUnderTest, MemberProcess } from '../support/member-process.ts';
import { PeerNetwork, type ProxiedPort } from '../support/peer-proxy.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';
import { RegisterLoad } from './register-load.ts';
import { faultRandom, faultRounds } from './rounds.ts';

type Node = {
  readonly member: MemberProcess;
  readonly port: ProxiedPort;
  readonly client: EtcdClient;
};

/** Three members whose peer connections go through `network`. */
async function withNetwork(
  t: TestContext,
  flags: readonly string[],
  body: (nodes: readonly Node[], network: PeerNetwork) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'partition-'));
  const network = new PeerNetwork();
  const nodes: Node[] = [];
  try {
    for (const name of ['m1', 'm2', 'm3']) {
      nodes.push(await makeNode(folder, name, network, flags));
    }
    const initial = nodes.map(({ member }) => `${member.name}=${member.peerUrl}`).join(',');
    for (const { member } of nodes) member.start(initial, 'new');
    await Promise.all(nodes.map(({ member }) => member.ready()));
    for (const { client, port } of nodes) {
      network.knows((await client.status()).header?.memberId ?? 0n, port);
    }
    await body(nodes, network);
  } catch (error) {
    for (const { member } of nodes) t.diagnostic(member.logTail());
    throw error;
  } finally {
    for (const { client } of nodes) client.close();
    await Promise.all(nodes.map(({ member }) => member.kill('SIGKILL')));
    await network.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeNode(
  folder: string,
  name: string,
  network: PeerNetwork,
  flags: readonly string[],
): Promise<Node> {
  const port = { advertised: await freePort(), real: await freePort() };
  await network.listen(port);
  const member = new MemberProcess({
    kind: kindUnderTest,
    name,
    dataDir: join(folder, name),
    logPath: join(folder, `${name}.log`),
    clientPort: await freePort(),
    peerPort: port.advertised,
    // The last one wins: advertised is the proxy.
    flags: [`--listen-peer-urls=http://127.0.0.1:${port.real}`, ...flags],
  });
  return { member, port, client: new EtcdClient(member.endpoint, 4_000) };
}

/** Waits until exactly these agree on a leader among them. */
async function leaderAmong(nodes: readonly Node[]): Promise<Node> {
  return await until('they agree on a leader among them', async () => {
    const statuses = await Promise.all(nodes.map(({ client }) => client.status()));
    const leaders = new Set(statuses.map((status) => status.leader));
    if (leaders.size !== 1) return undefined;
    return nodes.find((_, i) => statuses[i]?.header?.memberId === statuses[0]?.leader);
  });
}

test('a leader cut off steps down and reads nothing stale; healed, all agree', async (t) => {
  const random = faultRandom(t);
  await withNetwork(t, [], async (nodes, network) => {
    const load = new RegisterLoad({ random, clientsPerMember: 2 });
    load.start(
      t,
      nodes.map(({ member }) => member),
    );
    for (let round = 0; round < faultRounds; round += 1) {
      const old = await leaderAmong(nodes);
      const rest = nodes.filter((node) => node !== old);
      network.isolate(old.port);
      await leaderAmong(rest);
      await until('the old leader knows that it leads no more', async () => {
        return (await old.client.status()).leader === 0n;
      });
      const before = load.acknowledgedWrites;
      await until('the majority goes on', () => load.acknowledgedWrites > before + 20);
      await assert.rejects(old.client.get('r/0'), /timed out|deadline/i);
      await assertCanaryIsFound(load, old);
      network.heal();
      await leaderAmong(nodes);
      await until('the one that was cut off serves', async () => {
        await old.client.put('healed', `${round}`);
        return true;
      });
    }
    await load.assertLinearizable(t, (nodes[0] as Node).member);
    await assertSameState(nodes);
  });
});

/** The check itself is checked: reads of the lagging member, passed off as linearizable. */
async function assertCanaryIsFound(load: RegisterLoad, lagging: Node): Promise<void> {
  const canary = [...load.history];
  for (let i = 0; i < 4; i += 1) {
    const startMs = performance.now();
    const key = `r/${i}`;
    const answer = await lagging.client.range({ key: Buffer.from(key), serializable: true });
    const [kv] = answer.kvs;
    const found =
      kv === undefined
        ? undefined
        : { value: Buffer.from(kv.value).toString(), modRevision: kv.modRevision };
    const revision = answer.header?.revision ?? 0;
    canary.push({ kind: 'read', key, revision, found, startMs, endMs: performance.now() });
  }
  assert.notEqual(linearizabilityComplaints(canary).length, 0, 'stale reads went unnoticed');
}

test('a follower cut off disturbs nobody when it comes back', async (t) => {
  faultRandom(t);
  // So long that a slow machine by itself makes no election.
  await withNetwork(t, ['--election-timeout=4000'], async (nodes, network) => {
    const leader = await leaderAmong(nodes);
    const follower = nodes.find((node) => node !== leader) as Node;
    const { raftTerm } = await leader.client.status();
    network.isolate(follower.port);
    await until('it has lost the leader', async () => {
      return (await follower.client.status()).leader === 0n;
    });
    for (let i = 0; i < 50; i += 1) await leader.client.put(`k${i}`, `value ${i}`);
    assert.equal(await follower.client.get('k49', true), undefined);
    network.heal();
    await until('it has caught up', async () => {
      return (await follower.client.get('k49')) === 'value 49';
    });
    assert.equal((await leader.client.status()).raftTerm, raftTerm, 'pre-vote keeps the term');
    await assertSameState(nodes);
  });
});

async function assertSameState(nodes: readonly Node[]): Promise<void> {
  await until('all have the same HashKV', async () => {
    const hashes = await Promise.all(nodes.map(({ client }) => client.hashKv(0)));
    return new Set(hashes.map(({ hash, header }) => `${hash}/${header?.revision}`)).size === 1;
  });
}
