/**
 * The real programs tests compare with: Go etcd and its tools, built by `make peers` into
 * .cache/peers/bin or found in the folder that ETCD_PEERS_DIR names.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export type PeerProgram =
  | 'etcd'
  | 'etcd-3.6'
  | 'etcdctl'
  | 'etcdutl'
  | 'benchmark'
  | 'h2spec'
  | 'client-workload';

export const repositoryRoot = resolve(import.meta.dirname, '../..');

const folder = process.env['ETCD_PEERS_DIR'] ?? join(repositoryRoot, '.cache/peers/bin');

/** The program's path; throws when it was not built. */
export function peerProgram(name: PeerProgram): string {
  const path = join(folder, name);
  if (!existsSync(path)) throw new Error(`${path} is missing: run "make peers" (needs Go)`);
  return path;
}

/** For node:test's `skip`: false when all are there, else the reason. */
export function missingPeers(...names: readonly PeerProgram[]): string | false {
  const missing = names.filter((name) => !existsSync(join(folder, name)));
  return missing.length === 0 ? false : `needs ${missing.join(', ')}: run "make peers" (needs Go)`;
}
