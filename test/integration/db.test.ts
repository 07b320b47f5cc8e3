/** `etcd-ts db` beside etcd's own tools: what goes from one to the other and back is the same. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { seededRandom } from '../../src/base/random.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/etcd/backend/checkpoint-file.ts';
import { DbWorld, fill } from '../support/db-world.ts';
import { MemberProcess, type ServerKind } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { type CommandResult, withCluster } from '../support/process-cluster.ts';

const skip = missingPeers('etcd', 'etcdctl', 'etcdutl');

const golden = JSON.parse(
  readFileSync(new URL('../../src/etcd/snap/testdata/etcd-snapshot.json', import.meta.url), 'utf8'),
) as { fileGzipBase64: string };

const directions: readonly [from: ServerKind, to: ServerKind][] = [
  ['etcd-ts', 'etcd'],
  ['etcd', 'etcd-ts'],
];

for (const [from, to] of directions) {
  test(`a snapshot of ${from} is the same data in ${to}, and back`, { skip }, async (t) => {
    const world = new DbWorld(t);
    const first = await world.member(from, 'first');
    await world.start(first);
    await fill(world, first);
    const before = await world.facts(first);

    const file = world.path('first.db');
    await world.etcdctl(first, 'snapshot', 'save', file);
    await first.stop();
    const status = await world.json('etcdutl', 'snapshot', 'status', file);
    assert.deepEqual(await world.json('etcd-ts', 'db', 'status', file), status);

    const second = await world.member(to, 'second');
    await restore(world, to, file, world.restoreFlags(second));
    await world.start(second);
    assert.deepEqual(await world.facts(second), before);
    const denied = ['--user=reader:word', 'put', 'k1', 'x'];
    const refused = await world.try('etcdctl', `--endpoints=${second.endpoint}`, ...denied);
    assert.match(refused.stderr, /permission denied/);
    await world.etcdctl(second, 'put', 'k5', 'in the second');
    const later = await world.facts(second);

    const back = world.path('back.db');
    await world.etcdctl(second, 'snapshot', 'save', back);
    await second.stop();
    const third = await world.member(from, 'third');
    await restore(world, from, back, world.restoreFlags(third));
    await world.start(third);
    assert.deepEqual(await world.facts(third), later);
  });
}

async function restore(
  world: DbWorld,
  kind: ServerKind,
  file: string,
  flags: readonly string[],
): Promise<void> {
  if (kind === 'etcd') await world.run('etcdutl', 'snapshot', 'restore', file, ...flags);
  else await world.run('etcd-ts', 'db', 'restore', file, ...flags);
}

test('a bumped revision is the same as etcdutl’s, and watchers are told', { skip }, async (t) => {
  const world = new DbWorld(t);
  const source = await world.member('etcd', 'source');
  await world.start(source);
  await fill(world, source);
  const { revision } = (await world.facts(source)) as { revision: number };
  const file = world.path('source.db');
  await world.etcdctl(source, 'snapshot', 'save', file);
  await source.stop();
  const members = [];
  for (const kind of ['etcd', 'etcd-ts'] as const) {
    const member = await world.member(kind, `bumped-${kind}`);
    const bump = ['--bump-revision=1000', '--mark-compacted'];
    await restore(world, kind, file, [...world.restoreFlags(member), ...bump]);
    await world.start(member);
    members.push(member);
  }
  const [theirs, ours] = await Promise.all(members.map((member) => world.facts(member)));
  assert.deepEqual(ours, theirs);
  assert.equal(ours?.revision, revision + 1000);
  assert.equal(ours?.compactRevision, revision + 1000);
});

test('a restore is refused in etcdutl’s words', { skip }, async (t) => {
  const world = new DbWorld(t);
  const bytes = gunzipSync(Buffer.from(golden.fileGzipBase64, 'base64'));
  writeFileSync(world.path('good.db'), bytes);
  writeFileSync(world.path('bare.db'), bytes.subarray(0, -32));
  bytes[5000] = (bytes[5000] as number) ^ 1;
  writeFileSync(world.path('wrong.db'), bytes);
  mkdirSync(world.path('full/x'), { recursive: true });
  const rows: readonly (readonly string[])[] = [
    [],
    ['good.db', 'good.db'],
    ['nowhere.db'],
    ['bare.db'],
    ['wrong.db'],
    ['good.db', '--data-dir=full'],
    ['good.db', '--wal-dir=full'],
    ['good.db', '--name=other'],
    ['good.db', '--initial-cluster=default=localhost:2380'],
    ['good.db', '--initial-cluster=default=http://localhost'],
    ['good.db', '--initial-cluster=default=http://127.0.0.1:2380'],
    ['good.db', '--initial-cluster=default=http://localhost:2380,b=http://localhost:2380'],
    ['good.db', '--initial-advertise-peer-urls=http://localhost:1'],
    ['good.db', '--initial-advertise-peer-urls=ftp://localhost:1'],
    ['good.db', '--initial-advertise-peer-urls='],
    ['good.db', '--mark-compacted'],
    ['good.db', '--bump-revision=5'],
    ['good.db', '--bump-revision=-5'],
    ['good.db', '--skip-hash-check=perhaps'],
    ['good.db', '--bogus'],
  ];
  for (const [at, row] of rows.entries()) {
    const into = row.some((flag) => flag.startsWith('--data-dir')) ? [] : [`--data-dir=d${at}`];
    const theirs = await world.try('etcdutl', 'snapshot', 'restore', ...row, ...into);
    rmSync(world.path(`d${at}`), { recursive: true, force: true });
    const ours = await world.try('etcd-ts', 'db', 'restore', ...row, ...into);
    assert.equal(errorOf(ours), errorOf(theirs), row.join(' '));
    assert.ok(!existsSync(world.path(`d${at}`)), row.join(' '));
  }
});

/** Exit code and message; what a command is called differs. */
function errorOf({ code, stderr }: CommandResult): string {
  const line = stderr.split('\n').find((found) => found.startsWith('Error: ')) ?? stderr;
  return `${code} ${line.replace('snapshot restore', 'restore')}`;
}

