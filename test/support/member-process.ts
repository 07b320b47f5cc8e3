/** One real member: a process of ours (`etcd-ts server`) or of Go etcd, 3.7 or 3.6. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { peerProgram, repositoryRoot } from './peers.ts';
import { patienceMs, until } from './until.ts';

export type ServerKind = 'etcd-ts' | 'etcd' | 'etcd-3.6';

/** What the suites test; `SERVER=etcd` runs them on Go etcd, which proves the suites themselves. */
export const kindUnderTest: ServerKind = process.env['SERVER'] === 'etcd' ? 'etcd' : 'etcd-ts';

export type MemberConfig = {
  readonly kind: ServerKind;
  readonly name: string;
  readonly dataDir: string;
  readonly logPath: string;
  readonly clientPort: number;
  readonly peerPort: number;
  readonly flags: readonly string[];
  /** https on both ports, with what `flags` say about certificates. */
  readonly isSecured?: boolean;
  /** Ours as the image runs it, from dist/, which must have been built; otherwise the sources. */
  readonly isBuilt?: boolean;
};

const readyWords = 'ready to serve client requests';

/** Children that must not outlive this process, whatever ends it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(1));
}

export class MemberProcess {
  readonly config: MemberConfig;
  #child: ChildProcess | undefined;
  #exited: Promise<string> = Promise.resolve('never started');
  #ready: Promise<void> = Promise.resolve();

  constructor(config: MemberConfig) {
    this.config = config;
  }

  get name(): string {
    return this.config.name;
  }

  get endpoint(): string {
    return `127.0.0.1:${this.config.clientPort}`;
  }

  get clientUrl(): string {
    return `${this.#scheme}://${this.endpoint}`;
  }

  get peerUrl(): string {
    return `${this.#scheme}://127.0.0.1:${this.config.peerPort}`;
  }

  get #scheme(): string {
    return this.config.isSecured === true ? 'https' : 'http';
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Starts the process on its data directory; `ready` tells when it serves. */
  start(initialCluster: string, state: 'new' | 'existing'): void {
    if (this.#child !== undefined) throw new Error(`${this.name} is running`);
    const [program, args] = commandOf(this, initialCluster, state);
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
    });
    this.#child = child;
    running.add(child);
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      // Its pipes are empty too, so that all it said is in the log.
      child.once('close', (code, signal) => resolve(signal ?? `code ${code}`));
    }).then((how) => {
      running.delete(child);
      if (this.#child === child) this.#child = undefined;
      return how as string;
    });
    this.#ready = this.#watchOutput(child);
    this.#ready.catch(() => {}); // Whoever calls ready() hears of it.
  }

  /** Resolves when the process serves; rejects when it ends or takes longer than `timeoutMs`. */
  async ready(timeoutMs = patienceMs): Promise<void> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const late = new Promise<never>((_, reject) => {
      timeout.addEventListener('abort', () =>
        reject(new Error(`${this.name} is not ready after ${timeoutMs} ms\n${this.logTail()}`)),
      );
    });
    await Promise.race([this.#ready, late]);
  }

  /** Sends the signal and, unless it only pauses or resumes, waits for the end; says how it ended. */
  async kill(signal: NodeJS.Signals): Promise<string> {
    const child = this.#child;
    if (child === undefined) return 'not running';
    child.kill(signal);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return signal;
    return await this.#exited;
  }

  /** A shutdown in good order, killed when it takes longer than ten seconds. */
  async stop(): Promise<string> {
    const child = this.#child;
    if (child === undefined) return 'not running';
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.kill('SIGCONT');
    const how = await this.kill('SIGTERM');
    clearTimeout(timer);
    return how;
  }

  /** How the process ended; resolves only then. */
  exited(): Promise<string> {
    return this.#exited;
  }

  logText(): string {
    return existsSync(this.config.logPath) ? readFileSync(this.config.logPath, 'utf8') : '';
  }

  /** A line of a member that runs may come later than the answer that it is about. */
  async logs(words: RegExp): Promise<void> {
    await until(`${this.name} logs ${words}`, () => {
      if (words.test(this.logText())) return true;
      throw new Error(this.logTail());
    });
  }

  logTail(lines = 15): string {
    const text = this.logText().trimEnd().split('\n').slice(-lines).join('\n');
    return `--- log of ${this.name} (${this.config.kind})\n${text}`;
  }

  /**
   * Every line is in the log file before anybody hears of it; the promise waits for the words that
   * say "I serve".
   */
  #watchOutput(child: ChildProcess): Promise<void> {
    const log = openSync(this.config.logPath, 'a');
    return new Promise((resolve, reject) => {
      let seen = '';
      const onChunk = (chunk: Buffer): void => {
        writeSync(log, chunk);
        if (seen === readyWords) return;
        seen += chunk.toString();
        if (!seen.includes(readyWords)) return;
        seen = readyWords;
        resolve();
      };
      child.stdout?.on('data', onChunk);
      child.stderr?.on('data', onChunk);
      // After `close` the pipes are empty, so the log's tail is whole.
      child.once('close', () => {
        closeSync(log);
        reject(new Error(`${this.name} ended\n${seen.slice(-4000)}`));
      });
    });
  }
}

function commandOf(
  member: MemberProcess,
  initialCluster: string,
  state: string,
): readonly [string, readonly string[]] {
  const { kind, name, dataDir, flags } = member.config;
  const args = [
    `--name=${name}`,
    `--data-dir=${dataDir}`,
    `--listen-client-urls=${member.clientUrl}`,
    `--advertise-client-urls=${member.clientUrl}`,
    `--listen-peer-urls=${member.peerUrl}`,
    `--initial-advertise-peer-urls=${member.peerUrl}`,
    `--initial-cluster=${initialCluster}`,
    `--initial-cluster-state=${state}`,
    ...flags,
  ];
  if (kind !== 'etcd-ts') return [peerProgram(kind), args];
  if (member.config.isBuilt === true) {
    return [process.execPath, [join(repositoryRoot, 'dist/cli.js'), 'server', ...args]];
  }
  return [join(repositoryRoot, 'bin/etcd-ts'), ['server', ...args]];
}
