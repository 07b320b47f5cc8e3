import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { utf8Text } from '../../src/base/bytes.ts';
import type { WatchResponse } from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { EtcdClient, type WatchStream } from '../support/etcd-client.ts';
import type { MemberProcess } from '../support/member-process.ts';
import { until } from '../support/until.ts';

const everyKey = { key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) };

/**
 * A watch of the whole key space that outlives the members it is served by, as clientv3's does: it
 * goes on at another member from the revision after the last it saw. Only writes make revisions, so
 * a history without gaps has each number exactly once, and that is checked as the events come.
 */
export class GaplessWatch {
  /** "key@revision" of every put seen. */
  readonly puts = new Set<string>();
  /** How often it went on at another member. */
  moves = -1;
  readonly #pick: () => MemberProcess;
  readonly #first: number;
  #last: number;
  #isStopping = false;
  #stream: WatchStream | undefined;
  #running: Promise<void> = Promise.resolve();
  #complaint: Error | undefined;

  /** @param pick the member to be served by, asked anew whenever a stream has ended. */
  constructor(pick: () => MemberProcess, firstRevision: number) {
    this.#pick = pick;
    this.#first = firstRevision;
    this.#last = firstRevision - 1;
  }

  get lastRevision(): number {
    return this.#last;
  }

  get count(): number {
    return this.#last - this.#first + 1;
  }

  start(): this {
    this.#running = this.#run();
    return this;
  }

  /** Waits until everything up to `revision` was seen; throws what was wrong with the events. */
  async seen(revision: number): Promise<void> {
    await until(`the watch has seen revision ${revision}, not only ${this.#last}`, () => {
      return this.#complaint !== undefined || this.#last >= revision;
    });
    if (this.#complaint !== undefined) throw this.#complaint;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stream?.cancel();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping && this.#complaint === undefined) {
      const client = new EtcdClient(this.#pick().endpoint);
      this.moves += 1;
      await this.#follow(client);
      client.close();
      await sleep(20);
    }
  }

  async #follow(client: EtcdClient): Promise<void> {
    const stream = client.watch();
    this.#stream = stream;
    stream.on('data', (response: WatchResponse) => {
      try {
        this.#take(response);
      } catch (error) {
        this.#complaint = error as Error;
        stream.cancel();
      }
    });
    const closed = new Promise((resolve) => stream.once('status', resolve));
    stream.on('error', () => {}); // The member has gone, or was removed: the status says it too.
    stream.write({ createRequest: { ...everyKey, startRevision: this.#last + 1 } });
    await closed;
  }

  #take(response: WatchResponse): void {
    assert.equal(response.compactRevision, 0, `compacted before it was seen: ${this.#last}`);
    assert.ok(!response.canceled, response.cancelReason);
    for (const { type, kv } of response.events) {
      assert.ok(kv !== undefined, 'an event has a key');
      const { modRevision } = kv;
      // Several keys of one transaction share their revision and come in one response.
      const isNext = modRevision === this.#last + 1;
      assert.ok(isNext || modRevision === this.#last, `${modRevision} came after ${this.#last}`);
      this.#last = modRevision;
      if (type === 0) this.puts.add(`${utf8Text(kv.key)}@${modRevision}`);
    }
  }
}