test('an export is what the running member’s snapshot was', { skip }, async (t) => {
  const world = new DbWorld(t);
  const member = await world.member('etcd-ts', 'm');
  await world.start(member);
  await fill(world, member);
  const { hash } = (await world.facts(member)) as { hash: number };
  const { dataDir } = member.config;
  const running = await world.try('etcd-ts', 'db', 'export', dataDir, 'out.db');
  assert.equal(running.code, 1);
  assert.match(running.stderr, /^Error: a running member is using .*: stop it first\n$/);
  assert.ok(!existsSync(world.path('out.db')));
  // What only the log has must be in the export too, and the log may stay as it is.
  await member.kill('SIGKILL');
  const before = world.contents(dataDir);
  await world.run('etcd-ts', 'db', 'export', dataDir, 'out.db');
  assert.equal(world.contents(dataDir), before, 'the source has not changed');
  const status = await world.json('etcdutl', 'snapshot', 'status', 'out.db');
  assert.deepEqual(await world.json('etcd-ts', 'db', 'status', 'out.db'), status);
  assert.deepEqual(await world.json('etcd-ts', 'db', 'status', dataDir), status);
  const kv = (await world.json('etcd-ts', 'db', 'hash', dataDir)) as { hash: number };
  assert.equal(kv.hash, hash);
  assert.equal(world.contents(dataDir), before, 'the source has not changed');
  // As if the machine had restarted: only the checkpoint counts, and the log since.
  const checkpoint = join(dataDir, 'member/state/0000000000000000/checkpoint');
  const { metaPages } = decodeCheckpoint(readFileSync(checkpoint));
  writeFileSync(checkpoint, encodeCheckpoint({ bootId: 'another', metaPages }));
  const restarted = world.contents(dataDir);
  assert.deepEqual(await world.json('etcd-ts', 'db', 'hash', dataDir), kv);
  assert.equal(world.contents(dataDir), restarted, 'the source has not changed');
  assert.deepEqual(
    readdirSync(world.folder).filter((name) => name.startsWith('out')),
    ['out.db'],
  );
});

