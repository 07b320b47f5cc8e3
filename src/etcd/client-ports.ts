import type { HttpServer } from './api/http/server.ts';
import type { MemberUrl } from './config/urls.ts';
import type { GrpcServer } from './transport/grpc-server.ts';
import { PortMux, type PortMuxSides } from './transport/port-mux.ts';

export type ClientPortsParts = {
  readonly clientUrls: readonly MemberUrl[];
  readonly metricsUrls: readonly MemberUrl[];
  readonly grpc: GrpcServer;
  readonly http: HttpServer;
  /** Health and metrics only. */
  readonly metricsHttp: HttpServer;
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
    for (const url of this.#parts.metricsUrls) {
      await this.#listen(url, {
        http1: (socket) => metricsHttp.accept(socket),
        http2: (socket) => socket.destroy(),
      });
    }
  }

  async listenForClients(): Promise<void> {
    const { grpc, http } = this.#parts;
    for (const url of this.#parts.clientUrls) {
      await this.#listen(url, {
        http1: (socket) => http.accept(socket),
        http2: (socket) => grpc.accept(socket),
      });
    }
  }

  /** Takes no new connections, lets calls finish for a moment, then closes everything. */
  async stop(): Promise<void> {
    for (const mux of this.#muxes) mux.stopAccepting();
    await this.#parts.grpc.stop(STOP_GRACE_MS);
    await Promise.all([this.#parts.http.stop(), this.#parts.metricsHttp.stop()]);
    await Promise.all(this.#muxes.map((mux) => mux.close()));
  }

  async #listen(url: MemberUrl, sides: PortMuxSides): Promise<void> {
    const host = url.host === 'localhost' ? '127.0.0.1' : url.host;
    try {
      this.#muxes.push(await PortMux.listen(host, Number(url.port), sides));
    } catch (cause) {
      throw new Error(`listen tcp ${url.host}:${url.port}: cannot serve ${url.text}`, { cause });
    }
  }
}
