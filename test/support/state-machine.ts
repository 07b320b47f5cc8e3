import type { Clock } from '../../src/base/clock.ts';
import { type AppliedEntry, Applier } from '../../src/etcd/apply/applier.ts';
import { loadState, type State } from '../../src/etcd/apply/state.ts';
import { SimpleTokens } from '../../src/etcd/auth/simple-token.ts';
import type { Backend } from '../../src/etcd/backend/backend.ts';
import type { LeaseCheckpoints } from '../../src/etcd/lease/lessor.ts';
import type { BlockCacheBounds } from '../../src/etcd/mvcc/block-cache.ts';
import type { ReadBounds } from '../../src/etcd/mvcc/store.ts';
import {
  encodeInternalRaftRequest,
  type InternalRaftRequestInit,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import {
  type ConfChangeInit,
  type Entry,
  encodeConfChange,
} from '../../src/etcd/proto/generated/raftpb.ts';

/** A log entry whose waiter is `id`. */
export function requestEntry(index: number, id: bigint, request: InternalRaftRequestInit): Entry {
  const data = encodeInternalRaftRequest({ ...request, header: { ...request.header, ID: id } });
  return { type: 0, term: 1, index, data };
}

export function confChangeEntry(index: number, change: ConfChangeInit): Entry {
  return { type: 1, term: 1, index, data: encodeConfChange(change) };
}

export type StateMachineOptions = {
  readonly quotaBytes?: number;
  readonly memberId?: bigint;
  readonly listCache?: BlockCacheBounds;
  /** Without it compactions do not rest. */
  readonly clock?: Clock;
  readonly readBounds?: ReadBounds;
  readonly yieldToLoop?: () => Promise<void>;
  readonly answerBytesMax?: number;
  readonly leaseCheckpoints?: LeaseCheckpoints;
};

/** The applier with everything under it, fed one request after the other. */
export class StateMachine {
  state: State;
  applier: Applier;
  nowMs = 0;
  readonly #options: StateMachineOptions;

  constructor(backend: Backend, options: StateMachineOptions = {}) {
    this.#options = options;
    this.state = this.#load(backend);
    this.applier = this.#newApplier();
  }

  /** What a restart of the process does, without the files. */
  restart(): Promise<void> {
    this.state = this.#load(this.state.backend);
    this.applier = this.#newApplier();
    return this.state.store.resumeCompaction() ?? Promise.resolve();
  }

  apply(request: InternalRaftRequestInit): AppliedEntry {
    const index = this.applier.appliedIndex + 1;
    return this.applyEntry(requestEntry(index, BigInt(index), request));
  }

  applyEntry(entry: Entry): AppliedEntry {
    const [applied] = this.applier.applyBatch([entry], () => true, this.nowMs);
    return applied as AppliedEntry;
  }

  #load(backend: Backend): State {
    const { listCache, clock, readBounds, yieldToLoop, leaseCheckpoints } = this.#options;
    return loadState(backend, {
      ...stateOptions,
      ...(listCache && { listCache }),
      ...(clock && { clock }),
      ...(readBounds && { readBounds }),
      ...(yieldToLoop && { yieldToLoop }),
      ...(leaseCheckpoints && { leaseCheckpoints }),
    });
  }

  #newApplier(): Applier {
    const { quotaBytes, memberId = 1n, answerBytesMax } = this.#options;
    return new Applier(this.state, {
      memberId,
      quotaBytes,
      ...(answerBytesMax !== undefined && { answerBytesMax }),
    });
  }
}

export const stateOptions = {
  leaseTtlSecondsMin: 2,
  yieldToLoop: () => Promise.resolve(),
  tokens: new SimpleTokens({ ttlMs: 300_000, tokensMax: 100 }),
};
