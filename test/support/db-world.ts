/** Data directories and snapshot files that go between etcd-ts, Go etcd and the tools of both. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { MemberProcess, type ServerKind } from './member-process.ts';
import { type PeerProgram, peerProgram, repositoryRoot } from './peers.ts';
import { freePort } from './ports.ts';
import type { CommandResult } from './process-cluster.ts';

export type Tool = PeerProgram | 'etcd-ts';

type MemberOptions = {
  readonly like?: MemberProcess;
  readonly name?: string;
  readonly flags?: readonly string[];
};

/** Some answers take their time on a busy machine, and none of them is about time. */
const patience = ['--command-timeout=60s', '--dial-timeout=30s'];
const rootUser = ['--user=root:secret'];

export class DbWorld {
  readonly folder: string;
  readonly #members: MemberProcess[] = [];

  constructor(t: TestContext) {
    this.folder = mkdtempSync(join(tmpdir(), 'db-world-'));
    t.after(async () => {
      await Promise.all(this.#members.map((member) => member.kill('SIGKILL')));
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Whatever its exit code. */
  try(tool: Tool, ...args: readonly string[]): Promise<CommandResult> {
    return new Promise((resolve) => {
      const options = { timeout: 600_000, maxBuffer: 64 * 1024 * 1024, cwd: this.folder };
      execFile(programOf(tool), args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
  }

  /** Standard output; throws unless the exit code is 0. */
  async run(tool: Tool, ...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.try(tool, ...args);
    if (code === 0) return stdout;
    throw new Error(`${tool} ${args.join(' ')}: code ${code}: ${stderr}${stdout}`);
  }

  async json(tool: Tool, ...args: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.run(tool, ...args, '-w=json'));
  }

  /** Starts the command and kills it after so many milliseconds, unless it has ended by then. */
  async killAfter(ms: number, tool: Tool, ...args: readonly string[]): Promise<'killed' | 'ended'> {
    const child = spawn(programOf(tool), args, { stdio: 'ignore', cwd: this.folder });
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    const signal = await new Promise((resolve) => {
      child.once('exit', (_code, name) => resolve(name));
    });
    clearTimeout(timer);
    return signal === 'SIGKILL' ? 'killed' : 'ended';
  }

  /** A member that is not started yet, on the ports of another one if that is given. */
  async member(
    kind: ServerKind,
    dataDir: string,
    { like, name = 'm', flags = [] }: MemberOptions = {},
  ): Promise<MemberProcess> {
    const member = new MemberProcess({
      kind,
      name,
      dataDir: this.path(dataDir),
      logPath: this.path(`${dataDir}.log`),
      clientPort: like?.config.clientPort ?? (await freePort()),
      peerPort: like?.config.peerPort ?? (await freePort()),
      flags,
    });
    this.#members.push(member);
    return member;
  }

  async start(member: MemberProcess): Promise<void> {
    member.start(`m=${member.peerUrl}`, 'new');
    await member.ready();
  }

  /** As root when the member asks who is there. */
  async etcdctl(member: MemberProcess, ...args: readonly string[]): Promise<string> {
    const to = [`--endpoints=${member.endpoint}`, ...patience];
    const plain = await this.try('etcdctl', ...to, ...args);
    if (plain.code === 0) return plain.stdout;
    return await this.run('etcdctl', ...to, ...rootUser, ...args);
  }

  /** What the flags of a restore say for this member. */
  restoreFlags(member: MemberProcess): readonly string[] {
    return [
      `--data-dir=${member.config.dataDir}`,
      '--name=m',
      `--initial-cluster=m=${member.peerUrl}`,
      `--initial-advertise-peer-urls=${member.peerUrl}`,
    ];
  }

  /** Everything that a user can ask a member about its data. */
  async facts(member: MemberProcess): Promise<Record<string, unknown>> {
    const ask = async (...args: string[]): Promise<string> =>
      (await this.etcdctl(member, ...args)).trim();
    const [hash] = JSON.parse(await ask('endpoint', 'hashkv', '-w=json')) as [
      { HashKV: { hash: number; compact_revision: number; header: { revision: number } } },
    ];
    const { kvs, count } = JSON.parse(await ask('get', '', '--prefix', '-w=json')) as {
      kvs: unknown;
      count: number;
    };
    const leases = (await ask('lease', 'list')).split('\n').slice(1).sort();
    const granted = await Promise.all(
      leases.map(async (id) =>
        (await ask('lease', 'timetolive', id, '--keys')).replace(/remaining\(\d+s\)/, ''),
      ),
    );
    return {
      hash: hash.HashKV.hash,
      compactRevision: hash.HashKV.compact_revision,
      revision: hash.HashKV.header.revision,
      kvs,
      count,
      leases,
      granted,
      auth: (await ask('auth', 'status')).replace(/member_id:\d+/, ''),
      users: await ask('user', 'list'),
      user: await ask('user', 'get', 'reader', '--detail'),
      roles: await ask('role', 'list'),
    };
  }

  /** Of all files below a folder, or of one file. */
  contents(path: string): string {
    const hash = createHash('sha256');
    const add = (at: string): void => {
      if (statSync(at).isDirectory())
        for (const name of readdirSync(at).sort()) add(join(at, name));
      // Who has the data open is no part of it.
      else if (!/lock(-journal)?$/.test(at))
        hash.update(at.slice(path.length)).update(readFileSync(at));
    };
    add(path);
    return hash.digest('hex');
  }
}

function programOf(tool: Tool): string {
  return tool === 'etcd-ts' ? join(repositoryRoot, 'bin/etcd-ts') : peerProgram(tool);
}

/** Keys with history, a lease, a compaction, users, roles and authentication. */
export async function fill(world: DbWorld, member: MemberProcess): Promise<void> {
  const ctl = (...args: string[]): Promise<string> => world.etcdctl(member, ...args);
  for (let i = 0; i < 12; i += 1) await ctl('put', `k${i % 8}`, `value ${i}`.repeat(200));
  const lease = (await ctl('lease', 'grant', '6000')).split(' ')[1] ?? '';
  await ctl('put', 'leased', 'x', `--lease=${lease}`);
  await ctl('lease', 'grant', '7000');
  await ctl('del', 'k3');
  await ctl('put', 'k2', 'newer');
  await ctl('compaction', '--physical', '9');
  await ctl('put', 'k1', 'after the compaction');
  await ctl('user', 'add', 'root:secret');
  await ctl('user', 'grant-role', 'root', 'root');
  await ctl('role', 'add', 'reading');
  await ctl('role', 'grant-permission', 'reading', 'read', 'k', '--prefix');
  await ctl('user', 'add', 'reader:word');
  await ctl('user', 'grant-role', 'reader', 'reading');
  await ctl('auth', 'enable');
  await ctl('put', 'k7', 'with authentication');
}
