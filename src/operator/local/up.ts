import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { systemClock } from '../../base/clock.ts';
import { jsonLog } from '../../base/log.ts';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { parseEtcdCluster } from '../api/parse.ts';
import type { ReconcileResult, ReconcileSettings } from '../reconcile/outcome.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import { acquireDirectory } from './directory-lock.ts';
import { createDisplay, type Display } from './display.ts';
import { LocalCluster, loopbackAddresses } from './local-cluster.ts';
import { openLogFile } from './log-file.ts';
import { replaceFile } from './state-file.ts';

const usage = `usage: etcd-ts up -f FILE [--dir DIR] [--port PORT] [--no-failover]

Runs the EtcdCluster of a manifest on this machine: every member is a process on loopback.
The same reconcile and failover code as in Kubernetes keeps it at its wanted state.

  -f FILE         the manifest; while this runs, a changed spec.size scales the cluster
  --dir DIR       where data, logs and status.json go (default: .etcd-ts)
  --port PORT     client port of the first member (default: 2379); the next members use PORT+10, …
  --no-failover   never call ForgetLeader: a dead leader costs an election timeout
`;

export type UpOptions = {
  readonly file: string;
  readonly dir: string;
  readonly basePort: number;
  readonly failover: boolean;
};

type Parsed =
  | { readonly kind: 'options'; readonly options: UpOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly message: string };

/** Between passes when nothing happens. */
const PASS_STEP_MS = 500;
/** Ports of the last of a hundred members must still be ports. */
const BASE_PORT_MAX = 64_000;

export async function runUp(argv: readonly string[]): Promise<number> {
  const parsed = parseUpArguments(argv);
  if (parsed.kind === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  if (parsed.kind === 'refused') {
    process.stderr.write(`etcd-ts up: ${parsed.message}\n\n${usage}`);
    return 2;
  }
  const { options } = parsed;
  const manifest = readManifest(options.file, '');
  if (typeof manifest === 'string') {
    process.stderr.write(`etcd-ts up: ${manifest}\n`);
    return 1;
  }
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const lock = acquireDirectory(options.dir);
  if (typeof lock === 'string') {
    process.stderr.write(`etcd-ts up: ${lock}\n`);
    return 1;
  }
  try {
    return await new Up(options, manifest).run();
  } finally {
    lock.release();
  }
}

export function parseUpArguments(argv: readonly string[]): Parsed {
  let file: string | undefined;
  let dir = '.etcd-ts';
  let basePort = 2379;
  let failover = true;
  const rest = argv.flatMap((argument) => {
    const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
    return equals < 0 ? [argument] : [argument.slice(0, equals), argument.slice(equals + 1)];
  });
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '-h' || name === '--help') return { kind: 'help' };
    if (name === '--no-failover') {
      failover = false;
      continue;
    }
    if (name !== '-f' && name !== '--file' && name !== '--dir' && name !== '--port') {
      return { kind: 'refused', message: `unknown argument "${name}"` };
    }
    const value = rest.shift();
    if (value === undefined) return { kind: 'refused', message: `${name} needs a value` };
    if (name === '--dir') dir = value;
    else if (name === '--port') basePort = Number(value);
    else file = value;
  }
  if (file === undefined) return { kind: 'refused', message: 'which manifest? name it with -f' };
  if (!Number.isInteger(basePort) || basePort < 1 || basePort > BASE_PORT_MAX) {
    return { kind: 'refused', message: `--port must be a number from 1 to ${BASE_PORT_MAX}` };
  }
  return { kind: 'options', options: { file, dir: resolve(dir), basePort, failover } };
}

