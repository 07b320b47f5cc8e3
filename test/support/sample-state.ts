/** A state on disk with something in every table, for tests that damage it. */
import { join } from 'node:path';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { silentLog } from '../../src/base/log.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { LmdbBackend } from '../../src/etcd/backend/lmdb-backend.ts';
import { dataName } from '../../src/etcd/backend/prepare-file.ts';
import { LmdbFile } from '../../src/etcd/db/lmdb-file.ts';
import { flagsOf, overflowPagesOf, pageFlag } from '../../src/etcd/db/lmdb-page.ts';
import { usedPages } from '../../src/etcd/db/lmdb-structure.ts';
import { nodeDisk } from '../../src/etcd/io/node-disk.ts';
import { bootId } from '../../src/etcd/live-state.ts';
import type { InternalRaftRequestInit } from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { confChangeEntry, StateMachine } from './state-machine.ts';

const leases = 5;

export function openState(dir: string): Promise<LmdbBackend> {
  return LmdbBackend.open({ dir, disk: nodeDisk, bootId: bootId(), log: silentLog });
}

/** Long keys, large values, deletions, compactions and keys with leases among them. */
export async function makeSampleState(dir: string, seed: number, requests = 600): Promise<void> {
  const backend = await openState(dir);
  const machine = new StateMachine(backend);
  const random = seededRandom(seed);
  const context = utf8Bytes('{"id":7,"peerURLs":["http://a:2380"],"name":"a"}');
  machine.applyEntry(confChangeEntry(1, { id: 1n, type: 0, nodeId: 7n, context }));
  const password = { password: '', options: { noPassword: true } };
  machine.apply({ authRoleAdd: { name: 'readers' } });
  machine.apply({ authUserAdd: { name: 'ann', ...password } });
  machine.apply({ authUserGrantRole: { user: 'ann', role: 'readers' } });
  machine.apply({ alarm: { action: 1, memberID: 7n, alarm: 1 } });
  machine.apply({ alarm: { action: 2, memberID: 7n, alarm: 1 } });
  for (let id = 1; id <= leases; id++) machine.apply({ leaseGrant: { ID: BigInt(id), TTL: 600 } });
  for (let i = 0; i < requests; i++) {
    const applied = machine.apply(anyRequest(random, machine.state.store.currentRevision));
    await applied.compaction?.done;
    if (i % 100 === 99) await backend.checkpoint();
  }
  machine.apply({ put: { key: utf8Bytes('key/0001'), value: utf8Bytes('v'), lease: 1n } });
  const range = { key: utf8Bytes('key/0000'), rangeEnd: utf8Bytes('key/0010') };
  machine.apply({ deleteRange: range });
  await machine.state.store.stop();
  await backend.close();
}

/**
 * Pages that the state uses, without those that only continue a value: what those hold are bytes
 * that nothing describes.
 */
export function pagesWithHeader(dir: string): number[] {
  const file = new LmdbFile(join(dir, dataName));
  const [meta] = file.metas;
  const pages: number[] = [];
  let continued = 0;
  for (const number of meta === undefined ? [] : usedPages(file, meta)) {
    if (continued-- > 0) continue;
    pages.push(number);
    const page = file.page(number);
    continued = flagsOf(page) === pageFlag.overflow ? overflowPagesOf(page) - 1 : 0;
  }
  file.close();
  return pages;
}

function anyRequest(random: Random, revision: number): InternalRaftRequestInit {
  const kind = random.below(100);
  if (kind < 10) return { deleteRange: { key: anyKey(random) } };
  if (kind < 12 && revision > 40) return { compaction: { revision: revision - random.below(30) } };
  if (kind < 25) {
    const puts = [1, 2, 3].map(() => ({ requestPut: anyPut(random) }));
    return { txn: { success: puts } };
  }
  return { put: anyPut(random) };
}

function anyPut(random: Random) {
  const size = random.below(12) === 0 ? 3_000 + random.below(9_000) : random.below(300);
  const lease = random.below(3) === 0 ? BigInt(1 + random.below(leases)) : 0n;
  return { key: anyKey(random), value: new Uint8Array(size).fill(random.below(256)), lease };
}

function anyKey(random: Random): Uint8Array {
  const name = `key/${random.below(300).toString().padStart(4, '0')}`;
  return utf8Bytes(random.below(20) === 0 ? name.padEnd(2_000, '-') : name);
}
