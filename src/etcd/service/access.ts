import type { Clock } from '../../base/clock.ts';
import { type AuthInfo, anonymous, rootName } from '../auth/auth-info.ts';
import type { AuthStore } from '../auth/auth-store.ts';
import type { JwtTokens } from '../auth/jwt-token.ts';
import type { Asking, AttachedKeys } from '../auth/request-permission.ts';
import { type SimpleTokens, simpleTokenIndex } from '../auth/simple-token.ts';
import { limits } from '../config/limits.ts';
import { type Caller, type Cancelable, promised } from '../consensus/caller.ts';
import type { Answer, Consensus, DecodedRequest } from '../consensus/consensus.ts';
import { EtcdError } from '../errors.ts';
import type { InternalRaftRequestInit } from '../proto/generated/etcdserverpb.ts';

/** What a call brings to say who calls; a call of any transport is one. */
export interface Credentials {
  /** The first value under this lower-case name. */
  metadata(name: string): string | undefined;
  /** Came in as JSON: a certificate is then the gateway's. */
  readonly viaGateway: boolean;
  /** The CommonName of the client's verified certificate, when it may stand for a user. */
  readonly certificateSubject?: string | undefined;
  readonly signal?: AbortSignal;
}

export type Tokens =
  | { readonly kind: 'simple'; readonly tokens: SimpleTokens }
  | { readonly kind: 'jwt'; readonly tokens: JwtTokens }
  /** `--auth-token=`: nobody can log in. */
  | { readonly kind: 'none' };

export type AccessOptions = {
  readonly consensus: Consensus;
  /** The users and roles of this moment: a snapshot from the leader replaces them. */
  readonly auth: () => AuthStore;
  readonly attachedKeys: AttachedKeys;
  readonly tokens: Tokens;
  readonly appliedIndex: () => number;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
};

type Identified = AuthInfo | undefined;

const waitStepMs = 10;

