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
    return JSON.parse(text) as LocalState;
  } catch (error) {
    throw new Error(`${file} is damaged; move it away to start anew`, { cause: error });
  }
}

/** Replaces a small file: after a crash there is the old content or the new, never a mixture. */
export function replaceFile(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.tmp`;
  const handle = openSync(temporary, 'w', 0o600);
  writeSync(handle, content);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(temporary, file);
}
