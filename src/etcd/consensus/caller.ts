import { EtcdError } from '../errors.ts';

/** Work that can be given up. Does nothing when it is over. */
export interface Cancelable {
  cancel(): void;
}

/**
 * Somebody who waits for one outcome and is told it once. Every request of a client passes through
 * here, so it is an object that exists anyway and not a promise with its listeners.
 */
export interface Caller<T> {
  answered(value: T): void;
  failed(error: unknown): void;
  /** What to cancel when the caller goes away; told when a wait begins. */
  waitsFor(work: Cancelable): void;
}

/** For who rather awaits: rejects with Canceled when the signal is aborted first. */
export function promised<T>(
  signal: AbortSignal | undefined,
  start: (caller: Caller<T>) => void,
): Promise<T> {
  if (signal?.aborted === true) return Promise.reject(new EtcdError('Canceled'));
  return new Promise((resolve, reject) => start(new PromiseCaller(resolve, reject, signal)));
}

class PromiseCaller<T> implements Caller<T> {
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  #onAbort: (() => void) | undefined;

  constructor(
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
    signal: AbortSignal | undefined,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
  }

  answered(value: T): void {
    this.#detach();
    this.#resolve(value);
  }

  failed(error: unknown): void {
    this.#detach();
    this.#reject(error);
  }

  waitsFor(work: Cancelable): void {
    if (this.#signal === undefined) return;
    this.#detach();
    this.#onAbort = () => work.cancel();
    this.#signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  #detach(): void {
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#onAbort = undefined;
  }
}
