/** A cluster of real member processes on loopback, with their data in a temporary folder. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import type { CertificateFiles } from './certificates.ts';
import { EtcdClient } from './etcd-client.ts';
import { etcdctlPatience } from './etcdctl-patience.ts';
import { kindUnderTest, MemberProcess, type ServerKind } from './member-process.ts';
import { type PeerProgram, peerProgram } from './peers.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

export type ClusterOptions = {
  readonly size: number;
  readonly kind?: ServerKind;
  /** One kind per member, for a mixed cluster; members added later are of `kind`. */
  readonly kinds?: readonly ServerKind[];
  /** Further server flags, for every member. */
  readonly flags?: readonly string[];
  /** All connections are secured, and whoever connects shows a certificate. */
  readonly tls?: ClusterTls | undefined;
  /** https URLs, with certificates that `flags` name. */
  readonly isSecured?: boolean;
};

export type ClusterTls = {
  readonly caFile: string;
  readonly server: CertificateFiles;
  readonly client: CertificateFiles;
};

export type CommandResult = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

export class ProcessCluster {
  readonly folder: string;
  readonly members: MemberProcess[] = [];
  readonly #options: Required<ClusterOptions>;
  readonly #clients = new Map<string, EtcdClient>();
  #madeCount = 0;

  /** Starts all members and waits until each serves. */
  static async start(options: ClusterOptions): Promise<ProcessCluster> {
    const cluster = new ProcessCluster({
      kind: kindUnderTest,
      kinds: [],
      flags: [],
      tls: undefined,
      isSecured: options.tls !== undefined,
      ...options,
    });
    for (let i = 0; i < options.size; i += 1) {
      cluster.members.push(await cluster.#makeMember(options.kinds?.[i]));
    }
    const initialCluster = cluster.initialCluster();
    for (const member of cluster.members) member.start(initialCluster, 'new');
    try {
      await Promise.all(cluster.members.map((member) => member.ready()));
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  private constructor(options: Required<ClusterOptions>) {
    this.#options = options;
    this.folder = mkdtempSync(join(tmpdir(), `${options.kind}-cluster-`));
    process.on('exit', this.#removeFolder);
  }

  get endpoints(): string {
    return this.members.map((member) => member.endpoint).join(',');
  }

  initialCluster(): string {
    return this.members.map((member) => `${member.name}=${member.peerUrl}`).join(',');
  }

  member(index: number): MemberProcess {
    const member = this.members[index];
    if (member === undefined) throw new Error(`no member ${index}`);
    return member;
  }

  /** A client of one member; closed with the cluster. */
  client(member: MemberProcess): EtcdClient {
    let client = this.#clients.get(member.name);
    if (client === undefined) {
      client = new EtcdClient(member.endpoint, undefined, this.#credentials());
      this.#clients.set(member.name, client);
    }
    return client;
  }

  /** Starts a member again on its data, as a supervisor would, and waits until it serves. */
  async restart(member: MemberProcess): Promise<void> {
    member.start(this.initialCluster(), 'new');
    await member.ready();
  }

  /** Adds a member through etcdctl and starts it; a learner serves without being promoted. */
  async addMember(kind: 'voter' | 'learner', server?: ServerKind): Promise<MemberProcess> {
    const member = await this.#makeMember(server);
    const learner = kind === 'learner' ? ['--learner'] : [];
    const add = ['member', 'add', member.name, `--peer-urls=${member.peerUrl}`, ...learner];
    // Refused as "unhealthy cluster" until all members have been connected for five seconds.
    await until(`${member.name} is added`, () => this.#changed('Peer URLs already exists', ...add));
    this.members.push(member);
    member.start(this.initialCluster(), 'existing');
    await member.ready();
    return member;
  }

  /**
   * Makes a learner a voter, once it has caught up, and waits until it knows: the answer comes from
   * the leader, and until the learner has applied its promotion too, it refuses what learners do.
   */
  async promote(learner: MemberProcess): Promise<void> {
    const id = (await this.client(learner).status()).header?.memberId ?? 0n;
    await until(`${learner.name} has caught up and is promoted`, () =>
      this.#changed('can only promote a learner member', 'member', 'promote', id.toString(16)),
    );
    await until(`${learner.name} has applied its promotion`, async () => {
      return !(await this.client(learner).status()).isLearner;
    });
  }

  /** Removes a member from the cluster through etcdctl, and ends its process. */
  async removeMember(member: MemberProcess): Promise<void> {
    const id = (await this.client(member).status()).header?.memberId ?? 0n;
    // Refused as "unhealthy cluster" until the rest have been connected for five seconds.
    // Asked through the member itself, Go etcd can stop before it has answered its own removal.
    await until(`${member.name} is removed`, () =>
      this.#changed('member not found', 'member', 'remove', id.toString(16)),
    );
    this.members.splice(this.members.indexOf(member), 1);
    await member.kill('SIGKILL');
  }

  /** The member that says it leads and that the running members agree on. */
  async leader(): Promise<MemberProcess> {
    return await until('all running members name one leader', async () => {
      const up = this.members.filter((member) => member.isRunning);
      const statuses = await Promise.all(up.map((member) => this.client(member).status()));
      const leaders = new Set(statuses.map((status) => status.leader));
      const [leader] = leaders;
      if (leaders.size !== 1 || leader === undefined || leader === 0n) return undefined;
      return up.find((_, i) => statuses[i]?.header?.memberId === leader);
    });
  }

  /** Hands leadership to `member`, as often as it takes. */
  async lead(member: MemberProcess): Promise<void> {
    const id = (await this.client(member).status()).header?.memberId ?? 0n;
    await until(`${member.name} leads`, async () => {
      const leader = await this.leader();
      if (leader !== member) await this.client(leader).moveLeader(id);
      return (await this.leader()) === member;
    });
  }

  /** Waits until all running members answer HashKV alike at one revision. */
  async assertSameState(): Promise<void> {
    const up = this.members.filter((member) => member.isRunning);
    await until('all members have the same HashKV', async () => {
      const seen = new Set<string>();
      for (const member of up) {
        const answer = await this.client(member).hashKv(0);
        seen.add(`${answer.header?.revision}/${answer.compactRevision}/${answer.hash}`);
      }
      if (seen.size !== 1) throw new Error(`revision/compacted/hash: ${[...seen].join(', ')}`);
      return true;
    });
  }

  /** Runs etcdctl against all members; throws with its output unless it ends with code 0. */
  async etcdctl(...args: readonly string[]): Promise<string> {
    const { tls } = this.#options;
    const secured = tls === undefined ? [] : etcdctlTls(tls.caFile, tls.client);
    const to = [`--endpoints=${this.endpoints}`, ...secured];
    const result = await this.run('etcdctl', [...to, ...args]);
    if (result.code === 0) return result.stdout;
    throw new Error(`etcdctl ${args.join(' ')}: ${result.stderr}${result.stdout}`);
  }

  /** A change of members, which may have been made by a try before, whose answer was lost. */
  async #changed(done: string, ...args: readonly string[]): Promise<true> {
    await this.etcdctl(...args).catch((error: unknown) => {
      if (!String(error).includes(done)) throw error;
    });
    return true;
  }

  /** Runs one of etcd's programs; never throws for its exit code. */
  run(program: PeerProgram, args: readonly string[], input = ''): Promise<CommandResult> {
    return new Promise((resolve) => {
      const env = { ...etcdctlPatience(args), ...process.env };
      const options = { timeout: 180_000, maxBuffer: 64 * 1024 * 1024, cwd: this.folder, env };
      const child = execFile(peerProgram(program), args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
      child.stdin?.on('error', () => {}); // The program may end without reading its input.
      child.stdin?.end(input);
    });
  }

  /** Stops everything and removes the data. Safe to call twice. */
  async close(): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
    await Promise.all(this.members.map((member) => member.kill('SIGKILL')));
    process.off('exit', this.#removeFolder);
    this.#removeFolder();
  }

  #credentials(): ChannelCredentials {
    const { tls } = this.#options;
    if (tls === undefined) return credentials.createInsecure();
    const { cert, key } = tls.client;
    return credentials.createSsl(readFileSync(tls.caFile), readFileSync(key), readFileSync(cert));
  }

  readonly #removeFolder = (): void => {
    if (process.env['KEEP_DATA'] === '1') return;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  };

  async #makeMember(kind = this.#options.kind): Promise<MemberProcess> {
    this.#madeCount += 1;
    const name = `m${this.#madeCount}`;
    return new MemberProcess({
      kind,
      flags: [...this.#options.flags, ...tlsFlags(this.#options.tls)],
      isSecured: this.#options.isSecured,
      name,
      dataDir: join(this.folder, name),
      logPath: join(this.folder, `${name}.log`),
      clientPort: await freePort(),
      peerPort: await freePort(),
    });
  }
}

/** What etcdctl is told about certificates, its endpoints being https. */
export function etcdctlTls(caFile: string, { cert, key }: CertificateFiles): readonly string[] {
  return ['--insecure-transport=false', `--cacert=${caFile}`, `--cert=${cert}`, `--key=${key}`];
}

function tlsFlags(tls: ClusterTls | undefined): readonly string[] {
  if (tls === undefined) return [];
  const { caFile, server } = tls;
  return ['', 'peer-'].flatMap((kind) => [
    `--${kind}cert-file=${server.cert}`,
    `--${kind}key-file=${server.key}`,
    `--${kind}trusted-ca-file=${caFile}`,
    `--${kind}client-cert-auth`,
  ]);
}

/** Runs `body` on a fresh cluster; on failure the members' last log lines go to the report. */
export async function withCluster(
  t: TestContext,
  options: ClusterOptions,
  body: (cluster: ProcessCluster) => Promise<void>,
): Promise<void> {
  const cluster = await ProcessCluster.start(options);
  try {
    await body(cluster);
  } catch (error) {
    for (const member of cluster.members) t.diagnostic(member.logTail());
    throw error;
  } finally {
    await cluster.close();
  }
}
