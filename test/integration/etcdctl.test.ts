/** The real etcdctl against one member: what a person types first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingPeers, peerProgram } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';
import { RunningCommand } from '../support/running-command.ts';
import { tableRows } from '../support/table.ts';

const skip = missingPeers('etcdctl');

/** Runs etcdctl where failure is the expectation. */
async function refused(cluster: ProcessCluster, ...args: readonly string[]): Promise<string> {
  const result = await cluster.run('etcdctl', [`--endpoints=${cluster.endpoints}`, ...args]);
  assert.notEqual(result.code, 0, `etcdctl ${args.join(' ')} succeeded`);
  return result.stderr;
}

test('put, get and del with their options', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { etcdctl } = bound(cluster);
    assert.equal(await etcdctl('put', 'a', '1'), 'OK\n');
    assert.equal(await etcdctl('put', 'b', '2'), 'OK\n');
    assert.equal(await etcdctl('put', 'c', '3'), 'OK\n');
    assert.equal(await etcdctl('put', '--prev-kv', 'a', '10'), 'OK\na\n1\n');
    assert.equal(await etcdctl('get', 'a'), 'a\n10\n');
    assert.equal(await etcdctl('get', 'a', 'c'), 'a\n10\nb\n2\n');
    assert.equal(await etcdctl('get', '--prefix', '', '--keys-only'), 'a\n\nb\n\nc\n\n');
    assert.equal(await etcdctl('get', '--from-key', 'b', '--print-value-only'), '2\n3\n');
    assert.equal(await etcdctl('get', 'a', '--rev=2'), 'a\n1\n');
    const newest = ['get', '--prefix', '', '--sort-by=MODIFY', '--order=DESCEND', '--limit=1'];
    assert.equal(await etcdctl(...newest), 'a\n10\n');
    assert.equal(await etcdctl('del', '--prev-kv', 'b'), '1\nb\n2\n');
    assert.equal(await etcdctl('del', '--prefix', ''), '2\n');
    assert.equal(await etcdctl('get', '--prefix', ''), '');
  });
});

test('the JSON output carries revisions, versions and the header', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { etcdctl } = bound(cluster);
    await etcdctl('put', 'a', '1');
    await etcdctl('put', 'a', '2');
    const answer = JSON.parse(await etcdctl('get', 'a', '-w=json')) as {
      header: { revision: number; raft_term: number };
      kvs: unknown[];
      count: number;
    };
    assert.equal(answer.header.revision, 3);
    assert.equal(answer.count, 1);
    assert.deepEqual(answer.kvs, [
      { key: 'YQ==', create_revision: 2, mod_revision: 3, version: 2, value: 'Mg==' },
    ]);
  });
});

test('a transaction takes the branch that its compares decide', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { etcdctl, withInput } = bound(cluster);
    await etcdctl('put', 'a', '1');
    const script = 'value("a") = "1"\n\nput a 2\nget a\n\nput a wrong\n\n';
    assert.equal(await withInput(script, 'txn'), 'SUCCESS\n\nOK\n\na\n2\n');
    assert.equal(await withInput(script, 'txn'), 'FAILURE\n\nOK\n');
    assert.equal(await etcdctl('get', 'a', '--print-value-only'), 'wrong\n');
  });
});

test('a watch sees history from a revision, then new events in order', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { etcdctl } = bound(cluster);
    await etcdctl('put', 'w/a', '1');
    await etcdctl('put', 'w/a', '2');
    const args = ['watch', '--prefix', 'w/', '--rev=2', '--prev-kv'];
    const endpoints = `--endpoints=${cluster.endpoints}`;
    await using watch = new RunningCommand(peerProgram('etcdctl'), [endpoints, ...args]);
    await watch.waitFor('PUT\nw/a\n1\nw/a\n2\n');
    await etcdctl('put', 'other', 'unseen');
    await etcdctl('del', 'w/a');
    await watch.waitFor('DELETE\nw/a\n2\nw/a\n\n');
    assert.ok(!watch.output.includes('unseen'));
  });
});

test('a lease is granted, kept alive, looked at, listed and revoked', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { etcdctl } = bound(cluster);
    const granted = await etcdctl('lease', 'grant', '100');
    const id = /^lease ([0-9a-f]+) granted with TTL\(100s\)\n$/.exec(granted)?.[1];
    assert.ok(id !== undefined, granted);
    await etcdctl('put', 'leased', 'x', `--lease=${id}`);
    const alive = await etcdctl('lease', 'keep-alive', '--once', id);
    assert.equal(alive, `lease ${id} keepalived with TTL(100)\n`);
    const left = await etcdctl('lease', 'timetolive', '--keys', id);
    assert.match(left, /granted with TTL\(100s\), remaining\(\d+s\), attached keys\(\[leased\]\)/);
    assert.equal(await etcdctl('lease', 'list'), `found 1 leases\n${id}\n`);
    assert.equal(await etcdctl('lease', 'revoke', id), `lease ${id} revoked\n`);
    assert.equal(await etcdctl('get', 'leased'), '');
    assert.match(await refused(cluster, 'lease', 'revoke', id), /requested lease not found/);
  });
});

