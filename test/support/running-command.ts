import { type ChildProcess, spawn } from 'node:child_process';
import { until } from './until.ts';

export type CommandSurroundings = {
  readonly cwd?: string;
  /** Besides PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
};

/** A command that goes on until it is stopped, like `etcdctl watch`; killed with this process. */
export class RunningCommand implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #killOnExit: () => void;
  readonly #ended: Promise<number>;
  #output = '';

  constructor(program: string, args: readonly string[], { cwd, env }: CommandSurroundings = {}) {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env: { PATH, HOME, ...env } }),
    });
    this.#ended = new Promise((resolve) => child.once('close', (code) => resolve(code ?? -1)));
    child.stdout.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child = child;
    this.#killOnExit = () => child.kill('SIGKILL');
    process.on('exit', this.#killOnExit);
  }

  get output(): string {
    return this.#output;
  }

  /** Waits until the output contains the text. */
  async waitFor(text: string): Promise<void> {
    await until(`output with ${JSON.stringify(text)}`, () => {
      if (!this.#output.includes(text)) throw new Error(`output so far: ${this.#output}`);
      return true;
    });
  }

  /** Its exit code, once all output is there; -1 when a signal ended it. */
  ended(): Promise<number> {
    return this.#ended;
  }

  /** Asks it to end, as a supervisor does. */
  async stop(): Promise<number> {
    this.#child.kill('SIGTERM');
    return await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#killOnExit);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await closed;
  }
}
