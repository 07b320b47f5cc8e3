import type { Server } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { createServer } from '../../base/node-http.ts';
import { limits } from '../config/limits.ts';
import type { TlsSettings } from '../config/tls-settings.ts';
import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import { formatId } from '../proto/ids.ts';
import { type ListenAddress, listenOn } from '../transport/listen.ts';
import { TlsAcceptor } from '../transport/tls/tls-acceptor.ts';
import { EntryFrames } from './append-stream.ts';
import type { PeerEndpointContext } from './endpoint.ts';
import { readBody } from './http-answers.ts';
import { linkTickMs } from './link-ticks.ts';
import type { PeerDialer } from './peer-dialer.ts';
import { handlePeerRequest, peerServerOptions } from './peer-handler.ts';
import { PeerLink } from './peer-link.ts';
import { Pipeline } from './pipeline.ts';
import type {
  PeerAddress,
  PeerHandlers,
  PeerIdentity,
  PeerMetrics,
  PeerTransport,
  SnapshotDatabase,
} from './transport.ts';
import { UrlPicker } from './url-picker.ts';

export type PeerListener = {
  readonly address: ListenAddress;
  /** undefined: plain http. */
  readonly tls?: TlsSettings | undefined;
};

export type HttpPeerTransportOptions = {
  readonly identity: PeerIdentity;
  readonly handlers: PeerHandlers;
  readonly metrics: PeerMetrics;
  readonly clock: Clock;
  readonly log: Log;
  /** Where to listen for peers; port 0 lets the system choose. */
  readonly listen: readonly PeerListener[];
  readonly dialer: PeerDialer;
  readonly dialTimeoutMs: number;
  /** How long a connection may carry nothing, and how long it may take nothing. */
  readonly readTimeoutMs?: number;
  readonly writeTimeoutMs?: number;
};

/** etcd's rafthttp: HTTP/1.1 on the peer URLs, long-lived streams in both directions. */
export class HttpPeerTransport implements PeerTransport {
  readonly #options: HttpPeerTransportOptions;
  readonly #servers: Server[] = [];
  /** What listens: the servers themselves or, for TLS, what hands them secured connections. */
  readonly #ports: TcpServer[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #peers = new Map<bigint, PeerLink>();
  /** Senders that are not members, oldest first: answered by POST only. */
  readonly #remotes = new Map<bigint, Pipeline>();
  readonly #entryFrames = new EntryFrames();
  readonly #stop = new AbortController();
  readonly #stopping = new Set<Promise<void>>();
  #cancelTimers: (() => void)[] = [];
  #removed: (id: bigint) => boolean = () => false;
  #started = false;
  #snapshots = 0;

