import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { ObservedInstance } from '../reconcile/observed.ts';

/** How to start a member's process. */
export type ProcessPlan = {
  readonly memberName: string;
  readonly templateHash: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
};

/** A process that ends at once again is restarted after 100 ms, then twice as long each time. */
const RESTART_MS = { first: 100, longest: 5_000 };
/** One that ran this long has recovered: its next restart comes fast again. */
const HEALTHY_MS = 10_000;
/** After SIGTERM a member hands over its leadership and ends; it is killed when it takes longer. */
const TERM_GRACE_MS = 8_000;

/**
 * Keeps one member's process running, as a kubelet keeps a container: restarts it when it dies,
 * stops it with SIGTERM first. Its life is what an ObservedInstance describes.
 */
export class Supervisor {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #plan: ProcessPlan;
  #child: ChildProcess | undefined;
  #runningHash = '';
  #startedMs = 0;
  #instance = 0;
  #restarts = 0;
  #failures = 0;
  #ended: { reason: string; exitCode: number } | undefined;
  #wanted = true;
  #isReady = false;

  constructor(plan: ProcessPlan, clock: Clock, onChange: () => void) {
    this.#plan = plan;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What the readiness check last said. */
  setReady(isReady: boolean): void {
    this.#isReady = isReady && this.#child !== undefined;
  }

  /** Takes over a changed plan; a changed template restarts the process gracefully. */
  async update(plan: ProcessPlan): Promise<void> {
    const isSame = plan.templateHash === this.#plan.templateHash;
    this.#plan = plan;
    if (isSame && this.#runningHash === plan.templateHash) return;
    await this.#terminate();
    this.#failures = 0;
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#terminate();
  }

  observed(): ObservedInstance {
    const { memberName } = this.#plan;
    return {
      memberName,
      uid: `${memberName}-${this.#instance}`,
      name: memberName,
      templateHash: this.#runningHash,
      isReady: this.#isReady,
      container:
        this.#child !== undefined
          ? { state: 'running', startedMs: this.#startedMs }
          : this.#ended !== undefined
            ? { state: 'terminated', ...this.#ended }
            : { state: 'waiting', reason: 'Starting' },
      restartCount: this.#restarts,
      isGated: false,
      isBeingDeleted: !this.#wanted,
      nodeName: 'localhost',
      isNodeGone: false,
    };
  }

  #start(): void {
    mkdirSync(dirname(this.#plan.logFile), { recursive: true, mode: 0o700 });
    const log = openSync(this.#plan.logFile, 'a', 0o600);
    const child = spawn(this.#plan.command, [...this.#plan.args], {
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C in the terminal reaches us, and we stop the members in order.
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    this.#instance = child.pid ?? this.#instance + 1;
    this.#runningHash = this.#plan.templateHash;
    this.#startedMs = this.#clock.wallMs();
    child.once('error', (error) => this.#exited(child, error.message, 127));
    child.once('exit', (code, signal) =>
      this.#exited(child, signal ?? `exit code ${String(code)}`, code ?? 128),
    );
    this.#onChange();
  }

  #exited(child: ChildProcess, reason: string, exitCode: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#isReady = false;
    this.#ended = { reason, exitCode };
    this.#onChange();
    if (!this.#wanted) return;
    const ranMs = this.#clock.wallMs() - this.#startedMs;
    this.#failures = ranMs >= HEALTHY_MS ? 0 : this.#failures + 1;
    const waitMs = Math.min(RESTART_MS.first * 2 ** this.#failures, RESTART_MS.longest);
    void this.#clock.after(waitMs).then(() => {
      if (!this.#wanted || this.#child !== undefined) return;
      this.#restarts += 1;
      this.#start();
    });
  }

  async #terminate(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const abort = new AbortController();
    const killer = this.#clock.after(TERM_GRACE_MS, abort.signal).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
    await exited;
    abort.abort();
    await killer;
  }
}
