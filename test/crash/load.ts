import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/base/random.ts';
import type { EtcdClient } from '../support/etcd-client.ts';
import type { Ledger } from './ledger.ts';

/** Writers that go on through errors until they are stopped. */
export class Load {
  readonly #ledger: Ledger;
  readonly #clients: () => readonly EtcdClient[];
  readonly #random: Random;
  readonly #writers: Promise<void>[] = [];
  #isStopping = false;

  constructor(ledger: Ledger, clients: () => readonly EtcdClient[], random: Random) {
    this.#ledger = ledger;
    this.#clients = clients;
    this.#random = random;
  }

  start(writerCount: number): void {
    for (let i = 0; i < writerCount; i += 1) this.#writers.push(this.#write());
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#writers);
  }

  async #write(): Promise<void> {
    while (!this.#isStopping) {
      const clients = this.#clients();
      const client = clients[this.#random.below(Math.max(1, clients.length))];
      try {
        if (client === undefined) throw new Error('no member is up');
        // Mostly small, sometimes larger than a disk page and a WAL sector.
        const valueBytes = this.#random.below(20) === 0 ? 20_000 : 20 + this.#random.below(200);
        await this.#ledger.writeNext(client, valueBytes);
      } catch {
        // The member is down or has no leader: whether the write took place is unknown.
        await sleep(5);
      }
    }
  }
}
