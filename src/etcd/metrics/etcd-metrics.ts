import type { Exposition } from './exposition.ts';
import { Instruments } from './instruments.ts';
import { type NetworkMetrics, networkMetrics, PeerMeter } from './network-metrics.ts';
import { type RpcMeters, rpcMetrics } from './rpc-metrics.ts';
import { type ServerMetrics, serverMetrics } from './server-metrics.ts';
import {
  type DiskMetrics,
  diskMetrics,
  type StoreMetrics,
  storeMetrics,
} from './storage-metrics.ts';

/**
 * etcd's metrics under etcd's names, so that its dashboards and alert rules work. Each family is a
 * record of typed instruments that is handed to the module which feeds it.
 */
export class EtcdMetrics {
  readonly server: ServerMetrics;
  readonly disk: DiskMetrics;
  readonly store: StoreMetrics;
  readonly network: NetworkMetrics;
  /** By method path; see api/metered-rpcs.ts. */
  readonly rpcs: RpcMeters;
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';
  readonly #make = new Instruments();
  #exposition: Promise<Exposition> | undefined;
  readonly #samplers: (() => void)[] = [];

  constructor() {
    const make = this.#make;
    this.server = serverMetrics(make);
    this.disk = diskMetrics(make);
    this.store = storeMetrics(make);
    this.network = networkMetrics(make);
    const { meters, sample } = rpcMetrics(make);
    this.rpcs = meters;
    this.#samplers.push(sample);
  }

  /** `sample` sets gauges to what they are now; it runs before every scrape and must not throw. */
  beforeScrape(sample: () => void): void {
    this.#samplers.push(sample);
  }

  async text(): Promise<string> {
    this.#exposition ??= loadExposition(this.#make);
    const exposition = await this.#exposition;
    for (const sample of this.#samplers) sample();
    return await exposition.text();
  }

  /** Outcomes of /health. */
  health(ok: boolean): void {
    if (ok) this.server.healthSuccess.inc();
    else this.server.healthFailures.inc();
  }

  /** Outcomes of one check of /livez or /readyz. */
  check(type: string, name: string, ok: boolean): void {
    this.server.healthcheck.set({ type, name }, ok ? 1 : 0);
    this.server.healthchecks.inc({ type, name, status: ok ? 'success' : 'error' });
  }

  peerMeter(localMember: bigint): PeerMeter {
    return new PeerMeter(this.network, localMember);
  }
}

/** With the first scrape: the library takes longer to load than much of a member's start. */
async function loadExposition(make: Instruments): Promise<Exposition> {
  const { Exposition } = await import('./exposition.ts');
  return new Exposition(make.families);
}