/** The cluster, or a sentence about what is wrong with the file. */
function readManifest(file: string, uid: string): EtcdCluster | string {
  let manifest: unknown;
  try {
    manifest = parseYaml(readFileSync(file, 'utf8'));
  } catch (error) {
    return `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
  const parsed = parseEtcdCluster(manifest);
  if (parsed.kind === 'refused') return `${file}: ${parsed.problems.join('; ')}`;
  const { cluster } = parsed;
  return { ...cluster, metadata: { ...cluster.metadata, uid } };
}

class Up {
  readonly #options: UpOptions;
  readonly #local: LocalCluster;
  readonly #display: Display;
  readonly #settings: ReconcileSettings;
  #cluster: EtcdCluster;
  #manifestMtimeMs = 0;
  #stopping = false;
  #failingOver = false;
  #wake: () => void = () => {};
  #lastRefusal = '';

  constructor(options: UpOptions, cluster: EtcdCluster) {
    this.#options = options;
    this.#display = createDisplay(process.stdout);
    this.#local = new LocalCluster({
      dir: options.dir,
      program: [process.execPath, process.argv[1] ?? ''],
      clock: systemClock,
      log: jsonLog('info', openLogFile(join(options.dir, 'up.log'))),
      onChange: () => this.#changed(),
      onEvent: (message) => this.#display.event(message),
    });
    this.#settings = {
      defaultImage: 'etcd-ts:local',
      fastFailover: options.failover,
      addresses: loopbackAddresses(options.basePort),
    };
    this.#cluster = withIdentity(cluster, this.#local.uid);
  }

  async run(): Promise<number> {
    const stop = (): void => {
      if (this.#stopping) return;
      this.#stopping = true;
      this.#display.event('stopping all members; the next run finds their data');
      this.#wake();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    this.#display.event(`running ${this.#options.file} with its data in ${this.#options.dir}`);
    this.#local.start();
    while (!this.#stopping) {
      this.#readChangedManifest();
      const acted = await this.#pass();
      if (!acted && !this.#stopping) await this.#sleep();
    }
    const leader = this.#local.status?.members.find((member) => member.isLeader);
    await this.#local.stop(leader?.name);
    this.#writeStatusFile();
    this.#display.close();
    return 0;
  }

  async #pass(): Promise<boolean> {
    await this.#local.refreshViews();
    const result = this.#reconcile();
    this.#local.saveStatus(result.status);
    this.#writeStatusFile();
    this.#display.show(result.status, (name) => this.#local.pidOf(name));
    if (result.outcome.then === 'fail') this.#refusal(result.outcome.message);
    for (const action of result.actions) {
      if (this.#stopping) return false;
      try {
        await this.#local.execute(action);
      } catch (error) {
        // The next pass looks again and decides anew; every action is safe to repeat.
        const why = error instanceof Error ? error.message : String(error);
        this.#refusal(`${action.kind}: ${why}`);
        return false;
      }
    }
    return result.actions.length > 0;
  }

  /**
   * A stream broke or a process ended. Waiting for every member's full view would cost the time
   * this is about, so the views of the last pass are used, and nothing but a failover is done.
   */
  #changed(): void {
    this.#wake();
    if (this.#failingOver || this.#stopping || !this.#options.failover) return;
    const action = this.#reconcile().actions.find(({ kind }) => kind === 'forget-leader');
    if (action === undefined) return;
    this.#failingOver = true;
    void this.#local
      .execute(action)
      .catch((error: unknown) => this.#refusal(String(error)))
      .finally(() => {
        this.#failingOver = false;
        this.#display.event('a leader died: its followers were asked to forget it');
      });
  }

  #reconcile(): ReconcileResult {
    return reconcile({
      cluster: { ...this.#cluster, status: this.#local.status },
      observed: this.#local.observe(),
      nowMs: systemClock.wallMs(),
      settings: this.#settings,
    });
  }

  #readChangedManifest(): void {
    const mtimeMs = statSync(this.#options.file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (mtimeMs === this.#manifestMtimeMs) return;
    const isFirst = this.#manifestMtimeMs === 0;
    this.#manifestMtimeMs = mtimeMs;
    const read = readManifest(this.#options.file, this.#local.uid);
    if (typeof read === 'string') {
      this.#refusal(`${read}; keeping the last good manifest`);
      return;
    }
    const generation = this.#cluster.metadata.generation + 1;
    this.#cluster = { ...read, metadata: { ...read.metadata, generation } };
    if (!isFirst) this.#display.event(`${this.#options.file} changed: size ${read.spec.size}`);
  }

  #refusal(message: string): void {
    if (message === this.#lastRefusal) return;
    this.#lastRefusal = message;
    this.#display.event(message);
  }

  #sleep(): Promise<void> {
    return new Promise((resolvePass) => {
      const abort = new AbortController();
      const done = (): void => {
        abort.abort();
        resolvePass();
      };
      this.#wake = done;
      systemClock.after(PASS_STEP_MS, abort.signal).then(done, () => undefined);
    });
  }

  #writeStatusFile(): void {
    const { status } = this.#local;
    const members = this.#local.workloads.map(({ plan }) => ({
      name: plan.name,
      pid: this.#local.pidOf(plan.name) ?? null,
      clientUrl: plan.clientUrl,
      peerUrl: plan.peerUrl,
      dataDir: this.#local.dataDirOf(plan.name),
      role: status?.members.find(({ name }) => name === plan.name)?.role ?? 'unknown',
    }));
    const content = {
      phase: status?.phase ?? 'Creating',
      endpoints: members.map(({ clientUrl }) => clientUrl),
      leader: members.find(({ role }) => role === 'leader')?.name ?? null,
      members,
    };
    const file = join(this.#options.dir, 'status.json');
    replaceFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
  }
}

function withIdentity(cluster: EtcdCluster, uid: string): EtcdCluster {
  return { ...cluster, metadata: { ...cluster.metadata, uid } };
}
