import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { systemClock } from '../../base/clock.ts';
import { jsonLog } from '../../base/log.ts';
import type { EtcdCluster } from '../api/etcd-cluster.ts';
import { parseEtcdCluster } from '../api/parse.ts';
import type { Action } from '../reconcile/action.ts';
import type { ReconcileSettings, StepInput } from '../reconcile/outcome.ts';
import { reconcile, reconcileFailover } from '../reconcile/reconcile.ts';
import { acquireDirectory } from './directory-lock.ts';
import { createDisplay, type Display } from './display.ts';
import { LocalCluster, loopbackAddresses } from './local-cluster.ts';
import { openLogFile } from './log-file.ts';
import { StateDamagedError } from './state-file.ts';
import { StatusFile } from './status-file.ts';

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
/** Silence makes no sound: nobody wakes us when a leader hangs, so we look. */
const SILENCE_STEP_MS = 100;
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
  if (typeof manifest === 'string') return refuse(manifest);
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const lock = acquireDirectory(options.dir);
  if (typeof lock === 'string') return refuse(lock);
  try {
    const up = new Up(options, manifest);
    return up.mismatch === undefined ? await up.run() : refuse(up.mismatch);
  } catch (error) {
    if (error instanceof StateDamagedError) return refuse(error.message);
    throw error;
  } finally {
    lock.release();
  }
}

function refuse(message: string): number {
  process.stderr.write(`etcd-ts up: ${message}\n`);
  return 1;
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
  readonly #statusFile: StatusFile;
  #cluster: EtcdCluster;
  #manifestMtimeMs = 0;
  #signals = 0;
  #failingOver = false;
  /** Something changed since the last pass began. */
  #isDue = false;
  #wake: () => void = () => {};
  #lastRefusal = '';

  constructor(options: UpOptions, cluster: EtcdCluster) {
    this.#options = options;
    this.#display = createDisplay(process.stdout);
    this.#statusFile = new StatusFile(join(options.dir, 'status.json'));
    this.#local = new LocalCluster({
      dir: options.dir,
      clusterName: cluster.metadata.name,
      basePort: options.basePort,
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

  /** Why the directory is not this manifest's; undefined when it is. */
  get mismatch(): string | undefined {
    return this.#local.mismatch;
  }

  async run(): Promise<number> {
    const stopAsked = new Promise<void>((resolve) => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) {
        process.on(name, () => this.#signalled(resolve));
      }
    });
    this.#display.event(`running ${this.#options.file} with its data in ${this.#options.dir}`);
    this.#local.start();
    const stopLooking = systemClock.every(SILENCE_STEP_MS, () => this.#failOver());
    // What a pass is in the middle of when the stop comes is refused or ends by itself.
    await Promise.race([this.#passes(), stopAsked]);
    stopLooking();
    const leader = this.#local.status?.members.find((member) => member.isLeader);
    await this.#local.stop(leader?.name);
    this.#statusFile.write(this.#local);
    this.#display.close();
    return 0;
  }

  #signalled(stop: () => void): void {
    this.#signals += 1;
    if (this.#signals === 1) {
      this.#display.event('stopping all members; the next run finds their data');
      stop();
      return;
    }
    this.#display.event('killing all members; the next run finds their data');
    this.#local.kill();
  }

  async #passes(): Promise<void> {
    while (this.#signals === 0) {
      this.#isDue = false;
      this.#readChangedManifest();
      const waitMs = await this.#pass();
      if (waitMs > 0 && !this.#isDue) await this.#sleep(Math.min(waitMs, PASS_STEP_MS));
    }
  }

  /** Returns how long the next pass may wait. */
  async #pass(): Promise<number> {
    await this.#local.refreshViews();
    if (this.#signals > 0) return 0;
    const result = reconcile(this.#input());
    this.#local.keepStatus(result.status);
    this.#statusFile.write(this.#local);
    this.#display.show(result.status, (name) => this.#local.pidOf(name));
    if (result.outcome.then === 'fail') this.#refusal(result.outcome.message);
    for (const action of result.actions) {
      if (this.#signals > 0) return 0;
      try {
        await this.#local.execute(action);
      } catch (error) {
        // The next pass looks again and decides anew; every action is safe to repeat.
        this.#refusal(`${action.kind}: ${messageOf(error)}`);
        return PASS_STEP_MS;
      }
    }
    return result.requeueAfterMs;
  }

  #changed(): void {
    this.#isDue = true;
    this.#wake();
    this.#failOver();
  }

  /**
   * A stream broke or a process ended. Waiting for every member's full view would cost the time
   * this is about, so the views of the last pass are used, and nothing but a failover is done.
   */
  #failOver(): void {
    if (this.#failingOver || this.#signals > 0 || !this.#options.failover) return;
    const outcome = reconcileFailover(this.#input());
    if (outcome.then !== 'act') return;
    this.#failingOver = true;
    void this.#carryOut(outcome.actions).finally(() => {
      this.#failingOver = false;
    });
  }

  async #carryOut(actions: readonly Action[]): Promise<void> {
    try {
      for (const action of actions) await this.#local.execute(action);
    } catch (error) {
      if (this.#signals === 0) this.#refusal(messageOf(error));
    }
  }

  #input(): StepInput {
    return {
      cluster: { ...this.#cluster, status: this.#local.status },
      observed: this.#local.observe(),
      nowMs: systemClock.wallMs(),
      settings: this.#settings,
    };
  }

  #readChangedManifest(): void {
    const { file } = this.#options;
    const mtimeMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (mtimeMs === this.#manifestMtimeMs) return;
    const isFirst = this.#manifestMtimeMs === 0;
    this.#manifestMtimeMs = mtimeMs;
    const read = readManifest(file, this.#local.uid);
    const { name, generation } = this.#cluster.metadata;
    if (typeof read === 'string') {
      this.#refusal(`${read}; keeping the last good manifest`);
      return;
    }
    if (read.metadata.name !== name) {
      this.#refusal(`${file}: metadata.name of a running cluster cannot change; keeping "${name}"`);
      return;
    }
    this.#lastRefusal = '';
    this.#cluster = { ...read, metadata: { ...read.metadata, generation: generation + 1 } };
    if (!isFirst) this.#display.event(`${file} changed: size ${read.spec.size}`);
  }

  #refusal(message: string): void {
    if (message === this.#lastRefusal) return;
    this.#lastRefusal = message;
    this.#display.event(message);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolvePass) => {
      const abort = new AbortController();
      const done = (): void => {
        abort.abort();
        resolvePass();
      };
      this.#wake = done;
      systemClock.after(ms, abort.signal).then(done, () => undefined);
    });
  }
}

function withIdentity(cluster: EtcdCluster, uid: string): EtcdCluster {
  return { ...cluster, metadata: { ...cluster.metadata, uid } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
