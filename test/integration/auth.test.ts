/** Users and roles as people set them up, on clusters of ours, of Go etcd and of both. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Code } from '../../src/etcd/errors.ts';
import { CertificateAuthority } from '../support/certificates.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import { MemberProcess } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { freePort } from '../support/ports.ts';
import { etcdctlTls, type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';

const skip = missingPeers('etcdctl', 'etcdutl', 'etcd');
const quick = '--bcrypt-cost=4';

/** Root and a user ann, who may read and write `app/…`. */
async function enableAuth({ etcdctl }: { etcdctl: ProcessCluster['etcdctl'] }): Promise<void> {
  await etcdctl('user', 'add', 'root:secret');
  await etcdctl('user', 'add', 'ann:hers');
  await etcdctl('role', 'add', 'app');
  await etcdctl('role', 'grant-permission', '--prefix', 'app', 'readwrite', 'app/');
  await etcdctl('user', 'grant-role', 'ann', 'app');
  assert.equal(await etcdctl('auth', 'enable'), 'Authentication Enabled\n');
}

class Session {
  readonly #cluster: ProcessCluster;
  readonly #flags: readonly string[];

  constructor(cluster: ProcessCluster, ...flags: readonly string[]) {
    this.#cluster = cluster;
    this.#flags = flags;
  }

  ok = (...args: readonly string[]): Promise<string> =>
    this.#cluster.etcdctl(...this.#flags, ...args);

  async refused(...args: readonly string[]): Promise<string> {
    const all = [`--endpoints=${this.#cluster.endpoints}`, ...this.#flags, ...args];
    const { code, stderr } = await this.#cluster.run('etcdctl', all);
    assert.notEqual(code, 0, `etcdctl ${args.join(' ')} succeeded`);
    return stderr;
  }
}

function sessions(cluster: ProcessCluster) {
  return {
    nobody: new Session(cluster),
    ann: new Session(cluster, '--user=ann:hers'),
    root: new Session(cluster, '--user=root:secret'),
    etcdctl: (...args: readonly string[]) => cluster.etcdctl(...args),
  };
}

test('etcdctl sets up users and roles, and they hold', { skip }, async (t) => {
  await withCluster(t, { size: 1, flags: [quick] }, async (cluster) => {
    const { nobody, ann, root, etcdctl } = sessions(cluster);
    await enableAuth({ etcdctl });
    assert.match(await nobody.refused('get', 'app/a'), /user name is empty/);
    assert.equal(await ann.ok('put', 'app/a', '1'), 'OK\n');
    assert.equal(await ann.ok('get', '--prefix', 'app/'), 'app/a\n1\n');
    assert.match(await ann.refused('get', 'other'), /permission denied/);
    assert.match(await ann.refused('put', 'other', 'x'), /permission denied/);
    assert.match(await ann.refused('get', '--prefix', ''), /permission denied/);
    assert.match(await ann.refused('user', 'list'), /permission denied/);
    assert.match(await ann.refused('snapshot', 'save', 'f'), /permission denied/);
    assert.match(await ann.refused('member', 'remove', '1'), /permission denied/);
    assert.match(await ann.refused('compaction', '1'), /permission denied/);
    assert.match(await ann.refused('watch', 'app/', 'z'), /permission denied/);
    const wrong = new Session(cluster, '--user=ann:wrong');
    assert.match(await wrong.refused('get', 'app/a'), /invalid user ID or password/);
    assert.equal(await root.ok('user', 'list'), 'ann\nroot\n');
    assert.match(await root.ok('auth', 'status'), /Authentication Status: true\nAuthRevision: 8\n/);
    assert.equal(await root.ok('user', 'get', 'ann'), 'User: ann\nRoles: app\n');
    await root.ok('user', 'revoke-role', 'ann', 'app');
    assert.match(await ann.refused('get', 'app/a'), /permission denied/);
    await root.ok('user', 'delete', 'ann');
    assert.match(await ann.refused('get', 'app/a'), /invalid user ID or password/);
    assert.equal(await root.ok('auth', 'disable'), 'Authentication Disabled\n');
    assert.equal(await nobody.ok('get', 'app/a'), 'app/a\n1\n');
  });
});

test('the rules outlive a restart, tokens do not', { skip }, async (t) => {
  await withCluster(t, { size: 1, flags: [quick] }, async (cluster) => {
    await enableAuth(sessions(cluster));
    const member = cluster.member(0);
    const client = cluster.client(member);
    await client.login('ann', 'hers');
    await client.put('app/a', '1');
    await member.kill('SIGKILL');
    await cluster.restart(member);
    await until('the old token is refused', async () => {
      const error = await client.put('app/a', '2').then(() => undefined, String);
      if (error?.includes('UNAUTHENTICATED') === true) return true;
      throw new Error(error ?? 'it was accepted');
    });
    await client.login('ann', 'hers');
    assert.equal(await client.get('app/a'), '1');
    await assert.rejects(client.put('b', '1'), /permission denied/);
  });
});

/** Asks again when there was no answer because the leader changed meanwhile; errors are answers. */
async function answered<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const { answer } = await until(what, async () => {
    try {
      return { answer: await ask() };
    } catch (error) {
      if ((error as { code?: number }).code === Code.unavailable) throw error;
      return { answer: Promise.reject(error as Error) };
    }
  });
  return await answer;
}

