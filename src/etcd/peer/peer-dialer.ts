import type { ClientRequest, RequestOptions } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import type { Log } from '../../base/log.ts';
import {
  Agent as HttpAgent,
  request as httpRequest,
  nodeHttps,
  nodeTls,
} from '../../base/node-http.ts';
import { parseSocketUrl, peerSocketFile } from '../../base/socket-url.ts';
import { limits } from '../config/limits.ts';
import type { TlsSettings } from '../config/tls-settings.ts';
import { CertificateFiles } from '../transport/tls/certificate-files.ts';

/** Go closes idle connections after the deadline; ours must be the side that lets go first. */
const idle = { keepAlive: true, timeout: limits.peerDeadlineMs - 1_000, maxFreeSockets: 8 };

export type PeerRequestOptions = Omit<RequestOptions, 'agent'>;

export type PeerDialerOptions = {
  readonly tls?: TlsSettings;
  readonly log?: Log;
  /** Where connections come from; without it the system chooses. */
  readonly localAddress?: string | undefined;
};

/** Opens requests to other members: over TLS where their URL says https or unixs. */
export class PeerDialer {
  readonly #http = new HttpAgent(idle);
  readonly #tls: TlsSettings | undefined;
  readonly #files: CertificateFiles | undefined;
  readonly #localAddress: string | undefined;
  /** Made for the first https URL. */
  #pooled: HttpsAgent | undefined;
  #single: HttpsAgent | undefined;

  /** Throws when the certificate files cannot be used. */
  constructor({ tls, log, localAddress }: PeerDialerOptions = {}) {
    this.#tls = tls;
    this.#localAddress = localAddress;
    // Without files the system's authorities hold; reading those takes longer than the whole start.
    if (tls !== undefined && log !== undefined && namesFiles(tls)) {
      this.#files = new CertificateFiles(tls, 'servers', log);
    }
  }

  /** On a connection that later requests may use too. */
  pooled(url: string, path: string, options: PeerRequestOptions): ClientRequest {
    const { isSecured, to } = destination(url, path, this.#localAddress);
    if (isSecured) {
      this.#pooled ??= this.#securedAgent(idle);
      return nodeHttps().request({ ...options, ...to, agent: this.#pooled });
    }
    return httpRequest({ ...options, ...to, agent: this.#http });
  }

  /** On a connection of its own, closed with it. */
  single(url: string, path: string, options: PeerRequestOptions): ClientRequest {
    const { isSecured, to } = destination(url, path, this.#localAddress);
    if (isSecured) {
      this.#single ??= this.#securedAgent({ keepAlive: false });
      return nodeHttps().request({ ...options, ...to, agent: this.#single });
    }
    return httpRequest({ ...options, ...to, agent: false });
  }

  close(): void {
    this.#http.destroy();
    this.#pooled?.destroy();
    this.#single?.destroy();
  }

  /** Asks for the certificates whenever it connects: they may have been renewed. */
  #securedAgent(options: ConstructorParameters<typeof HttpAgent>[0]): HttpsAgent {
    const agent = new (nodeHttps().Agent)({ ...options, maxCachedSessions: 0 });
    agent.createConnection = (to: ConnectionOptions) => nodeTls().connect(this.#secure(to));
    return agent;
  }

  #secure(options: ConnectionOptions): ConnectionOptions {
    return {
      ...options,
      // Names, not addresses, are asked for: RFC 6066, 3.
      servername: isIP(options.host ?? '') === 0 ? (options.host ?? '') : '',
      ...(this.#files === undefined ? {} : { secureContext: this.#files.context() }),
      rejectUnauthorized: this.#tls?.isSelfSigned !== true,
    };
  }
}

/** A file where the URL names a unix socket, host and port otherwise. */
function destination(
  base: string,
  path: string,
  localAddress: string | undefined,
): { isSecured: boolean; to: RequestOptions } {
  const socket = parseSocketUrl(base);
  if (socket !== undefined) {
    const socketPath = peerSocketFile(socket);
    const host = socket.authority.replace(/:\d*$/, '') || 'localhost';
    return { isSecured: socket.isSecured, to: { socketPath, host, path } };
  }
  const url = new URL(path, base);
  const to = { ...urlToHttpOptions(url), ...(localAddress === undefined ? {} : { localAddress }) };
  return { isSecured: url.protocol === 'https:', to };
}

function namesFiles({ certFile, keyFile, clientCertFile, trustedCaFile }: TlsSettings): boolean {
  return [certFile, keyFile, clientCertFile, trustedCaFile].some((path) => path !== '');
}

/** For members that speak http only. */
export const plainPeers = new PeerDialer();
