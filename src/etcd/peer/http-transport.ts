import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { limits } from '../config/limits.ts';
import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import { formatId } from '../proto/ids.ts';
import { readBody } from './http-answers.ts';
import { handlePeerRequest, type PeerEndpointContext, peerServerOptions } from './peer-handler.ts';
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

export type HttpPeerTransportOptions = {
  readonly identity: PeerIdentity;
  readonly handlers: PeerHandlers;
  readonly metrics: PeerMetrics;
  readonly clock: Clock;
  readonly log: Log;
  /** Where to listen for peers; port 0 lets the system choose. */
  readonly listen: readonly { readonly host: string; readonly port: number }[];
  readonly dialTimeoutMs: number;
};

/** etcd's rafthttp: HTTP/1.1 on the peer URLs, long-lived streams in both directions. */
export class HttpPeerTransport implements PeerTransport {
  readonly #options: HttpPeerTransportOptions;
  readonly #agent: Agent;
  readonly #servers: Server[] = [];
  readonly #peers = new Map<bigint, PeerLink>();
  /** Senders that are not members, oldest first: answered by POST only. */
  readonly #remotes = new Map<bigint, Pipeline>();
  readonly #stop = new AbortController();
  readonly #stopping = new Set<Promise<void>>();
  #cancelTimers: (() => void)[] = [];
  #removed: (id: bigint) => boolean = () => false;
  #started = false;
  #snapshots = 0;

  constructor(options: HttpPeerTransportOptions) {
    this.#options = options;
    // Go closes idle connections after the deadline; ours must be the side that lets go first.
    const timeout = limits.peerDeadlineMs - 1_000;
    this.#agent = new Agent({ keepAlive: true, timeout, maxFreeSockets: 8 });
  }

  async start(): Promise<void> {
    for (const { host, port } of this.#options.listen) {
      this.#servers.push(await this.#listen(host, port));
    }
    this.#started = true;
    for (const peer of this.#peers.values()) peer.start();
    const { clock } = this.#options;
    this.#cancelTimers = [
      clock.every(limits.peerDeadlineMs / 3, () => {
        for (const peer of this.#peers.values()) peer.tick();
      }),
      clock.every(limits.peerProbeMs, () => this.#probe()),
    ];
  }

  /** The addresses in use, in the order of `listen`. */
  addresses(): readonly AddressInfo[] {
    return this.#servers.map((server) => server.address() as AddressInfo);
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
    const closed = this.#servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const peer of this.#peers.values()) this.#supervise(peer.stop());
    for (const server of this.#servers) server.closeAllConnections();
    this.#agent.destroy();
    await Promise.all([...closed, ...this.#stopping]);
    this.#peers.clear();
    this.#remotes.clear();
  }

  #addPeer(member: PeerAddress): void {
    const { identity, handlers, metrics, clock, log, dialTimeoutMs } = this.#options;
    const agent = this.#agent;
    const options = { identity, handlers, metrics, clock, log, agent, dialTimeoutMs };
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
    const { identity, handlers, metrics, clock, dialTimeoutMs } = this.#options;
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
      agent: this.#agent,
      clock,
      timeoutMs: dialTimeoutMs + limits.peerDeadlineMs,
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

  async #listen(host: string, port: number): Promise<Server> {
    const context = this.#endpointContext();
    const server = createServer(peerServerOptions, (request, response) =>
      handlePeerRequest(request, response, context),
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        reject(new Error(`listen tcp ${host}:${port}: ${cause.message}`, { cause }));
      });
      server.listen({ host, port }, resolve);
    });
    return server;
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
    const { clock, metrics } = this.#options;
    for (const peer of this.#peers.values()) {
      const startedMs = clock.monotonicMs();
      const probed = get(new URL('/raft/probing', peer.url), this.#agent, this.#stop.signal).then(
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

async function get(url: URL, agent: Agent, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = request(url, { agent, signal });
    probe.on('error', reject);
    probe.on('timeout', () => probe.destroy(new Error(`no answer from ${url.host} in time`)));
    probe.on('response', (response) => {
      readBody(response, limits.peerSmallRequestBytesMax).then(() => resolve(), reject);
    });
    probe.end();
  });
}