test('a killed Go etcd goes on as the same member of etcd-ts', { skip }, async (t) => {
  const world = new DbWorld(t);
  const theirs = await world.member('etcd', 'theirs');
  await world.start(theirs);
  await fill(world, theirs);
  const list = await world.etcdctl(theirs, 'member', 'list');
  const running = await world.try(
    'etcd-ts',
    'db',
    'import',
    theirs.config.dataDir,
    '--data-dir=ours',
  );
  assert.equal(running.code, 1);
  assert.match(running.stderr, /^Error: .*running etcd.* is using /);
  assert.ok(!existsSync(world.path('ours')));
  await world.etcdctl(theirs, 'put', 'k6', 'in the log only');
  const before = await world.facts(theirs);
  await theirs.kill('SIGKILL');
  const contents = world.contents(theirs.config.dataDir);
  const ours = await world.member('etcd-ts', 'ours', { like: theirs });
  const imported = await world.json(
    'etcd-ts',
    'db',
    'import',
    theirs.config.dataDir,
    '--data-dir=ours',
  );
  assert.equal((imported as { revision: number }).revision, before['revision']);
  // The put may be in the log only: an export of the database alone would lose it.
  const exported = await world.try('etcd-ts', 'db', 'export', 'theirs', 'half.db');
  const status = await world.try('etcd-ts', 'db', 'status', 'theirs');
  if (exported.code === 0) assert.equal(status.stderr, '');
  else assert.match(exported.stderr, /\/db ends \d+ entries before the log in .*db import takes/);
  if (exported.code !== 0) assert.match(status.stderr, /^Warning: .* entries before the log/);
  assert.equal(world.contents(theirs.config.dataDir), contents, 'the source has not changed');
  await world.start(ours);
  assert.deepEqual(await world.facts(ours), before);
  assert.equal(await world.etcdctl(ours, 'member', 'list'), list);

  const wal = join(theirs.config.dataDir, 'member/wal');
  const segment = join(wal, readdirSync(wal).find((name) => name.endsWith('.wal')) ?? '');
  const bytes = readFileSync(segment);
  bytes[2000] = (bytes[2000] as number) ^ 1;
  writeFileSync(segment, bytes);
  const damaged = await world.try('etcd-ts', 'db', 'import', 'theirs', '--data-dir=from-damaged');
  assert.equal(damaged.code, 1);
  assert.match(damaged.stderr, /^Error: .*theirs\/member\/wal\/0.*\.wal at offset \d+: /);
  assert.ok(!existsSync(world.path('from-damaged')));
});

const skipOld = missingPeers('etcd-3.6', 'etcdctl', 'etcdutl');

test('data of etcd 3.6 is imported, restored and given back', { skip: skipOld }, async (t) => {
  const world = new DbWorld(t);
  const old = await world.member('etcd-3.6', 'old');
  await world.start(old);
  await fill(world, old);
  const before = await world.facts(old);
  await world.etcdctl(old, 'snapshot', 'save', world.path('old.db'));
  await old.kill('SIGKILL');
  const { version } = (await world.json('etcd-ts', 'db', 'status', 'old.db')) as {
    version: string;
  };
  assert.equal(version, '3.6.0');
  await world.run('etcd-ts', 'db', 'import', 'old', '--data-dir=imported');
  const imported = await world.member('etcd-ts', 'imported', { like: old });
  await world.start(imported);
  assert.deepEqual(await world.facts(imported), before);
  await imported.stop();

  const restored = await world.member('etcd-ts', 'restored');
  await world.run('etcd-ts', 'db', 'restore', 'old.db', ...world.restoreFlags(restored));
  await world.run('etcd-ts', 'db', 'export', 'restored', 'back.db');
  const back = await world.member('etcd-3.6', 'back');
  await world.run('etcdutl', 'snapshot', 'restore', 'back.db', ...world.restoreFlags(back));
  await world.start(back);
  assert.deepEqual(await world.facts(back), before);
});

