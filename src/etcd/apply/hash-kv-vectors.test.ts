import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { StateMachine } from '../../../test/support/state-machine.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import { silentLog } from '../../base/log.ts';
import type { Backend } from '../backend/backend.ts';
import { LmdbBackend } from '../backend/lmdb-backend.ts';
import { nodeDisk } from '../io/node-disk.ts';
import type { InternalRaftRequestInit, RequestOpInit } from '../proto/generated/etcdserverpb.ts';

/** What a real etcd 3.7.3 was asked, and what it answered. */
type Op = {
  readonly op: string;
  readonly key: string;
  readonly value: string;
  readonly rangeEnd?: string;
  readonly lease?: number;
  readonly id: number;
  readonly ttl: number;
  readonly revision: number;
  readonly result?: string;
  readonly error?: string;
  readonly success: readonly Op[];
  readonly expect?: { hash: number; compact_revision: number; hash_revision: number };
};

const b = utf8Bytes;

function requestOf(op: Op): InternalRaftRequestInit {
  switch (op.op) {
    case 'put':
      return { put: { key: b(op.key), value: b(op.value), lease: BigInt(op.lease ?? 0) } };
    case 'delete':
      return { deleteRange: { key: b(op.key), rangeEnd: b(op.rangeEnd ?? '') } };
    case 'leaseGrant':
      return { leaseGrant: { ID: BigInt(op.id), TTL: op.ttl } };
    case 'leaseRevoke':
      return { leaseRevoke: { ID: BigInt(op.id) } };
    case 'compact':
      return { compaction: { revision: op.revision } };
    case 'txn': {
      const success: RequestOpInit[] = op.success.map((inner) => {
        const { put, deleteRange } = requestOf(inner);
        return put === undefined ? { requestDeleteRange: deleteRange } : { requestPut: put };
      });
      return { txn: { success } };
    }
    default:
      throw new Error(`unknown op ${op.op}`);
  }
}

async function runOp(machine: StateMachine, op: Op, at: string): Promise<boolean> {
  if (op.op === 'restart') {
    await machine.restart();
    return false;
  }
  if (op.op === 'hashKV') {
    const result = await machine.state.store.hashKv(op.revision).then(
      ({ hash, compactRevision, hashRevision }) => ({
        hash,
        compact_revision: compactRevision,
        hash_revision: hashRevision,
      }),
      (error: Error) => error.message,
    );
    assert.deepEqual(result, op.error ?? op.expect, at);
    return true;
  }
  const applied = machine.apply(requestOf(op));
  await applied.compaction?.done;
  const error = applied.outcome.kind === 'error' ? applied.outcome.error.message : 'ok';
  if (op.result === 'ok') assert.equal(error, 'ok', at);
  if (op.result === 'compacted') assert.match(error, /has been compacted/, at);
  return false;
}

async function runVectors(file: string, backend: Backend): Promise<void> {
  const text = readFileSync(new URL(`testdata/${file}`, import.meta.url), 'utf8');
  const { ops } = JSON.parse(text) as { ops: readonly Op[] };
  const machine = new StateMachine(backend);
  let checks = 0;
  for (const [at, op] of ops.entries()) {
    if (await runOp(machine, op, `${file} op ${at} ${JSON.stringify(op)}`)) checks++;
  }
  assert.ok(checks > 20);
  await backend.close();
}

for (const file of ['hashkv-1.json', 'hashkv-2.json', 'hashkv-3.json', 'hashkv-4.json']) {
  void test(`HashKV equals etcd's along ${file}`, () => runVectors(file, new MemoryBackend()));
}

void test("HashKV equals etcd's on lmdb too", async () => {
  const dir = mkdtempSync(`${tmpdir()}/etcdts-hash-`);
  const options = { dir, disk: nodeDisk, bootId: 'b', log: silentLog };
  await runVectors('hashkv-3.json', await LmdbBackend.open(options));
  rmSync(dir, { recursive: true });
});
