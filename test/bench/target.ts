import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { utf8Bytes } from '../../src/base/bytes.ts';
import {
  encodeRangeRequest,
  type StatusResponse,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { CertificateAuthority } from '../support/certificates.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import { MemberProcess, type ServerKind } from '../support/member-process.ts';
import { until } from '../support/until.ts';
import { GrpcConnection } from './load/grpc-connection.ts';

/** The same for both servers; everything else is left at its default. */
const flags = ['--quota-backend-bytes=17179869184'];

const startTimeoutMs = 300_000;

/** A server under measurement: one member or three, with its data in a folder of its own. */
export class Target {
  readonly kind: ServerKind;
  readonly folder: string;
  readonly members: readonly MemberProcess[];
  #client: EtcdClient | undefined;
  #isPaused = false;
  readonly #securedPort: number | undefined;

  static async start(kind: ServerKind, size: 1 | 3, isSecured = false): Promise<Target> {
    const folder = mkdtempSync(join(tmpdir(), `bench-${kind}-`));
    const securedPort = isSecured ? await freePort() : undefined;
    const members: MemberProcess[] = [];
    for (let i = 1; i <= size; i += 1) {
      const clientPort = await freePort();
      members.push(
        new MemberProcess({
          kind,
          flags: [...flags, ...securedFlags(folder, clientPort, securedPort)],
          isBuilt: true,
          name: `m${i}`,
          dataDir: join(folder, `m${i}`),
          logPath: join(folder, `m${i}.log`),
          clientPort,
          peerPort: await freePort(),
        }),
      );
    }
    const target = new Target(kind, folder, members, securedPort);
    for (const member of members) member.start(target.#initialCluster(), 'new');
    try {
      await Promise.all(members.map((member) => member.ready()));
      await target.leader();
    } catch (error) {
      await target.close();
      throw error;
    }
    return target;
  }

  private constructor(
    kind: ServerKind,
    folder: string,
    members: readonly MemberProcess[],
    securedPort: number | undefined,
  ) {
    this.#securedPort = securedPort;
    this.kind = kind;
    this.folder = folder;
    this.members = members;
    process.on('exit', this.#removeFolder);
  }

  /** Of the first member: for one member the only one. */
  get endpoint(): string {
    return this.#member(0).endpoint;
  }

  /** The same member over TLS; its certificate names this address. */
  get securedEndpoint(): string {
    if (this.#securedPort === undefined) throw new Error(`${this.kind} has no https port`);
    return `https://127.0.0.1:${this.#securedPort}`;
  }

  /** A client of the first member, with time for large answers. */
  get client(): EtcdClient {
    this.#client ??= new EtcdClient(this.endpoint, 120_000);
    return this.#client;
  }

  /** The newest that any member has applied: at least that of every answer given. */
  async revision(): Promise<number> {
    const statuses = await Promise.all(this.members.map((member) => statusOf(member)));
    return Math.max(...statuses.map((status) => status.header?.revision ?? 0));
  }

  /** The member that all say leads, and another one (the same when it is alone). */
  async leader(): Promise<{ leader: string; follower: string }> {
    return await until('all members name one leader', async () => {
      const leaders = new Set<bigint>();
      let leading: MemberProcess | undefined;
      for (const member of this.members) {
        const status = await statusOf(member);
        leaders.add(status.leader);
        if (status.leader === status.header?.memberId) leading = member;
      }
      if (leaders.size !== 1 || leading === undefined) return undefined;
      const follower = this.members.find((member) => member !== leading) ?? leading;
      return { leader: leading.endpoint, follower: follower.endpoint };
    });
  }

  /** Stops a single member's process while the other server is measured; three need their timers. */
  async pause(): Promise<void> {
    if (this.members.length > 1 || this.#isPaused) return;
    this.#isPaused = true;
    await this.#member(0).kill('SIGSTOP');
  }

  async resume(): Promise<void> {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    await this.#member(0).kill('SIGCONT');
    await this.leader();
  }

  /** Milliseconds from starting the process on its data to the first linearizable answer. */
  async restart(): Promise<number> {
    const member = this.#member(0);
    await member.stop();
    const startMs = performance.now();
    member.start(this.#initialCluster(), 'new');
    const ready = member.ready(startTimeoutMs);
    ready.catch(() => {}); // Awaited below, when it has answered or not.
    while (!(await firstAnswer(member.endpoint))) {
      if (!member.isRunning) await ready;
      if (performance.now() - startMs > startTimeoutMs) throw new Error('no answer in time');
      await setTimeout(2);
    }
    const milliseconds = performance.now() - startMs;
    await ready;
    return milliseconds;
  }

  /** User and system time of all members so far; the kernel counts in hundredths of a second. */
  cpuSeconds(): number {
    let ticks = 0;
    for (const { pid } of this.members) {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      ticks += Number(fields[11]) + Number(fields[12]);
    }
    return ticks / 100;
  }

  /** Of all members together. Anonymous memory is what no file backs: it cannot be dropped. */
  memoryMib(field: 'VmRSS' | 'RssAnon'): number {
    let kib = 0;
    for (const { pid } of this.members) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      kib += Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
    }
    return kib / 1024;
  }

  /** Blocks on disk of the first member's database, without WAL and snapshots. */
  databaseMib(): number {
    return (diskBytes(this.#member(0).config.dataDir) - walBytes(this.folder)) / 1024 / 1024;
  }

  logTail(): string {
    return this.members.map((member) => member.logTail(8)).join('\n');
  }

  async close(): Promise<void> {
    this.#client?.close();
    await Promise.all(this.members.map((member) => member.kill('SIGKILL')));
    process.off('exit', this.#removeFolder);
    this.#removeFolder();
  }

  #member(index: number): MemberProcess {
    return this.members[index] as MemberProcess;
  }

  #initialCluster(): string {
    return this.members.map((member) => `${member.name}=${member.peerUrl}`).join(',');
  }

  readonly #removeFolder = (): void => {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  };
}

async function statusOf(member: MemberProcess): Promise<StatusResponse> {
  const client = new EtcdClient(member.endpoint);
  try {
    return await client.status();
  } finally {
    client.close();
  }
}

/** One linearizable Range on a connection of its own; false when nobody listens yet. */
async function firstAnswer(endpoint: string): Promise<boolean> {
  let answered: () => void = () => {};
  const answer = new Promise<void>((resolve) => (answered = resolve));
  const connection = new GrpcConnection(endpoint, '/etcdserverpb.KV/Range', {
    message: () => {},
    done: () => answered(),
  });
  try {
    connection.call(encodeRangeRequest({ key: utf8Bytes('none') }), true);
    await Promise.race([answer, connection.failed]);
    return true;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}

function walBytes(folder: string): number {
  const wal = join(folder, 'm1/member/wal');
  return existsSync(wal) ? diskBytes(wal) : 0;
}

function diskBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).blocks * 512;
  }
  return bytes;
}

const portFirst = 30_000;
const portCount = 1_000;
let portNext = Math.floor(Math.random() * portCount);

async function freePort(): Promise<number> {
  for (let tries = 0; tries < portCount; tries += 1) {
    const port = portFirst + portNext;
    portNext = (portNext + 1) % portCount;
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
  throw new Error(`no free port from ${portFirst} to ${portFirst + portCount - 1}`);
}

/** A second client URL, https: what loads and checks the store stays on the plain one. */
function securedFlags(
  folder: string,
  clientPort: number,
  securedPort: number | undefined,
): readonly string[] {
  if (securedPort === undefined) return [];
  const { cert, key } = new CertificateAuthority(folder).issue('server', 'm1', ['127.0.0.1']);
  const urls = `http://127.0.0.1:${clientPort},https://127.0.0.1:${securedPort}`;
  return [`--listen-client-urls=${urls}`, `--cert-file=${cert}`, `--key-file=${key}`];
}