test('one member of three moves to etcd-ts with its data', { skip }, async (t) => {
  await withCluster(t, { size: 3, kind: 'etcd' }, async (cluster) => {
    for (let i = 0; i < 20; i += 1) await cluster.etcdctl('put', `k${i}`, `value ${i}`);
    const leader = await cluster.leader();
    const at = cluster.members.findIndex((member) => member !== leader);
    const theirs = cluster.member(at);
    await theirs.kill('SIGKILL');
    await cluster.client(leader).put('meanwhile', 'by the others');
    const { dataDir } = theirs.config;
    const world = new DbWorld(t);
    await world.run('etcd-ts', 'db', 'import', dataDir, `--data-dir=${dataDir}-ours`);
    const config = { ...theirs.config, kind: 'etcd-ts', dataDir: `${dataDir}-ours` } as const;
    const ours = new MemberProcess(config);
    cluster.members[at] = ours;
    await cluster.restart(ours);
    await cluster.etcdctl('put', 'after', 'by all');
    await cluster.assertSameState();
    assert.equal((await cluster.etcdctl('member', 'list')).match(/started/g)?.length, 3);
  });
});

test('members of both kinds are restored into one cluster', { skip }, async (t) => {
  const world = new DbWorld(t);
  const source = await world.member('etcd-ts', 'source');
  await world.start(source);
  await world.etcdctl(source, 'put', 'k', 'v');
  const file = world.path('source.db');
  await world.etcdctl(source, 'snapshot', 'save', file);
  await source.stop();
  const kinds = ['etcd', 'etcd-ts', 'etcd-ts'] as const;
  const members = await Promise.all(
    kinds.map((kind, i) => world.member(kind, `r${i}`, { name: `r${i}` })),
  );
  const initial = members.map((member) => `${member.name}=${member.peerUrl}`).join(',');
  for (const [i, member] of members.entries()) {
    const flags = [
      `--data-dir=${member.config.dataDir}`,
      `--name=${member.name}`,
      `--initial-cluster=${initial}`,
      `--initial-advertise-peer-urls=${member.peerUrl}`,
    ];
    await restore(world, kinds[i] as ServerKind, file, flags);
  }
  for (const member of members) member.start(initial, 'new');
  await Promise.all(members.map((member) => member.ready()));
  for (const member of members) {
    await world.etcdctl(member, 'put', member.name, 'through this member');
    assert.equal(await world.etcdctl(member, 'get', 'k', '--print-value-only'), 'v\n');
  }
});

test('a database that etcd got from its leader and had not put in place counts', {
  skip,
}, async (t) => {
  const world = new DbWorld(t);
  const flags = ['--snapshot-count=5', '--snapshot-catchup-entries=5'];
  const theirs = await world.member('etcd', 'theirs', { flags });
  const snap = join(theirs.config.dataDir, 'member/snap');
  await world.start(theirs);
  await world.etcdctl(theirs, 'put', 'early', 'x');
  await theirs.stop();
  copyFileSync(join(snap, 'db'), world.path('early.db'));
  await world.start(theirs);
  for (let i = 0; i < 20; i += 1) await world.etcdctl(theirs, 'put', `k${i}`, 'x');
  await theirs.stop();
  const newest =
    readdirSync(snap)
      .filter((name) => name.endsWith('.snap'))
      .sort()
      .at(-1) ?? '';
  const received = join(snap, `${newest.slice(17, 33)}.snap.db`);
  renameSync(join(snap, 'db'), received);
  copyFileSync(world.path('early.db'), join(snap, 'db'));
  const moved = (await world.json('etcd-ts', 'db', 'import', 'theirs', '--data-dir=a')) as {
    revision: number;
  };
  assert.equal(moved.revision, 22);
  rmSync(received);
  const without = await world.try('etcd-ts', 'db', 'import', 'theirs', '--data-dir=b');
  assert.equal(without.code, 1);
  assert.match(
    without.stderr,
    /ends at index \d+, the log has a snapshot at \d+, and there is no /,
  );
  assert.ok(!existsSync(world.path('b')));
});

