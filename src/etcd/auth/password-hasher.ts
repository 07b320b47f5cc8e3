import type { hash, verify } from '@node-rs/bcrypt';
import { utf8Bytes } from '../../base/bytes.ts';
import { EtcdError } from '../errors.ts';

export type PasswordHasherOptions = {
  /** `--bcrypt-cost` */
  readonly cost: number;
  readonly hashesMax: number;
  readonly queuedMax: number;
};

type Bcrypt = { readonly hash: typeof hash; readonly verify: typeof verify };

/** bcrypt, and Go's, takes no more; checking a longer one looks at so many bytes of it. */
const passwordBytesMax = 72;

/**
 * bcrypt on Node's threads, a few at a time: it is slow on purpose, and the same threads write to
 * the disk.
 */
export class PasswordHasher {
  readonly #options: PasswordHasherOptions;
  /** Loaded when the first password comes: most members never see one. */
  #bcrypt: Promise<Bcrypt> | undefined;
  #running = 0;
  readonly #queue: (() => void)[] = [];

  constructor(options: PasswordHasherOptions) {
    this.#options = options;
  }

  /** `$2a$…`, as Go writes it. Throws PasswordTooLong, RequestTooManyRequests. */
  async hash(password: string): Promise<string> {
    if (utf8Bytes(password).length > passwordBytesMax) throw new EtcdError('PasswordTooLong');
    const { hash } = await this.#load();
    return await this.#run(() => hash(password, { cost: this.#options.cost, version: '2a' }));
  }

  /** False also when there is no hash. Throws RequestTooManyRequests. */
  async matches(password: string, passwordHash: Uint8Array): Promise<boolean> {
    const { verify } = await this.#load();
    return await this.#run(() => verify(password, passwordHash));
  }

  #load(): Promise<Bcrypt> {
    this.#bcrypt ??= import('@node-rs/bcrypt');
    return this.#bcrypt;
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    const { hashesMax, queuedMax } = this.#options;
    if (this.#running >= hashesMax) {
      if (this.#queue.length >= queuedMax) throw new EtcdError('RequestTooManyRequests');
      // Whoever ends hands its place over, so nobody overtakes.
      await new Promise<void>((resolve) => {
        this.#queue.push(resolve);
      });
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
