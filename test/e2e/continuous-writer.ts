import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import type { KubernetesClient } from '../../src/operator/kubernetes-client/kubernetes-client.ts';
import { Ledger } from '../crash/ledger.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import { type Cluster, podsOf } from './kubernetes.ts';

/** A new write is begun this often, at the next member in turn. */
const WRITE_EVERY_MS = 15;
/** Writes without an answer; beyond it none is begun. */
const OUTSTANDING_MAX = 200;
const FIND_EVERY_MS = 400;
const WRITE_TIMEOUT_MS = 2_000;
const VALUE_BYTES = 100;

/**
 * A client outside the cluster that never stops writing: every write has a key of its own, goes to
 * one member, and is in the ledger once acknowledged. It finds the members by their pods, as they
 * come and go; a write to a member that is down simply fails.
 */
export class ContinuousWriter {
  readonly ledger = new Ledger('e2e/');
  readonly #api: KubernetesClient;
  readonly #cluster: Cluster;
  readonly #clients = new Map<string, EtcdClient>();
  readonly #loops: Promise<void>[] = [];
  readonly #refusals = new Map<string, number>();
  #isStopping = false;
  #outstanding = 0;
  #next = 0;
  #lastMs = performance.now();
  #longestGapMs = 0;

  constructor(api: KubernetesClient, cluster: Cluster) {
    this.#api = api;
    this.#cluster = cluster;
  }

  async start(): Promise<void> {
    await this.#find();
    this.#lastMs = performance.now();
    this.#loops.push(this.#findLoop(), this.#writeLoop());
  }

  /** The longest time without an acknowledged write since this was asked last. */
  takeLongestGapMs(): number {
    const gap = Math.max(this.#longestGapMs, performance.now() - this.#lastMs);
    this.#longestGapMs = 0;
    return Math.round(gap);
  }

  /** Why writes were not acknowledged, most frequent first. */
  refusals(): string {
    const counts = [...this.#refusals].sort(([, a], [, b]) => b - a);
    return counts.map(([why, count]) => `${count} × ${why}`).join('; ');
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#loops);
    while (this.#outstanding > 0) await sleep(20);
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  async #writeLoop(): Promise<void> {
    while (!this.#isStopping) {
      const clients = [...this.#clients.values()];
      const client = clients[this.#next % Math.max(1, clients.length)];
      this.#next += 1;
      if (client !== undefined && this.#outstanding < OUTSTANDING_MAX) this.#write(client);
      await sleep(WRITE_EVERY_MS);
    }
  }

  #write(client: EtcdClient): void {
    this.#outstanding += 1;
    this.ledger
      .writeNext(client, VALUE_BYTES)
      .then(() => {
        const nowMs = performance.now();
        this.#longestGapMs = Math.max(this.#longestGapMs, nowMs - this.#lastMs);
        this.#lastMs = nowMs;
      })
      // No answer or a refusal: whether the write took place is unknown, so nothing is promised.
      .catch((error: Error) => {
        const why = error.message.replace(/[0-9.]+:[0-9]+/g, 'ADDRESS').slice(0, 80);
        this.#refusals.set(why, (this.#refusals.get(why) ?? 0) + 1);
      })
      .finally(() => {
        this.#outstanding -= 1;
      });
  }

  async #findLoop(): Promise<void> {
    while (!this.#isStopping) {
      await sleep(FIND_EVERY_MS);
      await this.#find().catch(() => undefined);
    }
  }

  async #find(): Promise<void> {
    const found = new Set((await podsOf(this.#api, this.#cluster)).flatMap(endpointOf));
    for (const [endpoint, client] of this.#clients) {
      if (found.delete(endpoint)) continue;
      client.close();
      this.#clients.delete(endpoint);
    }
    for (const endpoint of found) {
      this.#clients.set(endpoint, new EtcdClient(endpoint, WRITE_TIMEOUT_MS));
    }
  }
}

export function endpointOf(pod: V1Pod): readonly string[] {
  const address = pod.status?.podIP;
  return address === undefined || address === '' ? [] : [`${address}:2379`];
}