test('a snapshot goes on as the only member of its cluster', { skip }, async (t) => {
  const world = new DbWorld(t);
  const theirs = await world.member('etcd', 'theirs');
  await world.start(theirs);
  await fill(world, theirs);
  const list = await world.etcdctl(theirs, 'member', 'list');
  const before = await world.facts(theirs);
  const file = world.path('theirs.db');
  await world.etcdctl(theirs, 'snapshot', 'save', file);
  await theirs.stop();
  await world.run('etcd-ts', 'db', 'import', file, '--data-dir=ours', '--wal-dir=log');
  assert.equal(readdirSync(world.path('log')).length, 1);
  const ours = await world.member('etcd-ts', 'ours', {
    like: theirs,
    flags: [`--wal-dir=${world.path('log')}`],
  });
  await world.start(ours);
  assert.deepEqual(await world.facts(ours), before);
  assert.equal(await world.etcdctl(ours, 'member', 'list'), list);
});

test('defrag works offline and changes no figure', { skip }, async (t) => {
  const world = new DbWorld(t);
  const member = await world.member('etcd-ts', 'm');
  await world.start(member);
  await fill(world, member);
  const before = await world.facts(member);
  await member.stop();
  const status = await world.json('etcd-ts', 'db', 'status', 'm');
  await world.run('etcd-ts', 'db', 'defrag', 'm');
  assert.deepEqual(await world.json('etcd-ts', 'db', 'status', 'm'), status);
  await world.start(member);
  assert.deepEqual(await world.facts(member), before);
});

test('a killed restore or import leaves nothing, and is repeated as it was', {
  skip,
}, async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  const world = new DbWorld(t);
  const theirs = await world.member('etcd', 'theirs');
  await world.start(theirs);
  const benchmark = [
    '--total=4000',
    // Together, so that they share syncs of a slow disk.
    '--clients=50',
    '--key-space-size=4000',
    '--val-size=2000',
    '--sequential-keys',
  ];
  await world.run('benchmark', `--endpoints=${theirs.endpoint}`, 'put', ...benchmark);
  const file = world.path('theirs.db');
  await world.etcdctl(theirs, 'snapshot', 'save', file);
  await theirs.stop();
  const source = theirs.config.dataDir;
  const before = [world.contents(file), world.contents(source)];
  for (const [name, ...from] of [
    ['restored', 'restore', file],
    ['imported', 'import', source],
    ['elsewhere', 'import', file, '--wal-dir=log'],
  ] as const) {
    const command = ['db', ...from, `--data-dir=${name}`];
    const startMs = performance.now();
    await world.run('etcd-ts', ...command);
    const tookMs = performance.now() - startMs;
    const hash = await world.json('etcd-ts', 'db', 'hash', name, ...walFlag(from));
    for (let kills = 0; kills < 4; kills += 1) {
      for (const made of [name, 'log']) rmSync(world.path(made), { recursive: true, force: true });
      await world.killAfter(random.below(Math.ceil(tookMs)), 'etcd-ts', ...command);
      const isThere = existsSync(world.path(`${name}/member`));
      if (!isThere) await world.run('etcd-ts', ...command);
      assert.deepEqual(await world.json('etcd-ts', 'db', 'hash', name, ...walFlag(from)), hash);
      assert.ok(!existsSync(world.path(`${name}/member.tmp`)));
    }
  }
  assert.deepEqual([world.contents(file), world.contents(source)], before);
  const left = readdirSync(world.folder).filter((name) => name.endsWith('.tmp'));
  assert.deepEqual(left, []);
});

function walFlag(command: readonly string[]): readonly string[] {
  return command.filter((argument) => argument.startsWith('--wal-dir'));
}
