/**
 * A million keys from etcd-ts to Go etcd and back through files: every hash must be the same.
 * Prints time and peak memory of both sides' tools, as the table in docs/testing.md has them.
 * KEYS=100000 is quicker.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { nodeDisk } from '../../src/etcd/io/node-disk.ts';
import { etcdRevisionKey } from '../../src/etcd/mvcc/revision.ts';
import { encodeKeyValue } from '../../src/etcd/proto/generated/mvccpb.ts';
import { type BboltSource, planBbolt, streamBbolt } from '../../src/etcd/snap/bbolt-writer.ts';
import { withTrailer, writePieces } from '../../src/etcd/snap/snapshot-file.ts';
import { MemberProcess, type ServerKind } from '../support/member-process.ts';
import { type PeerProgram, peerProgram, repositoryRoot } from '../support/peers.ts';
import { freePort } from '../support/ports.ts';

const keys = Number(process.env['KEYS'] ?? 1_000_000);
const valueBytes = 256;
const pollMs = 20;

type Measured = {
  readonly seconds: number;
  /** Of all its threads, until shortly before its end. */
  readonly cpuSeconds: number;
  readonly anonymousMb: number;
  readonly out: string;
};
type Tool = PeerProgram | 'etcd-ts';

const folder = mkdtempSync(join(tmpdir(), 'round-trip-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const rows: string[] = [];

/** Memory that is the process's own: pages of files that are mapped can be given back any time. */
async function measure(tool: Tool, ...args: readonly string[]): Promise<Measured> {
  const program = tool === 'etcd-ts' ? join(repositoryRoot, 'bin/etcd-ts') : peerProgram(tool);
  const startMs = performance.now();
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  let peakKb = 0;
  let cpuSeconds = 0;
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const timer = setInterval(() => {
    peakKb = Math.max(peakKb, anonymousKb(child.pid ?? 0));
    cpuSeconds = Math.max(cpuSeconds, cpuSecondsOf(child.pid ?? 0));
  }, pollMs);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  assert.equal(code, 0, `${tool} ${args.join(' ')}: ${err}`);
  const seconds = (performance.now() - startMs) / 1000;
  return { seconds, cpuSeconds, anonymousMb: peakKb / 1024, out };
}

function anonymousKb(pid: number): number {
  try {
    const found = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(found?.[1] ?? 0);
  } catch {
    return 0; // It has ended.
  }
}

/** User and system time stand behind the name in parentheses, in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

function row(step: string, ours: Measured | undefined, theirs: Measured | undefined): void {
  const cell = (found: Measured | undefined): string => {
    if (found === undefined) return '';
    const { seconds, cpuSeconds, anonymousMb } = found;
    return `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s, ${anonymousMb.toFixed(0)} MB`;
  };
  rows.push(`| ${step} | ${cell(ours)} | ${cell(theirs)} |`);
  console.log(rows.at(-1));
}

function* records(): Iterable<readonly [Uint8Array, Uint8Array]> {
  for (let i = 0; i < keys; i += 1) {
    const main = i + 2;
    const key = utf8Bytes(`/registry/pods/namespace-${i % 97}/pod-${i}`);
    const value = Buffer.alloc(valueBytes, `value ${i} `);
    const fields = { key, value, createRevision: main, modRevision: main, version: 1 };
    yield [etcdRevisionKey(main, 0, false), encodeKeyValue(fields)];
  }
}

async function writeStart(path: string): Promise<void> {
  const source: BboltSource = {
    buckets: [
      { name: 'meta', entries: () => [] },
      { name: 'key', entries: records },
    ],
  };
  await writePieces(nodeDisk, path, withTrailer(streamBbolt(source, planBbolt(source))));
}

type Running = { readonly member: MemberProcess; readonly flags: readonly string[] };

async function memberOf(kind: ServerKind, name: string): Promise<Running> {
  const member = new MemberProcess({
    kind,
    name: 'm',
    dataDir: at(name),
    logPath: at(`${name}.log`),
    clientPort: await freePort(),
    peerPort: await freePort(),
    flags: ['--quota-backend-bytes=8589934592'],
  });
  const flags = [
    `--data-dir=${at(name)}`,
    '--name=m',
    `--initial-cluster=m=${member.peerUrl}`,
    `--initial-advertise-peer-urls=${member.peerUrl}`,
  ];
  return { member, flags };
}

/** HashKV of the running member, and its snapshot in a file. */
async function hashAndSave({ member }: Running, file: string): Promise<[number, Measured]> {
  member.start(`m=${member.peerUrl}`, 'new');
  await member.ready(300_000);
  const to = [`--endpoints=${member.endpoint}`, '--command-timeout=300s'];
  const { out } = await measure('etcdctl', ...to, 'endpoint', 'hashkv', '-w=json');
  const [answer] = JSON.parse(out) as [{ HashKV: { hash: number } }];
  const saved = await measure('etcdctl', ...to, 'snapshot', 'save', file);
  await member.stop();
  return [answer.HashKV.hash, saved];
}

const hashes: number[] = [];
const start = at('start.db');
await writeStart(start);
console.log(`${keys} keys, ${valueBytes} bytes each, a file of ${statSync(start).size} bytes\n`);
rows.push('| step | etcd-ts | Go etcd |', '| --- | --- | --- |');

const ours = await memberOf('etcd-ts', 'ours');
const theirs = await memberOf('etcd', 'theirs');
row(
  'status of the file',
  await measure('etcd-ts', 'db', 'status', start),
  await measure('etcdutl', 'snapshot', 'status', start),
);
row(
  'restore of the file',
  await measure('etcd-ts', 'db', 'restore', start, ...ours.flags),
  await measure('etcdutl', 'snapshot', 'restore', start, ...theirs.flags),
);
const [oursHash, oursSaved] = await hashAndSave(ours, at('ours.db'));
const [theirsHash, theirsSaved] = await hashAndSave(theirs, at('theirs.db'));
row('`snapshot save` from the member', oursSaved, theirsSaved);
hashes.push(oursHash, theirsHash);

const oursOfTheirs = await memberOf('etcd-ts', 'ours-of-theirs');
const theirsOfOurs = await memberOf('etcd', 'theirs-of-ours');
row(
  "restore of the other's snapshot",
  await measure('etcd-ts', 'db', 'restore', at('theirs.db'), ...oursOfTheirs.flags),
  await measure('etcdutl', 'snapshot', 'restore', at('ours.db'), ...theirsOfOurs.flags),
);
hashes.push((await hashAndSave(oursOfTheirs, at('a.db')))[0]);
hashes.push((await hashAndSave(theirsOfOurs, at('b.db')))[0]);

const hashOurs = await measure('etcd-ts', 'db', 'hash', at('ours'), '-w=json');
const hashTheirs = await measure('etcdutl', 'hashkv', at('theirs/member/snap/db'), '-w=json');
row('hash of a stopped member', hashOurs, hashTheirs);
for (const { out } of [hashOurs, hashTheirs]) {
  hashes.push((JSON.parse(out) as { hash: number }).hash);
}
row(
  'export of a stopped member',
  await measure('etcd-ts', 'db', 'export', at('ours'), at('c.db')),
  undefined,
);
row(
  "import of a stopped Go etcd's directory",
  await measure('etcd-ts', 'db', 'import', at('theirs'), `--data-dir=${at('moved')}`),
  undefined,
);
const moved = await measure('etcd-ts', 'db', 'hash', at('moved'), '-w=json');
hashes.push((JSON.parse(moved.out) as { hash: number }).hash);
row('defragmentation', await measure('etcd-ts', 'db', 'defrag', at('ours')), undefined);

assert.equal(new Set(hashes).size, 1, `hashes differ: ${hashes.join(', ')}`);
console.log(`\nall ${hashes.length} hashes are ${hashes[0]}`);