/** Who calls, and whether it may do what it asks. With auth off nobody is asked. */
export class Access {
  readonly #options: AccessOptions;
  #waits = 0;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  get isEnabled(): boolean {
    return this.#options.auth().isEnabled;
  }

  get revision(): number {
    return this.#options.auth().revision;
  }

  /**
   * The user that a token or a certificate names; undefined when auth is off or nothing names one.
   * At once for a token that is known here. Throws InvalidAuthToken.
   */
  identify(by: Credentials | undefined): Identified | Promise<Identified> {
    if (!this.isEnabled || by === undefined) return undefined;
    const token = tokenOf(by);
    if (token === undefined) return this.#bySubject(by);
    const { tokens } = this.#options;
    switch (tokens.kind) {
      case 'simple':
        return this.#bySimpleToken(tokens.tokens, token, by);
      case 'jwt':
        return tokens.tokens.verify(token, this.#options.clock.wallMs());
      case 'none':
        throw new EtcdError('InvalidAuthToken');
    }
  }

  /**
   * Proposes in the client's name, by which the request is checked when it is applied. With auth
   * off it is proposed as it is.
   */
  proposeFor(
    request: InternalRaftRequestInit,
    caller: Caller<Answer>,
    by: Credentials | undefined,
    decoded?: DecodedRequest,
  ): void {
    const { consensus } = this.#options;
    if (!this.isEnabled) return consensus.proposeFor(request, caller, decoded);
    const info = this.identify(by);
    if (!(info instanceof Promise)) return consensus.proposeFor(inNameOf(info, request), caller);
    info
      .then((identified) => consensus.proposeFor(inNameOf(identified, request), caller))
      .catch((error: unknown) => caller.failed(error));
  }

  propose(
    request: InternalRaftRequestInit,
    signal: AbortSignal | undefined,
    by: Credentials | undefined,
  ): Promise<Answer> {
    return promised(signal, (caller) => this.proposeFor(request, caller, by));
  }

  /** Throws UserEmpty or InvalidAuthToken. */
  async requireUser(by: Credentials | undefined): Promise<void> {
    const info = await this.identify(by);
    if (info === undefined && this.isEnabled) throw new EtcdError('UserEmpty');
  }

  /** Throws UserEmpty, InvalidAuthToken, UserNotFound or PermissionDenied. */
  async requireRoot(by: Credentials | undefined): Promise<void> {
    const info = await this.identify(by);
    this.#options.auth().checkRoot(info ?? anonymous);
  }

  /** For checks of a request that is served here: by the rules of this moment. */
  async asking(by: Credentials | undefined): Promise<Asking> {
    return this.#askingAs((await this.identify(by)) ?? anonymous);
  }

  /**
   * Reads as the client, after `check`, which throws what speaks against it. What was read is
   * thrown away when the rules changed meanwhile: the caller is told AuthOldRevision.
   */
  readFor<T>(
    by: Credentials | undefined,
    check: (asking: Asking) => void,
    caller: Caller<T>,
    read: (caller: Caller<T>) => void,
  ): void {
    const readAs = (identified: Identified): void => {
      const info = identified ?? anonymous;
      check(this.#askingAs(info));
      const { revision } = info;
      read(revision === 0 ? caller : new UnderSameRules(caller, revision, () => this.revision));
    };
    const info = this.identify(by);
    if (!(info instanceof Promise)) return readAs(info);
    info.then(readAs).catch((error: unknown) => caller.failed(error));
  }

  #askingAs(info: AuthInfo): Asking {
    return { auth: this.#options.auth(), info, attachedKeys: this.#options.attachedKeys };
  }

  #bySubject({ viaGateway, certificateSubject }: Credentials): Identified {
    if (certificateSubject === undefined || viaGateway) return undefined;
    return { username: certificateSubject, revision: this.#options.auth().revision };
  }

  #bySimpleToken(
    tokens: SimpleTokens,
    token: string,
    by: Credentials,
  ): AuthInfo | Promise<AuthInfo> {
    const known = this.#known(tokens, token);
    if (known !== undefined) return known;
    const index = simpleTokenIndex(token);
    if (index === undefined || index < this.#options.appliedIndex()) {
      throw new EtcdError('InvalidAuthToken');
    }
    return this.#whenApplied(index, by.signal).then(() => {
      const now = this.#known(tokens, token);
      if (now === undefined) throw new EtcdError('InvalidAuthToken');
      return now;
    });
  }

  #known(tokens: SimpleTokens, token: string): AuthInfo | undefined {
    const { auth, clock } = this.#options;
    const username = tokens.usernameOf(token, clock.monotonicMs());
    return username === undefined ? undefined : { username, revision: auth().revision };
  }

  /**
   * A client may come with its new token before the entry that made it, the one behind `index`, is
   * applied here.
   */
  async #whenApplied(index: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, appliedIndex, requestTimeoutMs } = this.#options;
    if (this.#waits >= limits.tokenWaitsMax) throw new EtcdError('RequestTooManyRequests');
    const deadlineMs = clock.monotonicMs() + requestTimeoutMs;
    this.#waits += 1;
    try {
      while (appliedIndex() <= index) {
        if (signal?.aborted === true || clock.monotonicMs() >= deadlineMs) {
          throw new EtcdError('InvalidAuthToken');
        }
        await clock.after(waitStepMs, signal).catch(() => undefined);
      }
    } finally {
      this.#waits -= 1;
    }
  }
}

/** Tells its caller what was read only while the rules are those it was let in by. */
class UnderSameRules<T> implements Caller<T> {
  readonly #caller: Caller<T>;
  readonly #revision: number;
  readonly #currentRevision: () => number;

  constructor(caller: Caller<T>, revision: number, currentRevision: () => number) {
    this.#caller = caller;
    this.#revision = revision;
    this.#currentRevision = currentRevision;
  }

  answered(value: T): void {
    if (this.#revision === this.#currentRevision()) this.#caller.answered(value);
    else this.#caller.failed(new EtcdError('AuthOldRevision'));
  }

  failed(error: unknown): void {
    this.#caller.failed(error);
  }

  waitsFor(work: Cancelable): void {
    this.#caller.waitsFor(work);
  }
}

function inNameOf(info: Identified, request: InternalRaftRequestInit): InternalRaftRequestInit {
  if (info === undefined) return request;
  return { ...request, header: { username: info.username, authRevision: info.revision } };
}

/** The JSON gateway and HTTP clients use `authorization`, gRPC clients `token`. */
export function tokenOf(by: Credentials): string | undefined {
  const text = by.metadata('token') ?? by.metadata('authorization');
  return text?.startsWith('Bearer ') === true ? text.slice('Bearer '.length) : text;
}

/** What the server does by itself while auth is on, it does as root. */
export function asRoot(auth: AuthStore, request: InternalRaftRequestInit): InternalRaftRequestInit {
  if (!auth.isEnabled) return request;
  return { ...request, header: { username: rootName, authRevision: auth.revision } };
}
