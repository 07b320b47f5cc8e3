import type { Link } from '../../../base/chain.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Call, Cancelable, Rpc } from '../rpc.ts';
import { callCanceled, callDeadlineExceeded, type Status } from '../status.ts';
import type { Expiring } from './deadlines.ts';
import { type RequestHead, valueOf } from './request-head.ts';

export type CallHead = RequestHead & { readonly kind: 'call' };

/** What a call may wait for, and thus what must be able to reach it. */
export interface WaitingCall extends Expiring, Link<WaitingCall> {
  /** The server takes no new calls: streams end, unary calls go on. */
  stop(): void;
  /** The server's patience is over. */
  cut(): void;
}

/** The server, as its calls see it. */
export interface CallOwner {
  readonly clock: Clock;
  readonly receiveBytesMax: number;
  readonly isStopping: boolean;
  /** The CommonName that the connection's client has shown, when that may stand for a user. */
  readonly certificateSubject: string | undefined;
  enter(call: WaitingCall): void;
  leave(call: WaitingCall): void;
  /** What the caller is told; logs what nobody foresaw. */
  answerTo(error: unknown, rpc: Rpc): Status;
}

export class OpenCall implements Call {
  readonly viaGateway = false;
  readonly deadlineMs: number;
  readonly head: CallHead;
  underWay: Cancelable | undefined;
  next: WaitingCall | undefined;
  previous: WaitingCall | undefined;
  readonly #owner: CallOwner;
  // Made when first asked for: most calls are answered without anybody waiting on the signal.
  #controller: AbortController | undefined;
  #aborted: unknown;

  constructor(head: CallHead, owner: CallOwner) {
    this.head = head;
    this.#owner = owner;
    this.deadlineMs =
      head.timeoutMs === Number.POSITIVE_INFINITY
        ? head.timeoutMs
        : owner.clock.wallMs() + head.timeoutMs;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  get certificateSubject(): string | undefined {
    return this.#owner.certificateSubject;
  }

  /** Of calls that know their connection. */
  get remoteAddress(): string | undefined {
    return undefined;
  }

  get localAddress(): string | undefined {
    return undefined;
  }

  metadata(name: string): string | undefined {
    const value = valueOf(this.head.fields, name);
    if (value === undefined) return undefined;
    if (name.endsWith('-bin')) return Buffer.from(value, 'base64').toString();
    // Fields have one character per byte.
    return isAscii(value) ? value : Buffer.from(value, 'latin1').toString();
  }

  /** The caller is gone, by its own will or because it waited long enough. */
  cancel(): void {
    // A timer may fire a millisecond early.
    const isLate = this.#owner.clock.wallMs() + 1 >= this.deadlineMs;
    this.abort(isLate ? callDeadlineExceeded : callCanceled);
  }

  abort(reason: unknown): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
    this.underWay?.cancel();
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