test('a token of one member is known at once on the others', { skip }, async (t) => {
  const kinds = ['etcd-ts', 'etcd', 'etcd-ts'] as const;
  await withCluster(t, { size: 3, kinds, flags: [quick] }, async (cluster) => {
    await enableAuth(sessions(cluster));
    for (const login of cluster.members) {
      const token = await answered('a login', () => cluster.client(login).login('ann', 'hers'));
      for (const member of cluster.members) {
        const client = new EtcdClient(member.endpoint);
        client.token = token;
        const key = `app/${member.name}`;
        await answered('a put', () => client.put(key, login.name));
        assert.equal(await answered('a read', () => client.get(key)), login.name);
        client.close();
      }
    }
  });
});

/** What each member by itself holds of users and roles. */
async function rulesOf(cluster: ProcessCluster, member: MemberProcess): Promise<string> {
  const ask = async (...args: readonly string[]): Promise<string> => {
    const all = [`--endpoints=${member.endpoint}`, '--user=root:secret', ...args];
    const { stdout, stderr } = await cluster.run('etcdctl', all);
    return stdout + stderr;
  };
  const parts = [await ask('auth', 'status')];
  for (const user of (await ask('user', 'list')).trim().split('\n')) {
    parts.push(await ask('user', 'get', user, '--detail'));
  }
  for (const role of (await ask('role', 'list')).trim().split('\n')) {
    parts.push(role, await ask('role', 'get', role));
  }
  return parts.join('\n');
}

test('members of Go etcd and ours agree on rules and on what they let in', { skip }, async (t) => {
  const kinds = ['etcd', 'etcd-ts', 'etcd'] as const;
  await withCluster(t, { size: 3, kinds, flags: [quick] }, async (cluster) => {
    const { root, etcdctl } = sessions(cluster);
    await enableAuth({ etcdctl });
    for (const member of cluster.members) await cluster.client(member).login('root', 'secret');
    for (const [at, member] of cluster.members.entries()) {
      await cluster.lead(member);
      await root.ok('role', 'add', `r${at}`);
      await root.ok('role', 'grant-permission', `r${at}`, 'read', 'k', `z${at}`);
      await root.ok('user', 'add', `u${at}:p`);
      await root.ok('user', 'grant-role', `u${at}`, `r${at}`);
      for (const asked of cluster.members) {
        // A read with what is known of users there: refused until it has applied the last change.
        await until(`${asked.name} has the rules`, () =>
          cluster
            .client(asked)
            .get('k')
            .then(() => true),
        );
        const client = new EtcdClient(asked.endpoint);
        await client.login('ann', 'hers');
        await client.put(`app/${at}`, asked.name);
        await assert.rejects(client.put('k', '1'), /permission denied/);
        await client.login(`u${at}`, 'p');
        assert.equal(await client.get('k'), undefined);
        await assert.rejects(client.put('k', '1'), /permission denied/);
        client.close();
      }
    }
    await root.ok('role', 'revoke-permission', 'r1', 'k', 'z1');
    await root.ok('role', 'delete', 'r2');
    await root.ok('user', 'passwd', '--interactive=false', 'u0').catch(() => {});
    await cluster.assertSameState();
    const rules = await Promise.all(cluster.members.map((member) => rulesOf(cluster, member)));
    assert.match(rules[0] ?? '', /Authentication Status: true/);
    assert.equal(rules[1], rules[0]);
    assert.equal(rules[2], rules[0]);
  });
});

