import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Log } from '../base/log.ts';
import type { HttpServer } from './api/http/server.ts';
import type { TlsSettings } from './config/tls-settings.ts';
import { clientAddress, isSecured, type MemberUrl, peerAddress } from './config/urls.ts';
import type { GrpcServer, ServeOther } from './transport/grpc-server.ts';
import { bridgeToHttp1 } from './transport/http2/http1-bridge.ts';
import { addressText, type ListenAddress } from './transport/listen.ts';
import { PortMux, type PortMuxSides, type PortSecurity } from './transport/port-mux.ts';
import { certificateSubject } from './transport/tls/peer-certificate.ts';

export type ClientPortsParts = {
  readonly clientUrls: readonly MemberUrl[];
  /** Empty: the client URLs serve HTTP too. */
  readonly httpUrls: readonly MemberUrl[];
  readonly metricsUrls: readonly MemberUrl[];
  /** Whether other processes may listen on the same ports. */
  readonly sharesPorts: boolean;
  /** Of the URLs that say https. */
  readonly tls: TlsSettings;
  readonly log: Log;
  readonly grpc: GrpcServer;
  readonly http: HttpServer;
  /** Health and metrics only. */
  readonly metricsHttp: HttpServer;
  /** What is left to do when all calls have ended. */
  readonly stopped: () => Promise<void>;
};

/** Calls in flight get this long to finish when the member stops. */
const STOP_GRACE_MS = 1_000;

/** The ports that clients and probes reach. */
export class ClientPorts {
  readonly #parts: ClientPortsParts;
  readonly #muxes: PortMux[] = [];

  constructor(parts: ClientPortsParts) {
    this.#parts = parts;
  }

  /** Probes must be answered before the member has joined: liveness never needs a quorum. */
  async listenForProbes(): Promise<void> {
    const { metricsHttp } = this.#parts;
    // As etcd, which names the files of these sockets like those of members.
    for (const port of portsOf(this.#parts.metricsUrls, peerAddress, false)) {
      await this.#listen(port, {
        http1: (socket) => metricsHttp.accept(socket),
      });
    }
  }

  async listenForClients(): Promise<void> {
    const { grpc, http, clientUrls, httpUrls, sharesPorts, tls } = this.#parts;
    const refuse = (socket: Socket): void => void socket.destroy();
    const subjectOf = (socket: Socket): string | undefined =>
      isTlsSocket(socket) && tls.clientCertAuth ? certificateSubject(socket) : undefined;
    const http1: PortMuxSides['http1'] = (socket) => http.accept(socket, subjectOf(socket));
    const isSplit = httpUrls.length > 0;
    const http2 = (socket: Socket): void => {
      if (!isTlsSocket(socket)) return grpc.accept(socket);
      const subject = subjectOf(socket);
      // As etcd: inside TLS, HTTP/2 reaches everything, in plain text only gRPC.
      const bridge: ServeOther = (stream, request) =>
        bridgeToHttp1(stream, request, (pair) => void http.accept(pair, subject));
      const others = isSplit ? undefined : bridge;
      grpc.accept(socket, { others, certificateSubject: subject });
    };
    for (const port of portsOf(clientUrls, clientAddress, sharesPorts)) {
      await this.#listen(port, { http1: isSplit ? refuse : http1, http2 });
    }
    for (const port of portsOf(httpUrls, clientAddress, sharesPorts)) {
      await this.#listen(port, { http1 });
    }
  }

  /** Takes no new connections, lets calls finish for a moment, then closes everything. */
  async stop(): Promise<void> {
    for (const mux of this.#muxes) mux.stopAccepting();
    await this.#parts.grpc.stop(STOP_GRACE_MS);
    await Promise.all([this.#parts.http.stop(), this.#parts.metricsHttp.stop()]);
    await Promise.all(this.#muxes.map((mux) => mux.close()));
    await this.#parts.stopped();
  }

  async #listen(port: ClientPort, sides: PortMuxSides): Promise<void> {
    try {
      const security = this.#securityOf(port);
      this.#muxes.push(await PortMux.listen(port.address, sides, security));
    } catch (cause) {
      throw new Error(`cannot serve ${port.text}`, { cause });
    }
  }

  #securityOf({ urls }: ClientPort): PortSecurity {
    if (!urls.some(isSecured)) return { kind: 'plain' };
    const { tls, log } = this.#parts;
    return { kind: urls.every(isSecured) ? 'tls' : 'both', tls, log };
  }
}

function isTlsSocket(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket;
}

type ClientPort = {
  readonly address: ListenAddress;
  /** As the user wrote it. */
  readonly text: string;
  readonly urls: readonly MemberUrl[];
};

/** A URL with TLS and one without may name the same port. */
function portsOf(
  urls: readonly MemberUrl[],
  addressOf: typeof clientAddress,
  sharesPorts: boolean,
): readonly ClientPort[] {
  const byAddress = Map.groupBy(urls, (url) => addressText(addressOf(url, sharesPorts)));
  return [...byAddress.values()].map((same) => {
    const url = same[0] as MemberUrl;
    return { address: addressOf(url, sharesPorts), text: url.text, urls: same };
  });
}