  constructor(options: HttpPeerTransportOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    for (const listener of this.#options.listen) await this.#listen(listener);
    this.#started = true;
    for (const peer of this.#peers.values()) peer.start();
    const { clock } = this.#options;
    this.#cancelTimers = [
      clock.every(linkTickMs, () => {
        for (const peer of this.#peers.values()) peer.tick();
      }),
      clock.every(limits.peerProbeMs, () => this.#probe()),
    ];
  }

  /** The addresses in use, in the order of `listen`. */
  addresses(): readonly AddressInfo[] {
    return this.#ports.map((port) => port.address() as AddressInfo);
  }

  send(messages: readonly Message[]): void {
    if (this.#stop.signal.aborted) return;
    const lastAnswer = messages.findLastIndex((m) => m.type === MessageType.MsgAppResp);
    for (const [at, message] of messages.entries()) {
      // Only the newest acknowledgement says something, and it says what the older ones did.
      if (message.type === MessageType.MsgAppResp && at !== lastAnswer) continue;
      if (message.type === MessageType.MsgSnap || message.to === 0n) continue;
      const peer = this.#peers.get(message.to);
      if (peer !== undefined) peer.send(message);
      else this.#remotes.get(message.to)?.send(message);
    }
    for (const peer of this.#peers.values()) peer.flush();
  }

  sendSnapshot(message: Message, database: SnapshotDatabase): void {
    const peer = this.#peers.get(message.to);
    const full = this.#snapshots >= limits.peerSnapshotsMax;
    if (peer === undefined || full || this.#stop.signal.aborted) {
      database.close();
      this.#options.handlers.reportSnapshot(message.to, false);
      return;
    }
    this.#snapshots += 1;
    const sent = peer.sendSnapshot(message, database).finally(() => {
      this.#snapshots -= 1;
    });
    this.#supervise(sent);
  }

  setPeers(members: readonly PeerAddress[], removed: (id: bigint) => boolean): void {
    if (this.#stop.signal.aborted) return;
    this.#removed = removed;
    const wanted = new Map(
      members
        .filter((m) => m.id !== this.#options.identity.memberId && m.peerUrls.length > 0)
        .map((member) => [member.id, member]),
    );
    for (const [id, peer] of this.#peers) {
      if (wanted.has(id)) continue;
      this.#peers.delete(id);
      this.#options.log.info('removed remote peer', { 'removed-remote-peer-id': formatId(id) });
      this.#supervise(peer.stop());
    }
    for (const [id, member] of wanted) {
      const known = this.#peers.get(id);
      if (known === undefined) this.#addPeer(member);
      else known.update(member.peerUrls);
    }
  }

  activeSinceMs(id: bigint): number | undefined {
    return this.#peers.get(id)?.activeSinceMs;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    for (const cancel of this.#cancelTimers) cancel();
    const closed = this.#ports.map(
      (port) => new Promise<void>((resolve) => port.close(() => resolve())),
    );
    for (const peer of this.#peers.values()) this.#supervise(peer.stop());
    for (const server of this.#servers) server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    this.#options.dialer.close();
    await Promise.all([...closed, ...this.#stopping]);
    this.#peers.clear();
    this.#remotes.clear();
  }

  #addPeer(member: PeerAddress): void {
    const { identity, handlers, metrics, clock, log, dialer, dialTimeoutMs } = this.#options;
    const { readTimeoutMs = limits.peerDeadlineMs } = this.#options;
    const { writeTimeoutMs = limits.peerDeadlineMs } = this.#options;
    const entryFrames = this.#entryFrames;
    const parts = { identity, handlers, metrics, clock, log, dialer, dialTimeoutMs };
    const options = { ...parts, entryFrames, readTimeoutMs, writeTimeoutMs };
    const peer = new PeerLink(member, options);
    this.#peers.set(member.id, peer);
    this.#remotes.delete(member.id);
    if (this.#started) peer.start();
    log.info('added remote peer', {
      'remote-peer-id': formatId(member.id),
      'remote-peer-urls': member.peerUrls,
    });
  }

  #addRemote(sender: PeerAddress): void {
    const { identity, handlers, metrics, clock, dialer, dialTimeoutMs } = this.#options;
    const known = this.#peers.has(sender.id) || this.#remotes.has(sender.id);
    if (known || sender.id === identity.memberId || this.#removed(sender.id)) return;
    if (!sender.peerUrls.every((url) => URL.canParse(url))) return;
    if (this.#remotes.size >= limits.peerRemotesMax) {
      const oldest = this.#remotes.keys().next().value;
      if (oldest !== undefined) this.#remotes.delete(oldest);
    }
    const options = {
      identity,
      picker: new UrlPicker(sender.peerUrls),
      dialer,
      clock,
      timeoutMs: dialTimeoutMs + (this.#options.readTimeoutMs ?? limits.peerDeadlineMs),
      stop: this.#stop.signal,
    };
    const remote = new Pipeline(options, {
      delivered: (bytes) => metrics.sentBytes(sender.id, bytes),
      failed: () => {
        metrics.sendFailed(sender.id);
        handlers.reportUnreachable(sender.id);
      },
      removed: () => handlers.removedByPeers(),
    });
    this.#remotes.set(sender.id, remote);
  }

  async #listen({ address, tls }: PeerListener): Promise<void> {
    const context = this.#endpointContext();
    const server = createServer(peerServerOptions, (request, response) =>
      handlePeerRequest(request, response, context),
    );
    const listener = tls === undefined ? server : this.#secured(server, tls);
    await listenOn(listener, address);
    this.#servers.push(server);
    this.#ports.push(listener);
  }

  /** A listener that hands the server what has passed its TLS handshake. */
  #secured(server: Server, settings: TlsSettings): TcpServer {
    const acceptor = new TlsAcceptor({
      settings,
      protocols: ['http/1.1'],
      endpoint: 'peer',
      log: this.#options.log,
      secured: (socket) => server.emit('connection', socket),
    });
    return createTcpServer({ noDelay: true, keepAlive: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      acceptor.accept(socket);
    });
  }

  #endpointContext(): PeerEndpointContext {
    const { identity, handlers, metrics, clock, log } = this.#options;
    return {
      identity,
      handlers,
      metrics,
      clock,
      log,
      isRemoved: (id) => this.#removed(id),
      isPeer: (id) => this.#peers.has(id),
      attach: (from, kind, response) => this.#peers.get(from)?.attach(kind, response),
      addRemote: (sender) => this.#addRemote(sender),
    };
  }

  #probe(): void {
    const { clock, dialer, metrics } = this.#options;
    for (const peer of this.#peers.values()) {
      const startedMs = clock.monotonicMs();
      const probed = get(peer.url, '/raft/probing', dialer, this.#stop.signal).then(
        () => metrics.roundTrip(peer.id, (clock.monotonicMs() - startedMs) / 1_000),
        () => {},
      );
      this.#supervise(probed);
    }
  }

  /** Keeps what is under way until it has ended, so that `stop` can wait for it. */
  #supervise(work: Promise<void>): void {
    const supervised = work
      .catch((error: unknown) => this.#options.log.error('peer transport failed', { error }))
      .finally(() => this.#stopping.delete(supervised));
    this.#stopping.add(supervised);
  }
}

async function get(
  url: string,
  path: string,
  dialer: PeerDialer,
  signal: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = dialer.pooled(url, path, { signal });
    probe.on('error', reject);
    probe.on('timeout', () => probe.destroy(new Error(`no answer from ${url} in time`)));
    probe.on('response', (response) => {
      readBody(response, limits.peerSmallRequestBytesMax).then(() => resolve(), reject);
    });
    probe.end();
  });
}
