import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { ObservedInstance } from '../reconcile/observed.ts';
import { maybeRunningProcess, removeProcessRecord, writeProcessRecord } from './process-record.ts';

/** How to start a member's process. */
export type ProcessPlan = {
  readonly memberName: string;
  readonly templateHash: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** Remembers the running process, for a supervisor that comes after one that was killed. */
  readonly recordFile: string;
};

export type SupervisorOptions = {
  readonly clock: Clock;
  /** The process started or ended. */
  readonly onChange: () => void;
  /** Something a person wants to know, in a sentence. */
  readonly onEvent: (message: string) => void;
};

/**
 * First comes the failover of the others: starting a program takes a core for a second. One that
 * ends at once again is restarted after twice the time.
 */
const RESTART_MS = { first: 500, longest: 5_000 };
/** One that ran this long has recovered: its next restart comes fast again. */
const HEALTHY_MS = 10_000;
/** After SIGTERM a member hands over its leadership and ends; it is killed when it takes longer. */
const TERM_GRACE_MS = 8_000;
/** How often a process that is not a child is looked at until it has ended. */
const LEFTOVER_POLL_MS = 20;

/**
 * Keeps one member's process running, as a kubelet keeps a container: restarts it when it dies,
 * stops it with SIGTERM first. Its life is what an ObservedInstance describes. A process that an
 * earlier supervisor left behind is ended before a new one starts.
 *
 *   (leftover ends) → running ⇄ waiting to restart
 *                        └──────→ stopped
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #plan: ProcessPlan;
  #child: ChildProcess | undefined;
  /** Of the running process, or of the one that starts next. */
  #runningHash: string;
  #startedMs = 0;
  #instance = 0;
  #restarts = 0;
  #failures = 0;
  #ended: { reason: string; exitCode: number } | undefined;
  #wanted = true;
  #isReady = false;
  readonly #starting: Promise<void>;
  readonly #stopping = new AbortController();

  constructor(plan: ProcessPlan, options: SupervisorOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#runningHash = plan.templateHash;
    const leftover = maybeRunningProcess(plan.recordFile);
    if (leftover === undefined) {
      this.#starting = Promise.resolve();
      this.#start();
    } else {
      this.#starting = this.#replace(leftover);
    }
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
    this.#plan = plan;
    await this.#starting;
    if (this.#runningHash === plan.templateHash) return;
    await this.#terminate();
    this.#failures = 0;
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#starting;
    await this.#terminate();
    this.#stopping.abort();
  }

  /** Ends the process without asking it: for people who do not want to wait. */
  kill(): void {
    this.#wanted = false;
    this.#child?.kill('SIGKILL');
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
      // The pipe is never written to: the member stops when we die and the kernel closes our end.
      stdio: ['pipe', log, log],
      // A service manager waits for the whole, not for one member.
      env: { ...process.env, ETCDTS_STOP_WITH_STDIN: '1', NOTIFY_SOCKET: '' },
      // A group of its own: Ctrl-C in the terminal reaches us, and we stop the members in order.
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    this.#instance = child.pid ?? this.#instance + 1;
    this.#runningHash = this.#plan.templateHash;
    this.#startedMs = this.#options.clock.wallMs();
    child.stdin?.on('error', () => {}); // The member ended first; its exit tells.
    child.once('error', (error) => this.#exited(child, error.message, 127));
    child.once('exit', (code, signal) =>
      this.#exited(child, signal ?? `exit code ${String(code)}`, code ?? 128),
    );
    if (child.pid !== undefined) writeProcessRecord(this.#plan.recordFile, child.pid);
    this.#options.onChange();
  }

  #exited(child: ChildProcess, reason: string, exitCode: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#isReady = false;
    this.#ended = { reason, exitCode };
    // First of all: a failover may wait for this.
    this.#options.onChange();
    removeProcessRecord(this.#plan.recordFile);
    if (!this.#wanted) return;
    if (this.#options.clock.wallMs() - this.#startedMs >= HEALTHY_MS) this.#failures = 0;
    const waitMs = Math.min(RESTART_MS.first * 2 ** this.#failures, RESTART_MS.longest);
    this.#failures += 1;
    const { memberName, logFile } = this.#plan;
    const pid = this.#instance;
    this.#options.onEvent(`${memberName} (pid ${pid}) ended: ${reason}; it says why in ${logFile}`);
    this.#options.clock.after(waitMs, this.#stopping.signal).then(
      () => {
        if (!this.#wanted || this.#child !== undefined) return;
        this.#restarts += 1;
        this.#start();
      },
      () => undefined, // Stopped meanwhile.
    );
  }

  /** The leftover is not our child: nobody tells us when it ends. */
  async #replace(leftover: number): Promise<void> {
    const { clock, onEvent } = this.#options;
    onEvent(`${this.#plan.memberName}: stopping process ${leftover} of an earlier run`);
    const killAtMs = clock.monotonicMs() + TERM_GRACE_MS;
    signalProcess(leftover, 'SIGTERM');
    while (maybeRunningProcess(this.#plan.recordFile) === leftover) {
      if (clock.monotonicMs() > killAtMs) signalProcess(leftover, 'SIGKILL');
      await clock.after(LEFTOVER_POLL_MS);
    }
    removeProcessRecord(this.#plan.recordFile);
    if (this.#wanted) this.#start();
  }

  async #terminate(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const abort = new AbortController();
    const killer = this.#options.clock.after(TERM_GRACE_MS, abort.signal).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
    await exited;
    abort.abort();
    await killer;
  }
}

function signalProcess(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in this moment.
  }
}
