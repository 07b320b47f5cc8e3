import type { Clock } from '../../../base/clock.ts';
import { EtcdError } from '../../errors.ts';
import type { GatewayCall } from './gateway-call.ts';

/** The gateway's calls in flight, so that a stopping server can end them in order. */
export class OpenCalls {
  readonly #clock: Clock;
  readonly #unary = new Set<GatewayCall>();
  readonly #streams = new Set<GatewayCall>();
  #idle: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  enter(call: GatewayCall, kind: 'unary' | 'stream'): void {
    const calls = kind === 'unary' ? this.#unary : this.#streams;
    calls.add(call);
    call.onClose = () => {
      calls.delete(call);
      if (this.#unary.size === 0) this.#idle?.();
    };
  }

  /** Ends the streams at once; calls with one answer get `graceMs` for it. Never rejects. */
  async stop(graceMs: number): Promise<void> {
    for (const call of this.#streams) call.abort(new EtcdError('Stopped'));
    if (this.#unary.size !== 0) {
      const timer = new AbortController();
      const idle = new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
      await Promise.race([idle, this.#clock.after(graceMs, timer.signal).catch(() => {})]);
      timer.abort();
    }
    for (const call of this.#unary) call.abort(new EtcdError('Stopped'));
  }
}
