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
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';
  readonly #make = new Instruments();
  readonly #scrapes: ReturnType<typeof scrapeMetrics>;
  #exposition: Promise<Exposition> | undefined;
  readonly #samplers: (() => void)[] = [];

  /** `isExtensive`: how long calls took, too, for every method. */
  constructor({ isExtensive = false }: { readonly isExtensive?: boolean } = {}) {
    const make = this.#make;
    this.server = serverMetrics(make);
    this.disk = diskMetrics(make);
    this.store = storeMetrics(make);
    this.network = networkMetrics(make);
    this.#scrapes = scrapeMetrics(make);
    const { meters, sample } = rpcMetrics(make, isExtensive);
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
    const { inFlight, scrapes } = this.#scrapes;
    for (const sample of this.#samplers) sample();
    inFlight.inc();
    try {
      const text = await exposition.text();
      scrapes.inc({ code: '200' });
      return text;
    } catch (error) {
      scrapes.inc({ code: '500' });
      throw error;
    } finally {
      inFlight.dec();
    }
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

/** What Go's library says of itself. */
function scrapeMetrics(make: Instruments) {
  const name = 'promhttp_metric_handler_requests';
  const scrapes = make.counter(`${name}_total`, 'Scrapes by their HTTP status.', ['code']);
  for (const code of ['200', '500', '503']) scrapes.inc({ code }, 0);
  return { scrapes, inFlight: make.gauge(`${name}_in_flight`, 'Scrapes being answered.') };
}

/** With the first scrape: the library takes longer to load than much of a member's start. */
async function loadExposition(make: Instruments): Promise<Exposition> {
  const { Exposition } = await import('./exposition.ts');
  return new Exposition(make.families);
}