test('leases expire with auth on, whoever leads', { skip }, async (t) => {
  const kinds = ['etcd', 'etcd-ts', 'etcd-ts'] as const;
  await withCluster(t, { size: 3, kinds, flags: [quick] }, async (cluster) => {
    const { ann, etcdctl } = sessions(cluster);
    await enableAuth({ etcdctl });
    for (const member of cluster.members) await cluster.client(member).login('root', 'secret');
    for (const member of cluster.members.slice(0, 2)) {
      await cluster.lead(member);
      // On a slow machine it can be gone before the key comes.
      await until('a key with a short lease', async () => {
        const lease = (await ann.ok('lease', 'grant', '3')).split(' ')[1] ?? '';
        await ann.ok('put', 'app/leased', 'x', `--lease=${lease}`);
        return true;
      });
      await until('the key is gone with its lease', async () => {
        return (await ann.ok('get', 'app/leased')) === '';
      });
    }
  });
});

test('the real etcd restores a snapshot with its users, and ours joins by one', {
  skip,
}, async (t) => {
  const flags = [quick, '--snapshot-count=100', '--snapshot-catchup-entries=20'];
  await withCluster(t, { size: 1, flags }, async (cluster) => {
    const { root, etcdctl } = sessions(cluster);
    await enableAuth({ etcdctl });
    const file = join(cluster.folder, 'saved.db');
    await root.ok('snapshot', 'save', file);
    const restored = await restore(cluster, file);
    const client = new EtcdClient(restored.endpoint);
    try {
      await client.login('ann', 'hers');
      await client.put('app/a', '1');
      await assert.rejects(client.put('b', '1'), /permission denied/);
      await client.login('root', 'secret');
      await client.put('b', '1');
    } finally {
      client.close();
      await restored.kill('SIGKILL');
    }
  });
  await withCluster(t, { size: 1, kind: 'etcd', flags }, async (cluster) => {
    const { root, etcdctl } = sessions(cluster);
    await enableAuth({ etcdctl });
    const theirs = cluster.client(cluster.member(0));
    await theirs.login('root', 'secret');
    for (let i = 0; i < 300; i += 1) await theirs.put(`k${i}`, 'x');
    const ours = await addMember(cluster, root);
    const client = cluster.client(ours);
    await client.login('ann', 'hers');
    await client.put('app/a', '1');
    await assert.rejects(client.get('k1'), /permission denied/);
    await client.login('root', 'secret');
    await cluster.assertSameState();
    assert.equal(await rulesOf(cluster, ours), await rulesOf(cluster, cluster.member(0)));
  });
});

async function restore(cluster: ProcessCluster, file: string): Promise<MemberProcess> {
  const restored = new MemberProcess({
    kind: 'etcd',
    name: 'restored',
    dataDir: join(cluster.folder, 'restored'),
    logPath: join(cluster.folder, 'restored.log'),
    clientPort: await freePort(),
    peerPort: await freePort(),
    flags: [],
  });
  const initial = `restored=${restored.peerUrl}`;
  const { code, stderr } = await cluster.run('etcdutl', [
    ...['snapshot', 'restore', file, '--name=restored'],
    `--data-dir=${restored.config.dataDir}`,
    `--initial-cluster=${initial}`,
    `--initial-advertise-peer-urls=${restored.peerUrl}`,
  ]);
  assert.equal(code, 0, stderr);
  restored.start(initial, 'new');
  await restored.ready();
  return restored;
}

