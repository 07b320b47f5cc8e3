import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import type { Log } from '../../../base/log.ts';
import { nodeTls } from '../../../base/node-http.ts';
import { limits } from '../../config/limits.ts';
import type { TlsSettings } from '../../config/tls-settings.ts';
import { CertificateFiles } from './certificate-files.ts';
import { certificateProblem } from './peer-certificate.ts';

export type TlsAcceptorOptions = {
  readonly settings: TlsSettings;
  /** In the order of the server's preference. */
  readonly protocols: readonly ('h2' | 'http/1.1')[];
  /** `client` or `peer`: whose connections these are, for the log. */
  readonly endpoint: 'client' | 'peer';
  readonly log: Log;
  /** The connection as its user sees it; `alpnProtocol` says what it will speak. */
  readonly secured: (socket: TLSSocket) => void;
};

/**
 * The server's side of TLS on connections that somebody else accepted. A handshake that fails or
 * takes too long ends its connection and is a line in the log, nothing else.
 */
export class TlsAcceptor {
  readonly #options: TlsAcceptorOptions;
  readonly #files: CertificateFiles;
  readonly #server: Server;

  /** Throws when the certificate files cannot be used. */
  constructor(options: TlsAcceptorOptions) {
    this.#options = options;
    const { settings, protocols, log } = options;
    this.#files = new CertificateFiles(settings, 'clients', log);
    const asksForCertificate = settings.trustedCaFile !== '' || settings.clientCertAuth;
    this.#server = nodeTls().createServer({
      ...this.#files.options,
      ALPNProtocols: [...protocols],
      requestCert: asksForCertificate,
      rejectUnauthorized: asksForCertificate,
      handshakeTimeout: limits.tlsHandshakeTimeoutMs,
      // A resumed session would skip what is asked of certificates now.
      secureOptions: constants.SSL_OP_NO_TICKET,
      noDelay: true,
    });
    this.#server.on('secureConnection', (socket) => {
      this.#check(socket).catch((error: unknown) => this.#reject(socket, error));
    });
    this.#server.on('tlsClientError', (error, socket) => this.#reject(socket, error));
  }

  accept(socket: Socket): void {
    if (this.#files.refresh()) {
      this.#server.setSecureContext({
        ...this.#files.options,
        secureOptions: constants.SSL_OP_NO_TICKET,
      });
    }
    this.#server.emit('connection', socket);
  }

  async #check(socket: TLSSocket): Promise<void> {
    socket.on('error', () => socket.destroy());
    const problem = await certificateProblem(socket, this.#options.settings);
    if (problem !== undefined) throw new Error(problem);
    if (!socket.destroyed) this.#options.secured(socket);
  }

  #reject(socket: TLSSocket, error: unknown): void {
    const { endpoint, log } = this.#options;
    log.warn(`rejected connection on ${endpoint} endpoint`, {
      'remote-addr': `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`,
      'server-name': socket.servername === false ? '' : (socket.servername ?? ''),
      error,
    });
    socket.destroy();
  }
}
