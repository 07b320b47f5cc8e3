import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import type { Log } from '../../base/log.ts';
import { limits } from '../config/limits.ts';
import type { TlsSettings } from '../config/tls-settings.ts';
import { CertificateFiles } from '../transport/tls/certificate-files.ts';

/** Go closes idle connections after the deadline; ours must be the side that lets go first. */
const idle = { keepAlive: true, timeout: limits.peerDeadlineMs - 1_000, maxFreeSockets: 8 };

export type PeerRequestOptions = Omit<RequestOptions, 'agent'>;

/** Opens requests to other members: over TLS where their URL says https. */
export class PeerDialer {
  readonly #http = new HttpAgent(idle);
  readonly #https: HttpsAgent;
  readonly #single: HttpsAgent;

  /** Throws when the certificate files cannot be used. */
  constructor(tls?: TlsSettings, log?: Log) {
    const files =
      tls === undefined || log === undefined
        ? undefined
        : new CertificateFiles(tls, 'servers', log);
    const secure = (options: ConnectionOptions): ConnectionOptions => ({
      ...options,
      // Names, not addresses, are asked for: RFC 6066, 3.
      servername: isIP(options.host ?? '') === 0 ? (options.host ?? '') : '',
      ...(files === undefined ? {} : { secureContext: files.context() }),
      rejectUnauthorized: tls?.isSelfSigned !== true,
    });
    this.#https = new SecuredAgent(secure, idle);
    this.#single = new SecuredAgent(secure, { keepAlive: false });
  }

  /** On a connection that later requests may use too. */
  pooled(url: URL, options: PeerRequestOptions): ClientRequest {
    if (url.protocol === 'https:') return httpsRequest(url, { ...options, agent: this.#https });
    return httpRequest(url, { ...options, agent: this.#http });
  }

  /** On a connection of its own, closed with it. */
  single(url: URL, options: PeerRequestOptions): ClientRequest {
    if (url.protocol === 'https:') return httpsRequest(url, { ...options, agent: this.#single });
    return httpRequest(url, { ...options, agent: false });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
    this.#single.destroy();
  }
}

/** Asks for the certificates whenever it connects: they may have been renewed. */
class SecuredAgent extends HttpsAgent {
  readonly #secure: (options: ConnectionOptions) => ConnectionOptions;

  constructor(
    secure: (options: ConnectionOptions) => ConnectionOptions,
    options: ConstructorParameters<typeof HttpsAgent>[0],
  ) {
    super({ ...options, maxCachedSessions: 0 });
    this.#secure = secure;
  }

  override createConnection(options: ConnectionOptions): ReturnType<typeof connect> {
    return connect(this.#secure(options));
  }
}

/** For members that speak http only. */
export const plainPeers = new PeerDialer();
