import { utf8Bytes } from '../../../src/base/bytes.ts';
import {
  decodeLeaseGrantResponse,
  decodePutResponse,
  decodeTxnResponse,
  encodeLeaseGrantRequest,
  encodePutRequest,
  encodeTxnRequest,
} from '../../../src/etcd/proto/generated/etcdserverpb.ts';
import {
  keyAt,
  putPath,
  putRequests,
  runWrites,
  txnPath,
  valueAt,
  versionsOf,
} from '../keyspace.ts';
import { runH2load } from '../load/h2load.ts';
import { alone, crowd, type Requests } from '../load/unary-load.ts';
import { measureLoad } from '../measure.ts';
import { type Goal, loaded, loadedKeys, type Scenario } from '../scenario.ts';
import type { Target } from '../target.ts';

const three: readonly Goal[] = [{ figure: 'perSecond', min: 3 }];

function writes(
  name: string,
  title: string,
  shape: typeof crowd,
  path: string,
  goals: readonly Goal[],
  make: (target: Target) => Promise<Requests> | Requests,
): Scenario {
  return {
    name,
    title,
    server: loaded,
    goals,
    run: async (target, scale) => {
      const requests = await make(target);
      const endpoints = [target.endpoint];
      return await measureLoad(target, scale, shape, (n) =>
        runWrites(target, endpoints, path, shape, n, requests),
      );
    },
  };
}

/** h2load sends one body: all puts go to one key. Here to check our own generator against it. */
const oneKey: Scenario = {
  name: 'put-one-key',
  title: 'Put 256 B, 50×20, one key (h2load)',
  server: loaded,
  run: async (target, scale) => {
    const message = encodePutRequest({ key: utf8Bytes('one'), value: valueAt(1) });
    return await measureLoad(target, scale, crowd, async (n) => {
      const before = await target.revision();
      const result = await runH2load(target, target.endpoint, crowd, n, { path: putPath, message });
      const advanced = (await target.revision()) - before;
      if (advanced !== n) throw new Error(`${n} puts made ${advanced} revisions`);
      return result;
    });
  },
};

async function grantLease({ client }: Target): Promise<bigint> {
  const grant = encodeLeaseGrantRequest({ TTL: 3_600 });
  const { ID } = await client.call(
    '/etcdserverpb.Lease/LeaseGrant',
    grant,
    decodeLeaseGrantResponse,
  );
  if (ID === 0n) throw new Error('no lease');
  return ID;
}

/** Every answer must hold the previous pair: 256 bytes of value at least. */
function withPrevious(): Requests {
  return {
    ...putRequests(loadedKeys, { prevKv: true }),
    check: (_, bytes, from, to) => {
      if (to - from > 256) return;
      if (decodePutResponse(bytes.subarray(from, to)).prevKv === undefined) {
        throw new Error('a put without its previous pair');
      }
    },
  };
}

/**
 * Each slot has keys of its own and compares their version, which it knows because nobody else
 * writes them: so every compare must hold, and the answer must say so.
 */
async function comparePuts(target: Target): Promise<Requests> {
  const versions = await versionsOf(target, loadedKeys);
  const slots = crowd.connections * crowd.streams;
  const turns = new Uint32Array(slots);
  const keysPerSlot = loadedKeys / slots;
  return {
    next: (slot) => {
      const turn = turns[slot] as number;
      turns[slot] = turn + 1;
      const index = slot + slots * (turn % keysPerSlot);
      const version = versions[index] as number;
      versions[index] = version + 1;
      const key = keyAt(index);
      return encodeTxnRequest({
        compare: [{ key, target: 0, result: 0, version }],
        success: [{ requestPut: { key, value: valueAt(index) } }],
        failure: [{ requestRange: { key } }],
      });
    },
    check: (_, bytes, from, to) => {
      if (!decodeTxnResponse(bytes.subarray(from, to)).succeeded) {
        throw new Error('a compare that must hold did not');
      }
    },
  };
}

const putGoals: readonly Goal[] = [
  { figure: 'perSecond', min: 4 },
  { figure: 'cpuMicros', max: 0.25 },
];

export const putScenarios: readonly Scenario[] = [
  writes('put', 'Put 256 B, 50×20', crowd, putPath, putGoals, () => putRequests(loadedKeys)),
  writes('put-1x1', 'Put 256 B, 1×1', alone, putPath, [{ figure: 'p50Ms', max: 0.9 }], () =>
    putRequests(loadedKeys),
  ),
  oneKey,
  writes('put-prev-kv', 'Put with prev_kv, 50×20', crowd, putPath, three, withPrevious),
  writes('put-lease', 'Put with lease, 50×20', crowd, putPath, three, async (target) =>
    putRequests(loadedKeys, { lease: await grantLease(target) }),
  ),
  writes('txn', 'Txn compare-and-put, 50×20', crowd, txnPath, three, comparePuts),
];
