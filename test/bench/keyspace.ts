/** The keys and values that all scenarios use: `key-` and twelve digits, and 256 bytes. */
import { utf8Bytes } from '../../src/base/bytes.ts';
import {
  decodeTxnResponse,
  encodePutRequest,
  encodeTxnRequest,
  type PutRequestInit,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { type Requests, runUnaryLoad, type Shape } from './load/unary-load.ts';
import type { Target } from './target.ts';

export const putPath = '/etcdserverpb.KV/Put';
export const rangePath = '/etcdserverpb.KV/Range';
export const txnPath = '/etcdserverpb.KV/Txn';

const valueBytes = 256;
const putsPerTxn = 100;
/** A request must fit into a stream's window, which is 64 KiB with Go. */
const txnBytes = 60_000;

export function keyAt(index: number): Uint8Array {
  return utf8Bytes(`key-${String(index).padStart(12, '0')}`);
}

/** Text that does not compress to nothing and differs from key to key. */
export function valueAt(index: number, bytes = valueBytes): Uint8Array {
  const word = (Math.imul(index + 1, 2_654_435_761) >>> 0).toString(36).padEnd(8, '-');
  return utf8Bytes(word.repeat(Math.ceil(bytes / word.length)).slice(0, bytes));
}

/** Keys in an order that visits all of them and looks random: neighbours are far apart. */
export class KeyWalk {
  readonly #count: number;
  readonly #step: number;
  #at = 0;

  constructor(count: number) {
    this.#count = count;
    this.#step = stepFor(count);
  }

  next(): number {
    this.#at = (this.#at + this.#step) % this.#count;
    return this.#at;
  }
}

/** About the golden ratio of the count, without a common divisor. */
function stepFor(count: number): number {
  let step = Math.max(1, Math.floor(count * 0.618));
  while (greatestDivisor(step, count) !== 1) step += 1;
  return step;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** Puts over the first `keyCount` keys, encoded beforehand so that sending costs the client little. */
export function putRequests(keyCount: number, more: Omit<PutRequestInit, 'key'> = {}): Requests {
  const walk = new KeyWalk(keyCount);
  const encoded: Uint8Array[] = [];
  return {
    next: () => {
      const index = walk.next();
      encoded[index] ??= encodePutRequest({ key: keyAt(index), value: valueAt(index), ...more });
      return encoded[index];
    },
  };
}

/** Runs puts (or anything that makes one revision each) and checks that so many revisions came. */
export async function runWrites(
  target: Target,
  endpoints: readonly string[],
  path: string,
  shape: Shape,
  total: number,
  requests: Requests,
): ReturnType<typeof runUnaryLoad> {
  const before = await target.revision();
  const result = await runUnaryLoad(endpoints, path, shape, total, requests);
  const advanced = (await target.revision()) - before;
  if (advanced !== total) throw new Error(`${total} writes made ${advanced} revisions`);
  return result;
}

/** Writes keys 0 to `keyCount` once, up to 100 in a transaction, and checks that they are there. */
export async function loadKeys(
  target: Target,
  keyCount: number,
  bytes = valueBytes,
): Promise<void> {
  const perTxn = Math.max(1, Math.min(putsPerTxn, Math.floor(txnBytes / bytes)));
  const shape = { connections: 4, streams: perTxn === 1 ? 1 : 4 };
  let at = 0;
  await runUnaryLoad([target.endpoint], txnPath, shape, Math.ceil(keyCount / perTxn), {
    next: () => {
      const success = [];
      for (let i = 0; i < perTxn && at < keyCount; i += 1, at += 1) {
        success.push({ requestPut: { key: keyAt(at), value: valueAt(at, bytes) } });
      }
      return encodeTxnRequest({ success });
    },
    check: (_, answer, from, to) => {
      const { succeeded } = decodeTxnResponse(answer.subarray(from, to));
      if (!succeeded) throw new Error('loading: a transaction did not succeed');
    },
  });
  const all = { key: keyAt(0), rangeEnd: utf8Bytes('key.'), countOnly: true };
  const { count } = await target.client.range(all);
  if (count !== keyCount) throw new Error(`loaded ${keyCount} keys, ${count} are there`);
}

/** The versions of the first keys, in key order. */
export async function versionsOf(target: Target, keyCount: number): Promise<number[]> {
  const { kvs } = await target.client.range({ key: keyAt(0), rangeEnd: keyAt(keyCount) });
  if (kvs.length !== keyCount) throw new Error(`${kvs.length} of ${keyCount} keys`);
  return kvs.map((kv) => kv.version);
}
