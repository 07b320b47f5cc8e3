import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import type { Random } from '../../src/base/random.ts';
import {
  decodeTxnResponse,
  encodeTxnRequest,
  type RangeResponse,
  type TxnRequestInit,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import { linearizabilityComplaints, type Operation } from '../support/linearizability.ts';
import type { MemberProcess } from '../support/member-process.ts';
import { until } from '../support/until.ts';

export type RegisterLoadOptions = {
  readonly random: Random;
  readonly clientsPerMember?: number;
  /** True makes every read serializable although it is noted as linearizable: the canary. */
  readonly serializable?: boolean;
};

/** Few, so that reads and swaps meet fresh writes. */
const keyCount = 4;
/** Longer than an election, shorter than a test's patience with a paused member. */
const requestTimeoutMs = 4_000;

/**
 * Clients that put unique values, read and compare-and-swap a few keys, each at one member through
 * all its faults, and note what they saw. `assertLinearizable` judges the notes.
 */
export class RegisterLoad {
  readonly history: Operation[] = [];
  readonly #random: Random;
  readonly #options: RegisterLoadOptions;
  readonly #clients: EtcdClient[] = [];
  readonly #running: Promise<void>[] = [];
  #valueCount = 0;
  #isStopping = false;

  constructor(options: RegisterLoadOptions) {
    this.#random = options.random;
    this.#options = options;
  }

  /** Ends with the test, whatever the test's end is. */
  start(t: TestContext, members: readonly MemberProcess[]): this {
    t.after(() => this.stop());
    for (const member of members) {
      for (let i = 0; i < (this.#options.clientsPerMember ?? 3); i += 1) {
        const client = new EtcdClient(member.endpoint, requestTimeoutMs);
        this.#clients.push(client);
        this.#running.push(this.#run(client));
      }
    }
    return this;
  }

  get acknowledgedWrites(): number {
    let count = 0;
    for (const { kind, revision } of this.history) {
      if (kind === 'write' && revision !== undefined) count += 1;
    }
    return count;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running);
    for (const client of this.#clients) client.close();
  }

  /**
   * Reads every key once more through `member`, so that lost writes show, and judges everything.
   */
  async assertLinearizable(t: TestContext, member: MemberProcess): Promise<void> {
    await this.stop();
    const client = new EtcdClient(member.endpoint);
    try {
      for (let i = 0; i < keyCount; i += 1) {
        await until('a last read', async () => {
          await this.#read(client, `r/${i}`);
          return true;
        });
      }
    } finally {
      client.close();
    }
    assert.deepEqual(linearizabilityComplaints(this.history).slice(0, 5), []);
    t.diagnostic(`${this.history.length} operations, ${this.acknowledgedWrites} acked writes`);
  }

  async #run(client: EtcdClient): Promise<void> {
    /** What this client last saw of each key: what its swaps expect. */
    const seen = new Map<string, number>();
    while (!this.#isStopping) {
      const key = `r/${this.#random.below(keyCount)}`;
      const choice = this.#random.below(10);
      try {
        if (choice < 4) seen.set(key, await this.#read(client, key));
        else if (choice < 7) seen.set(key, await this.#put(client, key));
        else seen.set(key, await this.#swap(client, key, seen.get(key) ?? 0));
        // The check is about order, not throughput: leave the machine to the servers.
        await sleep(1);
      } catch {
        await sleep(20);
      }
    }
  }

  async #put(client: EtcdClient, key: string): Promise<number> {
    const value = this.#nextValue();
    const startMs = performance.now();
    let revision: number | undefined;
    try {
      revision = (await client.put(key, value)).header?.revision;
      return revision ?? 0;
    } finally {
      const endMs = performance.now();
      this.history.push({ kind: 'write', key, value, revision, startMs, endMs });
    }
  }

  async #read(client: EtcdClient, key: string): Promise<number> {
    const startMs = performance.now();
    const { serializable = false } = this.#options;
    const answer = await client.range({ key: utf8Bytes(key), serializable });
    return this.#noteRead(key, answer, answer.header?.revision ?? 0, startMs);
  }

  async #swap(client: EtcdClient, key: string, expected: number): Promise<number> {
    const value = this.#nextValue();
    const startMs = performance.now();
    let revision: number | undefined;
    let isRefused = false;
    try {
      const bytes = encodeTxnRequest(swapRequest(key, value, expected));
      const answer = await client.call('/etcdserverpb.KV/Txn', bytes, decodeTxnResponse);
      const at = answer.header?.revision ?? 0;
      isRefused = !answer.succeeded;
      if (isRefused) {
        const range = answer.responses[0]?.responseRange;
        assert.ok(range !== undefined, 'a refused swap brings what is there');
        return this.#noteRead(key, range, at, startMs);
      }
      revision = at;
      return at;
    } finally {
      const endMs = performance.now();
      if (!isRefused) {
        const replaces = expected;
        this.history.push({ kind: 'write', key, value, revision, startMs, endMs, replaces });
      }
    }
  }

  #noteRead(key: string, answer: RangeResponse, revision: number, startMs: number): number {
    const [kv] = answer.kvs;
    const found =
      kv === undefined ? undefined : { value: utf8Text(kv.value), modRevision: kv.modRevision };
    const endMs = performance.now();
    this.history.push({ kind: 'read', key, revision, found, startMs, endMs });
    return found?.modRevision ?? 0;
  }

  #nextValue(): string {
    this.#valueCount += 1;
    return `value-${this.#valueCount}`;
  }
}

function swapRequest(key: string, value: string, expected: number): TxnRequestInit {
  const bytes = utf8Bytes(key);
  return {
    // EQUAL to the mod revision; 0 stands for a key that does not exist.
    compare: [{ result: 0, target: 2, key: bytes, modRevision: expected }],
    success: [{ requestPut: { key: bytes, value: utf8Bytes(value) } }],
    failure: [{ requestRange: { key: bytes } }],
  };
}
