/** One of the two clusters that etcdctl talks to, with the names of what only it has. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodeMemberAddResponse } from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { CertificateAuthority } from '../support/certificates.ts';
import { etcdctlPatience } from '../support/etcdctl-patience.ts';
import type { MemberProcess, ServerKind } from '../support/member-process.ts';
import { freePort } from '../support/ports.ts';
import { type ClusterTls, ProcessCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';
import type { CaseFile, Invocation } from './case-file.ts';
import { Command, type Outcome } from './command.ts';
import { normalised, readable, withoutServersTimeout } from './normalise.ts';

/** An outcome in the form that both sides have in common. */
export type Shown = ReturnType<typeof normalised>;

type Started = { readonly command: Command; readonly invocation: Invocation };

export class Side {
  readonly kind: ServerKind;
  readonly cluster: ProcessCluster;
  /** What `$NAME` stands for in a case. */
  readonly #variables = new Map<string, string>();
  /** What is printed as `<NAME>`, because the other side has another value. */
  readonly #names = new Map<string, string>();
  readonly #members: MemberProcess[] = [];
  readonly #started = new Map<string, Started>();

  static async start(kind: ServerKind, file: CaseFile, folder: string): Promise<Side> {
    const own = join(folder, kind);
    mkdirSync(own, { recursive: true });
    const tls = file.isTls ? makeTls(own) : undefined;
    const flags = file.flags.map((flag) => flag.replace('$DIR', folder));
    const cluster = await ProcessCluster.start({ size: file.members, kind, flags, tls });
    const side = new Side(kind, cluster);
    try {
      await side.#nameEverything(own, tls);
      if (file.members > 1) await side.#firstLeads();
      return side;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  private constructor(kind: ServerKind, cluster: ProcessCluster) {
    this.kind = kind;
    this.cluster = cluster;
  }

  /** In the order of ids. */
  member(index: number): MemberProcess {
    const member = this.#members[index];
    if (member === undefined) throw new Error(`no member ${index + 1}`);
    return member;
  }

  /** No member was stopped. */
  get isWhole(): boolean {
    return this.#members.every((member) => member.isRunning);
  }

  /** Runs to the end; an id in the answer gets the name `capture`. */
  async run(invocation: Invocation, capture?: string): Promise<Shown> {
    const command = this.#command(invocation);
    command.endInput(this.#filled(invocation.stdin));
    const outcome = await command.outcome();
    if (capture !== undefined) this.#capture(capture, outcome, invocation);
    return this.#shown(outcome, invocation);
  }

  start(name: string, invocation: Invocation): void {
    this.#started.set(name, { command: this.#command(invocation), invocation });
  }

  async until(name: string, text: string): Promise<void> {
    const { command } = this.#get(name);
    await until(`${name} prints ${JSON.stringify(text)}`, () => {
      if (command.printed.includes(this.#filled(text))) return true;
      throw new Error(`so far: ${command.printed}`);
    });
  }

  type(name: string, text: string): void {
    this.#get(name).command.type(this.#filled(text));
  }

  async stop(name: string, signal: NodeJS.Signals): Promise<Shown> {
    this.#get(name).command.signal(signal);
    return await this.end(name);
  }

  async end(name: string): Promise<Shown> {
    const { command, invocation } = this.#get(name);
    this.#started.delete(name);
    const outcome = await command.outcome();
    // A session's lease is chosen by the server and part of the key.
    const printed = outcome.stdout.toString();
    const keys = `${printed}${readable(printed, () => true)}`;
    for (const [, lease = ''] of keys.matchAll(/\/([0-9a-f]{12,16})\b/g)) {
      this.#name(`${name}-LEASE`, BigInt(`0x${lease}`));
    }
    return this.#shown(outcome, invocation);
  }

  async settle(): Promise<void> {
    await this.cluster.leader();
    await this.cluster.assertSameState();
  }

  async close(): Promise<void> {
    for (const { command } of this.#started.values()) command.signal('SIGKILL');
    await this.cluster.close();
  }

  async #firstLeads(): Promise<void> {
    await until('the first member leads', async () => {
      const leader = await this.cluster.leader();
      if (leader === this.member(0)) return true;
      const id = this.#variables.get('ID1') ?? '';
      await this.cluster.etcdctl('move-leader', id);
      return false;
    });
  }

  async #nameEverything(folder: string, tls: ClusterTls | undefined): Promise<void> {
    for (const [i, { member, id, clusterId }] of (await this.#byId()).entries()) {
      const n = i + 1;
      this.#members.push(member);
      this.#name(`ID${n}`, id);
      this.#name('CLUSTER', clusterId);
      this.#text(`NAME${n}`, member.name);
      this.#text(`ENDPOINT${n}`, member.endpoint);
      this.#text(`PEER${n}`, member.peerUrl.replace(/^https?:\/\//, ''));
    }
    this.#text('NOWHERE', `127.0.0.1:${await freePort()}`);
    this.#text('DIR', folder);
    this.#variables.set('ALL', this.#members.map(({ endpoint }) => endpoint).join(','));
    if (tls !== undefined) {
      this.#variables.set('CA', tls.caFile);
      this.#variables.set('CERT', tls.client.cert);
      this.#variables.set('KEY', tls.client.key);
    }
  }

  /** Lists of members are in the order of their ids, so the first is the one with the lowest. */
  async #byId() {
    const all = this.cluster.members.map(async (member) => {
      const { header } = await this.#settled(member);
      return { member, id: header?.memberId ?? 0n, clusterId: header?.clusterId ?? 0n };
    });
    return (await Promise.all(all)).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** A member's status, once the store has the version that the monitor of versions gives it. */
  #settled(member: MemberProcess) {
    return until(`${member.name} has the version of its store`, async () => {
      const status = await this.cluster.client(member).status();
      return status.storageVersion.startsWith('3.7.') && status;
    });
  }

  #command({ args, env }: Invocation): Command {
    const namesEndpoints =
      'ETCDCTL_ENDPOINTS' in env || args.some((arg) => arg.startsWith('--endpoints'));
    const endpoints = namesEndpoints ? [] : [`--endpoints=${this.member(0).endpoint}`];
    const filled = Object.entries(env).map(([name, value]) => [name, this.#filled(value)]);
    return new Command({
      args: [...endpoints, ...args.map((arg) => this.#filled(arg))],
      // Where a case names no timeouts it is about the answer, not about how fast this machine is.
      env: { ...etcdctlPatience(args), ...Object.fromEntries(filled) },
      cwd: this.cluster.folder,
    });
  }

  #shown(outcome: Outcome, { args, env }: Invocation): Shown {
    const isProtobuf = args.includes('-w=protobuf') || env['ETCDCTL_WRITE_OUT'] === 'protobuf';
    const isTimed = args.some((arg) => arg.startsWith('--command-timeout'));
    const stderr = isTimed ? withoutServersTimeout(outcome.stderr) : outcome.stderr;
    return normalised({ ...outcome, stderr }, commandOf(args), isProtobuf, this.#names);
  }

  #capture(name: string, { stdout }: Outcome, { args }: Invocation): void {
    const isProtobuf = args.includes('-w=protobuf');
    // Of leases only the header is printed in this form.
    if (isProtobuf && commandOf(args) !== 'member add') return;
    const added = isProtobuf ? decodeMemberAddResponse(stdout).member?.ID : undefined;
    const text = added === undefined ? stdout.toString() : `"ID":${added}`;
    const found = idPatterns.map((pattern) => pattern.exec(text)?.[1]).find((id) => id);
    if (found === undefined) return; // Not every form shows it.
    const isHex = args.includes('--hex') || !args.some((arg) => /^-w=(?!simple)/.test(arg));
    this.#name(name, BigInt(isHex ? `0x${found}` : found));
  }

  #filled(text: string): string {
    return text.replace(/\$([A-Z][A-Z0-9]*)(?![A-Z0-9_])/g, (_, name: string) => {
      const value = this.#variables.get(name);
      if (value === undefined) throw new Error(`nothing is named $${name}`);
      return value;
    });
  }

  #name(name: string, id: bigint): void {
    const hex = id.toString(16);
    this.#variables.set(name, hex);
    for (const form of [hex, hex.padStart(16, '0'), String(id)]) this.#names.set(form, name);
  }

  #text(name: string, value: string): void {
    this.#variables.set(name, value);
    this.#names.set(value, name);
  }

  #get(name: string): Started {
    const started = this.#started.get(name);
    if (started === undefined) throw new Error(`nothing runs as ${name}`);
    return started;
  }
}

const idPatterns = [
  /lease ([0-9a-f]+) granted/,
  /Member +([0-9a-f]+) added/,
  /([0-9a-f]+), unstarted/,
  /"ID" ?: ?"?([0-9a-f]+)/,
];

/** `lease grant` of its arguments: the words before the first that no command is named by. */
export function commandOf(args: readonly string[]): string {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const [first = '', second = ''] = words;
  return groups.has(first) ? `${first} ${second}` : first;
}

const groups = new Set(
  'alarm auth check downgrade endpoint lease member role snapshot user'.split(' '),
);

function makeTls(folder: string): ClusterTls {
  const authority = new CertificateAuthority(folder);
  return {
    caFile: authority.file,
    server: authority.issue('server', 'server', ['127.0.0.1', 'localhost']),
    client: authority.issue('client', 'root', []),
  };
}