test('a lease that nobody keeps alive takes its keys with it', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { etcdctl } = bound(cluster);
    const id = (await etcdctl('lease', 'grant', '1')).split(' ')[1] ?? '';
    const args = [`--endpoints=${cluster.endpoints}`, 'watch', 'leased'];
    await using watch = new RunningCommand(peerProgram('etcdctl'), args);
    await etcdctl('put', 'leased', 'x', `--lease=${id}`);
    await watch.waitFor('DELETE\nleased\n');
    assert.equal(await etcdctl('lease', 'list'), 'found 0 leases\n');
  });
});

test('a lock made by the client library holds while its command runs', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { etcdctl } = bound(cluster);
    assert.equal(await etcdctl('lock', 'mutex', 'echo', 'held'), 'held\n');
    assert.equal(await etcdctl('get', '--prefix', 'mutex'), '');
  });
});

test('compaction removes old revisions, and says so to who asks for them', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { etcdctl } = bound(cluster);
    for (const value of ['1', '2', '3']) await etcdctl('put', 'a', value);
    assert.equal(await etcdctl('compaction', '--physical', '3'), 'compacted revision 3\n');
    assert.match(await refused(cluster, 'get', 'a', '--rev=2'), /has been compacted/);
    assert.match(await refused(cluster, 'get', 'a', '--rev=9'), /is a future revision/);
    assert.match(await refused(cluster, 'compaction', '3'), /has been compacted/);
    assert.equal(await etcdctl('get', 'a', '--rev=3'), 'a\n2\n');
  });
});

test('the tables name the member, its health, its state and no alarms', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const { etcdctl } = bound(cluster);
    await etcdctl('put', 'a', '1');
    const { name, endpoint, peerUrl, clientUrl } = cluster.member(0);
    const [member] = tableRows(await etcdctl('member', 'list', '-w=table'));
    const id = member?.['ID'] ?? '';
    assert.match(id, /^[0-9a-f]+$/);
    assert.deepEqual(member, {
      ID: id,
      STATUS: 'started',
      NAME: name,
      'PEER ADDRS': peerUrl,
      'CLIENT ADDRS': clientUrl,
      'IS LEARNER': 'false',
    });
    const [status] = tableRows(await etcdctl('endpoint', 'status', '-w=table'));
    assert.equal(status?.['ENDPOINT'], endpoint);
    assert.equal(status?.['ID'], id);
    assert.match(status?.['VERSION'] ?? '', /^3\.7\.\d+$/);
    assert.equal(status?.['IS LEADER'], 'true');
    assert.equal(status?.['ERRORS'], '');
    const [health] = tableRows(await etcdctl('endpoint', 'health', '-w=table'));
    assert.equal(health?.['HEALTH'], 'true');
    const [hash] = tableRows(await etcdctl('endpoint', 'hashkv', '-w=table'));
    assert.match(hash?.['HASH'] ?? '', /^\d+$/);
    assert.equal(await etcdctl('alarm', 'list'), '');
  });
});

test('errors reach etcdctl in etcd’s words', { skip }, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    assert.match(await refused(cluster, 'put', '', 'x'), /etcdserver: key is not provided/);
    assert.match(await refused(cluster, 'put', 'a', 'x', '--lease=1'), /requested lease not found/);
    assert.match(await refused(cluster, 'put', 'a', '--ignore-value'), /key not found/);
    assert.match(await refused(cluster, 'member', 'remove', '1'), /member not found/i);
    const { withInput } = bound(cluster);
    const twice = 'value("a") = "1"\n\n\nput a 1\nput a 2\n\n';
    await assert.rejects(withInput(twice, 'txn'), /duplicate key given in txn request/);
  });
});

function bound(cluster: ProcessCluster): {
  etcdctl: (...args: readonly string[]) => Promise<string>;
  withInput: (input: string, ...args: readonly string[]) => Promise<string>;
} {
  return {
    etcdctl: (...args) => cluster.etcdctl(...args),
    withInput: async (input, ...args) => {
      const all = [`--endpoints=${cluster.endpoints}`, ...args];
      const result = await cluster.run('etcdctl', all, input);
      if (result.code !== 0) throw new Error(result.stderr);
      return result.stdout;
    },
  };
}
