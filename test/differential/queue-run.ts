/** Several leases that want one lock, or to lead, in turn: who gets it, when, and with what answer. */

import { utf8Bytes } from '../../src/base/bytes.ts';
import { until } from '../support/until.ts';
import { firstDifference } from './comparable.ts';
import type { Operation, Way } from './operation.ts';
import type { Answer, TokenPair, Twins } from './twins.ts';

type Queue = Extract<Operation, { readonly kind: 'queue' }>;

type Waiter = {
  readonly lease: bigint;
  readonly key: Uint8Array;
  readonly answers: Promise<readonly [Answer, Answer]>;
  isGone: boolean;
  isAnswered: boolean;
};

const ttlSeconds = 3_000;

export class QueueRun {
  readonly #twins: Twins;
  readonly #queue: Queue;
  readonly #tokens: TokenPair | undefined;
  readonly #waiters: Waiter[] = [];

  constructor(twins: Twins, queue: Queue, tokens: TokenPair | undefined) {
    this.#twins = twins;
    this.#queue = queue;
    this.#tokens = tokens;
  }

  async run(): Promise<void> {
    const { leases, leave } = this.#queue;
    for (const lease of new Set(leases)) {
      await this.#same('/etcdserverpb.Lease/LeaseGrant', { ID: lease, TTL: ttlSeconds });
    }
    for (const lease of leases) {
      // Nobody can see whether one that waits already has asked a second time.
      const isWaiting = this.#waiters.some((each) => each.lease === lease && !each.isAnswered);
      if (!isWaiting) await this.#enter(lease);
    }
    // Everybody leaves in the end, so that nobody waits for ever.
    const rest = leases.map((_, nth) => ({ nth, how: 'release' }) as const);
    for (const { nth, how } of [...leave, ...rest]) {
      const waiter = this.#waiters[nth];
      if (waiter === undefined || waiter.isGone) continue;
      if (how === 'revoke') await this.#revoke(waiter.lease);
      // Who still waits has nothing to give back.
      else if (waiter.isAnswered) await this.#release(waiter);
      await this.#answered();
    }
    for (const lease of new Set(leases)) await this.#revoke(lease);
    await this.#answered();
  }

  async #enter(lease: bigint): Promise<void> {
    const { of, name } = this.#queue;
    const key = keyOf(name, lease);
    const [path, request] =
      of === 'lock'
        ? (['/v3lockpb.Lock/Lock', { name, lease }] as const)
        : (['/v3electionpb.Election/Campaign', { name, lease, value: utf8Bytes('v') }] as const);
    const waiter: Waiter = {
      lease,
      key,
      answers: this.#ask(path, request, this.#queue.way),
      isGone: false,
      isAnswered: false,
    };
    // Nobody comes after one whose key is not there: the order would be chance.
    const isRefused = await this.#hasEnteredOrFailed(waiter);
    this.#waiters.push(waiter);
    if (isRefused) waiter.isGone = true;
    await this.#answered();
    if (of === 'election') await this.#same('/v3electionpb.Election/Leader', { name });
  }

  async #hasEnteredOrFailed(waiter: Waiter): Promise<boolean> {
    let isSettled = false;
    void waiter.answers.then(() => (isSettled = true));
    return await until('the waiter is in the queue', async () => {
      // In this order: who was answered before the look and is not seen was refused.
      const wasSettled = isSettled;
      const found = await this.#ask('/etcdserverpb.KV/Range', { key: waiter.key }, 'grpc');
      const isThere = found.every((answer) => 'ok' in answer && count(answer.ok) > 0);
      if (isThere) return { isRefused: false };
      return wasSettled ? { isRefused: true } : undefined;
    }).then(({ isRefused }) => isRefused);
  }

  async #release({ lease, key, answers }: Waiter): Promise<void> {
    const { of, name } = this.#queue;
    if (of === 'lock') {
      await this.#same('/v3lockpb.Lock/Unlock', { key });
    } else {
      const [answer] = await answers;
      const rev = 'ok' in answer ? leaderRevision(answer.ok) : 0;
      const leader = { name, key, rev, lease };
      const value = utf8Bytes('proclaimed');
      await this.#same('/v3electionpb.Election/Proclaim', { leader, value });
      await this.#same('/v3electionpb.Election/Resign', { leader });
    }
    this.#leave(lease);
  }

  async #revoke(lease: bigint): Promise<void> {
    await this.#same('/etcdserverpb.Lease/LeaseRevoke', { ID: lease });
    this.#leave(lease);
  }

  #leave(lease: bigint): void {
    for (const waiter of this.#waiters) if (waiter.lease === lease) waiter.isGone = true;
  }

  /** Whoever has nobody else alive before them is answered now, and alike. */
  async #answered(): Promise<void> {
    let holder: bigint | undefined;
    for (const waiter of this.#waiters) {
      if (holder !== undefined && waiter.lease !== holder) continue;
      if (!waiter.isAnswered) {
        this.#compare(await waiter.answers, `the answer to lease ${waiter.lease}`);
        waiter.isAnswered = true;
      }
      if (!waiter.isGone) holder = waiter.lease;
    }
  }

  async #ask(path: string, request: object, way: Way): Promise<readonly [Answer, Answer]> {
    const { etcd, ours } = this.#twins;
    return await Promise.all([
      etcd.ask(way, path, request, this.#tokens?.etcd),
      ours.ask(way, path, request, this.#tokens?.ours),
    ]);
  }

  async #same(path: string, request: object): Promise<void> {
    this.#compare(await this.#ask(path, request, this.#queue.way), path);
  }

  #compare([theirs, ours]: readonly [Answer, Answer], what: string): void {
    const difference = firstDifference(theirs, ours);
    if (difference !== undefined) throw new Error(`${what}: ${difference}`);
  }
}

/** As etcd names the key of a lease in a queue. */
function keyOf(name: Uint8Array, lease: bigint): Uint8Array {
  return Uint8Array.from([...name, ...utf8Bytes(`/${lease.toString(16)}`)]);
}

function count(answer: unknown): number {
  return Number((answer as { readonly count?: number }).count ?? 0);
}

function leaderRevision(answer: unknown): number {
  return Number((answer as { readonly leader?: { readonly rev?: number } }).leader?.rev ?? 0);
}
