import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { AuthStore } from '../auth/auth-store.ts';
import { encodeHash } from '../auth/password-hash.ts';
import type { PasswordHasher } from '../auth/password-hasher.ts';
import { newTokenPrefix } from '../auth/simple-token.ts';
import type { Answer, Consensus } from '../consensus/consensus.ts';
import { EtcdError } from '../errors.ts';
import {
  type AuthenticateRequest,
  type AuthUserAddRequest,
  type AuthUserChangePasswordRequest,
  encodeAuthenticateResponse,
  type InternalRaftRequestInit,
} from '../proto/generated/etcdserverpb.ts';
import type { Access, Credentials, Tokens } from './access.ts';

export type AuthServiceOptions = {
  readonly consensus: Consensus;
  readonly access: Access;
  readonly auth: () => AuthStore;
  readonly tokens: Tokens;
  readonly passwords: PasswordHasher;
  readonly random: Random;
  readonly clock: Clock;
};

/** Users, roles and tokens. Everything goes through the log, reading them too. */
export class AuthService {
  readonly #options: AuthServiceOptions;

  constructor(options: AuthServiceOptions) {
    this.#options = options;
  }

  /** One of the requests that need nothing but to be proposed. */
  async propose(request: InternalRaftRequestInit, by: Credentials): Promise<Answer> {
    return await this.#options.access.propose(request, by.signal, by);
  }

  /**
   * The password is checked here and never goes to the log; the rules may change meanwhile, and
   * then it is checked again. Throws AuthNotEnabled, AuthFailed, NoPasswordUser, TokenVerifyOnly.
   */
  async authenticate(request: AuthenticateRequest, signal?: AbortSignal): Promise<Answer> {
    const { consensus, auth, random, tokens } = this.#options;
    const { name } = request;
    await consensus.readBarrier(signal);
    for (;;) {
      const revision = await this.#checkPassword(request);
      const simpleToken = tokens.kind === 'simple' ? newTokenPrefix(random) : '';
      const answer = await consensus.propose({ authenticate: { name, simpleToken } }, signal);
      if (tokens.kind === 'none') throw new EtcdError('AuthFailed');
      if (revision !== auth().revision) continue;
      if (tokens.kind === 'simple') return answer;
      const nowMs = this.#options.clock.wallMs();
      const token = await tokens.tokens.sign({ username: name, revision }, nowMs);
      return { body: encodeAuthenticateResponse({ token }), revision: answer.revision };
    }
  }

  /** What goes to the log is the hash. */
  async addUser(request: AuthUserAddRequest, by: Credentials): Promise<Answer> {
    const noPassword = request.options?.noPassword === true;
    const hashedPassword = noPassword ? '' : await this.#hash(request.password);
    return await this.propose({ authUserAdd: { ...request, password: '', hashedPassword } }, by);
  }

  /** An empty password is not hashed: with it nobody can log in. */
  async changePassword(request: AuthUserChangePasswordRequest, by: Credentials): Promise<Answer> {
    const { password } = request;
    const hashedPassword = password === '' ? request.hashedPassword : await this.#hash(password);
    const authUserChangePassword = { ...request, password: '', hashedPassword };
    return await this.propose({ authUserChangePassword }, by);
  }

  async #hash(password: string): Promise<string> {
    return encodeHash(await this.#options.passwords.hash(password));
  }

  /** The auth revision at which the password was right. */
  async #checkPassword({ name, password }: AuthenticateRequest): Promise<number> {
    const auth = this.#options.auth();
    if (!auth.isEnabled) throw new EtcdError('AuthNotEnabled');
    const user = auth.user(name);
    if (user === undefined) throw new EtcdError('AuthFailed');
    if (user.options?.noPassword === true) throw new EtcdError('NoPasswordUser');
    const { revision } = auth;
    if (!(await this.#options.passwords.matches(password, user.password))) {
      throw new EtcdError('AuthFailed');
    }
    return revision;
  }
}
