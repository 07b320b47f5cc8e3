import { AlarmStore } from '../alarm/alarm-store.ts';
import { AuthStore } from '../auth/auth-store.ts';
import type { SimpleTokens } from '../auth/simple-token.ts';
import type { Backend } from '../backend/backend.ts';
import { type LeaseCheckpoints, type LeaseMeter, Lessor } from '../lease/lessor.ts';
import { Membership } from '../membership/membership.ts';
import { MvccStore, type StoreOptions } from '../mvcc/store.ts';

export type StateOptions = StoreOptions & {
  /** ceil(1.5 × election timeout) in seconds; the same on all members. */
  readonly leaseTtlSecondsMin: number;
  readonly leaseCheckpoints?: LeaseCheckpoints;
  readonly tokens: SimpleTokens;
  readonly leaseMeter?: LeaseMeter;
  /** `--max-learners`; without it etcd's default. */
  readonly learnersMax?: number;
};

/** Everything the log decides, as found in one backend. */
export type State = {
  readonly backend: Backend;
  readonly store: MvccStore;
  readonly lessor: Lessor;
  readonly alarms: AlarmStore;
  readonly auth: AuthStore;
  readonly membership: Membership;
};

/** Reads a few records, leases, alarms, users and members: not the keys. */
export function loadState(backend: Backend, options: StateOptions): State {
  return {
    backend,
    store: new MvccStore(backend, options),
    lessor: backend.read((txn) => {
      const { leaseTtlSecondsMin, leaseCheckpoints, leaseMeter } = options;
      return Lessor.load(txn, leaseTtlSecondsMin, leaseCheckpoints, leaseMeter);
    }),
    alarms: backend.read((txn) => AlarmStore.load(txn)),
    auth: backend.read((txn) => AuthStore.load(txn, options.tokens)),
    membership: backend.read((txn) => Membership.load(txn, options.learnersMax)),
  };
}