/** As `ProcessCluster.addMember`, by root. */
async function addMember(cluster: ProcessCluster, root: Session): Promise<MemberProcess> {
  const member = new MemberProcess({
    kind: 'etcd-ts',
    flags: [quick],
    name: 'joining',
    dataDir: join(cluster.folder, 'joining'),
    logPath: join(cluster.folder, 'joining.log'),
    clientPort: await freePort(),
    peerPort: await freePort(),
  });
  await root.ok('member', 'add', member.name, `--peer-urls=${member.peerUrl}`);
  cluster.members.push(member);
  member.start(cluster.initialCluster(), 'existing');
  await member.ready();
  return member;
}

function keyPair(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'etcd-ts-jwt-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(join(folder, 'pub.pem'), publicKey);
  writeFileSync(join(folder, 'priv.pem'), privateKey);
  const [pub, priv] = [join(folder, 'pub.pem'), join(folder, 'priv.pem')];
  return `jwt,sign-method=RS256,pub-key=${pub},priv-key=${priv},ttl=5m`;
}

test('Go etcd and ours take each other’s JWTs, and both take no old ones', { skip }, async (t) => {
  const flags = [quick, `--auth-token=${keyPair(t)}`];
  await withCluster(t, { size: 2, kinds: ['etcd', 'etcd-ts'], flags }, async (cluster) => {
    const { root, etcdctl } = sessions(cluster);
    await enableAuth({ etcdctl });
    const [theirs, ours] = [cluster.client(cluster.member(0)), cluster.client(cluster.member(1))];
    for (const [login, other] of [
      [theirs, ours],
      [ours, theirs],
    ] as const) {
      other.token = await login.login('ann', 'hers');
      assert.equal(other.token.split('.').length, 3);
      await other.put('app/a', '1');
      assert.equal(await other.get('app/a'), '1');
      await assert.rejects(other.get('b'), /permission denied/);
      await root.ok('role', 'add', `r${other.token.slice(-5)}`);
      await assert.rejects(other.put('app/a', '2'), /revision of auth store is old/);
      await assert.rejects(login.get('app/a'), /revision of auth store is old/);
    }
  });
});

for (const kind of ['etcd-ts', 'etcd'] as const) {
  test(`a client's certificate stands for the user that it names, with ${kind}`, {
    skip,
  }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const authority = new CertificateAuthority(folder);
    const server = authority.issue('server', 'member', ['127.0.0.1', 'localhost']);
    const client = authority.issue('root', 'root', []);
    const tls = { caFile: authority.file, server, client };
    await withCluster(t, { size: 1, kinds: [kind], flags: [quick], tls }, async (cluster) => {
      const root = (...args: readonly string[]): Promise<string> => cluster.etcdctl(...args);
      await enableAuth({ etcdctl: root });
      assert.equal(await root('put', 'other', '1'), 'OK\n');
      const as = async (name: string, ...args: readonly string[]): Promise<string> => {
        const shown = etcdctlTls(authority.file, authority.issue(name, name, []));
        const all = [`--endpoints=${cluster.endpoints}`, ...shown, ...args];
        const { stdout, stderr } = await cluster.run('etcdctl', all);
        return stdout + stderr;
      };
      assert.equal(await as('ann', 'put', 'app/a', '1'), 'OK\n');
      assert.match(await as('ann', 'get', 'other'), /permission denied/);
      assert.match(await as('stranger', 'get', 'app/a'), /permission denied/);
      assert.match(await as('stranger', 'user', 'list'), /user name not found/);
      assert.match(await as('', 'get', 'app/a'), /permission denied/);
      assert.match(await as('', 'user', 'list'), /user name is empty/);
      // A token goes before the certificate.
      assert.match(await as('ann', '--user=root:secret', 'get', 'other'), /other\n1/);
    });
  });
}
