/** One run of etcdctl: its input, its output as bytes, how it ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { peerProgram } from '../support/peers.ts';

export type Outcome = {
  readonly stdout: Buffer;
  readonly stderr: string;
  /** The exit code, or the signal that ended it. */
  readonly end: string;
};

export type CommandOptions = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
};

/** No command of etcdctl runs longer than `check perf`: sixty seconds, and then it tidies up. */
const timeoutMs = 300_000;

/** Killed with this process. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Command {
  readonly #child: ChildProcess;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  readonly #closed: Promise<string>;
  #isLate = false;

  constructor({ args, env, cwd }: CommandOptions) {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(peerProgram('etcdctl'), args, { cwd, env: { PATH, HOME, ...env } });
    child.stdout.on('data', (chunk: Buffer) => this.#stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    child.stdin.on('error', () => {}); // It may end without reading its input.
    const timer = setTimeout(() => {
      this.#isLate = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    running.add(child);
    this.#closed = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        running.delete(child);
        resolve(signal ?? `code ${code}`);
      });
    });
    this.#child = child;
  }

  /** What was printed so far, to both outputs. */
  get printed(): string {
    return Buffer.concat([...this.#stdout, ...this.#stderr]).toString();
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  endInput(text = ''): void {
    this.#child.stdin?.end(text);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async outcome(): Promise<Outcome> {
    const end = await this.#closed;
    if (this.#isLate) throw new Error(`still running after ${timeoutMs} ms: ${this.printed}`);
    const stderr = Buffer.concat(this.#stderr).toString();
    return { stdout: Buffer.concat(this.#stdout), stderr, end };
  }
}
