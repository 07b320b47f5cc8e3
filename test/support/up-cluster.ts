/** A cluster run by `etcd-ts up`: the controller's own processes, found through its status.json. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './peers.ts';
import { freePorts } from './ports.ts';
import { until } from './until.ts';

export type UpMember = {
  readonly name: string;
  readonly pid: number | null;
  readonly clientUrl: string;
  readonly peerUrl: string;
  readonly dataDir: string;
  readonly role: string;
};

export type UpStatus = {
  readonly phase: string;
  readonly endpoints: readonly string[];
  readonly leader: string | null;
  readonly members: readonly UpMember[];
};

export class UpCluster {
  readonly folder: string;
  readonly manifestPath: string;
  #child: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  /** Of the first member, the same in every run; the others' follow ten apart. */
  #port: number | undefined;

  /** Starts `etcd-ts up` with `size` members and waits until each says its role. */
  static async start(options: {
    readonly size: number;
    readonly args?: readonly string[];
  }): Promise<UpCluster> {
    const cluster = new UpCluster();
    cluster.writeManifest(options.size);
    await cluster.run(options.args ?? []);
    try {
      await cluster.settled(options.size);
    } catch (error) {
      const log = cluster.outputTail();
      await cluster.close();
      throw new Error(`etcd-ts up did not come up:\n${log}`, { cause: error });
    }
    return cluster;
  }

  private constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'etcd-ts-up-'));
    this.manifestPath = join(this.folder, 'cluster.yaml');
    process.on('exit', this.#killAll);
  }

  writeManifest(size: number): void {
    const lines = [
      'apiVersion: etcd-ts.dev/v1alpha1',
      'kind: EtcdCluster',
      'metadata:',
      '  name: up',
      'spec:',
      `  size: ${size}`,
      '',
    ];
    writeFileSync(this.manifestPath, lines.join('\n'));
  }

  /** Starts the program; also again, on the data of an earlier run. */
  async run(args: readonly string[]): Promise<void> {
    this.#port ??= await freePorts(50);
    const log = openSync(join(this.folder, 'output.log'), 'a');
    const program = join(repositoryRoot, 'bin/etcd-ts');
    const own = ['up', '-f', this.manifestPath, '--dir', this.#dir, '--port', String(this.#port)];
    const child = spawn(program, [...own, ...args], { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    this.#exited = new Promise((resolve) => child.once('exit', resolve));
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  status(): UpStatus {
    return JSON.parse(readFileSync(join(this.#dir, 'status.json'), 'utf8')) as UpStatus;
  }

  /** Waits until there are `size` running members, one of them leader and the others followers. */
  async settled(size: number): Promise<UpStatus> {
    return await until(`${size} members with their roles`, () => {
      const status = this.status();
      const roles = status.members.map(({ role }) => role).sort();
      const wanted = [...Array<string>(size - 1).fill('follower'), 'leader'];
      const isSettled =
        roles.join() === wanted.join() && status.members.every(({ pid }) => pid !== null);
      if (!isSettled) throw new Error(JSON.stringify(status));
      return status;
    });
  }

  /** Ctrl-C: stops the program, which stops its members. */
  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM');
    await this.#exited;
  }

  outputTail(lines = 20): string {
    const text = readFileSync(join(this.folder, 'output.log'), 'utf8');
    return text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  async close(): Promise<void> {
    const timer = setTimeout(this.#killAll, 15_000);
    await this.stop();
    clearTimeout(timer);
    this.#killAll();
    process.off('exit', this.#killAll);
    if (process.env['KEEP_DATA'] === '1') return;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  get #dir(): string {
    return join(this.folder, 'data');
  }

  /** Members outlive a killed program, so they are ended by the pids it wrote down. */
  readonly #killAll = (): void => {
    this.#child?.kill('SIGKILL');
    let members: readonly UpMember[] = [];
    try {
      members = this.status().members;
    } catch {
      return; // It never came so far.
    }
    for (const { pid } of members) {
      try {
        if (pid !== null && isOurs(pid, this.#dir)) process.kill(pid, 'SIGKILL');
      } catch {
        // Already gone.
      }
    }
  };
}

/** A pid may have been given to somebody else since it was written down. */
function isOurs(pid: number, dir: string): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir);
}
