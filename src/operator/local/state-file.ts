import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { EtcdClusterStatus } from '../api/etcd-cluster.ts';
import type { MemberPlan } from '../api/member-plan.ts';
import type { ObservedObject } from '../reconcile/observed.ts';

/** A member that should have a process: what a StatefulSet object remembers in Kubernetes. */
export type LocalWorkload = {
  readonly uid: string;
  readonly plan: MemberPlan;
};

/** What `etcd-ts up` must remember between runs; everything else is observed. */
export type LocalState = {
  /** The cluster's identity, made on the first run: the initial cluster token comes from it. */
  readonly uid: string;
  /** Addresses and names are part of the membership, so a later run must use the same. */
  readonly clusterName: string;
  readonly basePort: number;
  readonly workloads: readonly LocalWorkload[];
  readonly objects: readonly ObservedObject[];
  readonly status: EtcdClusterStatus | undefined;
};

/** undefined when there is none yet. Throws when it cannot be understood: guessing could lose data. */
export function readState(file: string): LocalState | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const state = JSON.parse(text) as LocalState;
    if (isWhole(state)) return state;
  } catch {
    // Said below: both are the same to whoever has to repair it.
  }
  throw new StateDamagedError(file);
}

/** What the run cannot do without; the file is only ever replaced as a whole. */
function isWhole(state: Partial<LocalState> | null): boolean {
  return (
    typeof state?.uid === 'string' &&
    typeof state.clusterName === 'string' &&
    typeof state.basePort === 'number' &&
    Array.isArray(state.workloads) &&
    Array.isArray(state.objects)
  );
}

export class StateDamagedError extends Error {
  override readonly name = 'StateDamagedError';

  constructor(file: string) {
    super(
      `${file} is damaged, and without it nobody knows which members there are: bring a copy of it ` +
        'back, or choose another --dir to start a new cluster',
    );
  }
}

/**
 * Replaces a small file: when the process dies there is the old content or the new, never a
 * mixture; with `synced` also after a power loss.
 */
export function replaceFile(
  file: string,
  content: string,
  durability: 'synced' | 'not-synced' = 'synced',
): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.tmp`;
  const handle = openSync(temporary, 'w', 0o600);
  writeSync(handle, content);
  if (durability === 'synced') fsyncSync(handle);
  closeSync(handle);
  renameSync(temporary, file);
}
