/** Random requests for keys, leases and maintenance, from a small world so that they meet. */
import { utf8Bytes } from '../../src/base/bytes.ts';
import type { Random } from '../../src/base/random.ts';
import type {
  CompareInit,
  DeleteRangeRequestInit,
  PutRequestInit,
  RangeRequestInit,
  RequestOpInit,
  TxnRequestInit,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { symbol } from './operation.ts';

/** A request under construction. */
type Draft<T> = { -readonly [K in keyof T]: T[K] };

export type Request = { readonly path: string; readonly request: object };

const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** Two keys of more than 1900 bytes that begin alike, and some above 2000: a store may cut there. */
const keys: readonly Uint8Array[] = [
  ...['a', 'b', 'c', 'd', 'e', 'ab', 'abc', 'ac', 'b\0', 'a\0', 'a\0\0', '\0', '\0\0'],
  ...['\xff', '\xff\xff', '\xfe', 'foo/1', 'foo/2', 'foo/10', 'foo', 'fop', '\x7f', '\x80'],
  `${'p'.repeat(1_950)}1`,
  `${'p'.repeat(1_950)}2`,
  `${'p'.repeat(1_950)}`,
  `${'p'.repeat(1_978)}`,
  `${'p'.repeat(1_979)}`,
  `${'p'.repeat(2_500)}`,
  `${'p'.repeat(2_500)}\0`,
  `${'p'.repeat(2_500)}\xff`,
  `q${'\0'.repeat(2_100)}`,
].map(latin1);

const leases: readonly bigint[] = [1n, 2n, 3n, 77n, -5n, 2n ** 63n - 1n, -(2n ** 63n)];

export class KvRequests {
  readonly #random: Random;
  /** The most operations of a transaction that the server takes. */
  readonly #txnOpsMax: number;
  /** The largest request that the server takes. */
  readonly #requestBytesMax: number;

  constructor(random: Random, limits: { txnOpsMax: number; requestBytesMax: number }) {
    this.#random = random;
    this.#txnOpsMax = limits.txnOpsMax;
    this.#requestBytesMax = limits.requestBytesMax;
  }

  next(): Request {
    const kinds: [number, () => Request][] = [
      [30, () => ({ path: '/etcdserverpb.KV/Put', request: this.put() })],
      [10, () => ({ path: '/etcdserverpb.KV/DeleteRange', request: this.deleteRange() })],
      [30, () => ({ path: '/etcdserverpb.KV/Range', request: this.range() })],
      [25, () => ({ path: '/etcdserverpb.KV/Txn', request: this.txn(0) })],
      [2, () => ({ path: '/etcdserverpb.KV/Compact', request: this.#compact() })],
      [6, () => ({ path: '/etcdserverpb.Lease/LeaseGrant', request: this.#grant() })],
      [2, () => ({ path: '/etcdserverpb.Lease/LeaseRevoke', request: { ID: this.#lease() } })],
      [2, () => ({ path: '/etcdserverpb.Lease/LeaseTimeToLive', request: this.#timeToLive() })],
      [1, () => ({ path: '/etcdserverpb.Lease/LeaseLeases', request: {} })],
      [2, () => ({ path: '/etcdserverpb.Maintenance/HashKV', request: this.#hashKv() })],
      [1, () => ({ path: '/etcdserverpb.Maintenance/Alarm', request: this.#alarm() })],
      [1, () => this.#tooLarge()],
    ];
    let at = this.#random.below(kinds.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of kinds) {
      at -= weight;
      if (at < 0) return make();
    }
    throw new Error('weights');
  }

  /** A text of mixed length: empty, short, long. */
  #value(): Uint8Array {
    const length = this.#pick([0, 0, 1, 3, 20, 200, 5_000]);
    return utf8Bytes(String(this.#random.below(1_000)).padStart(length, 'v').slice(0, length));
  }

  #key(): Uint8Array {
    if (this.#chance(60)) return new Uint8Array(0);
    return this.#pick(keys);
  }

  /** Every form: none, up to the end, a prefix's end, before the key, equal to the key. */
  #rangeEnd(key: Uint8Array): Uint8Array {
    switch (this.#random.below(7)) {
      case 0:
      case 1:
        return new Uint8Array(0);
      case 2:
        return latin1('\0');
      case 3:
        return prefixEnd(key);
      case 4:
        return key;
      default:
        return this.#pick(keys);
    }
  }

  #lease(): bigint {
    return this.#pick(leases);
  }

  #revision(): number {
    const now = (plus: number): number => symbol({ $: 'now', plus });
    const compacted = (plus: number): number => symbol({ $: 'compacted', plus });
    return this.#pick([
      ...[0, 0, 0, -1],
      ...[now(0), now(-1), now(1), now(100)],
      ...[compacted(0), compacted(-1), compacted(1)],
      ...[this.#past(), this.#past(), this.#past()],
    ]);
  }

  /** One that is neither compacted nor in the future. */
  #past(): number {
    return symbol({ $: 'between', permille: this.#random.below(1_001) });
  }

  put(): PutRequestInit {
    const request: Draft<PutRequestInit> = { key: this.#key() };
    if (!this.#chance(6)) request.value = this.#value();
    if (this.#chance(4)) request.lease = this.#lease();
    if (this.#chance(3)) request.prevKv = true;
    if (this.#chance(8)) request.ignoreValue = true;
    if (this.#chance(8)) request.ignoreLease = true;
    if (request.ignoreValue === true && this.#chance(2)) request.value = new Uint8Array(0);
    return request;
  }

  deleteRange(): DeleteRangeRequestInit {
    const key = this.#key();
    const request: Draft<DeleteRangeRequestInit> = { key };
    if (this.#chance(3)) request.rangeEnd = this.#rangeEnd(key);
    if (this.#chance(2)) request.prevKv = true;
    return request;
  }

  range(): RangeRequestInit {
    const key = this.#key();
    const request: Draft<RangeRequestInit> = { key };
    if (!this.#chance(3)) request.rangeEnd = this.#rangeEnd(key);
    if (this.#chance(3)) request.limit = this.#pick([-1, 1, 2, 3, 5, 1_000]);
    if (this.#chance(3)) request.revision = this.#revision();
    if (this.#chance(3)) {
      request.sortOrder = this.#pick([0, 1, 2, 2, 3, -1]);
      request.sortTarget = this.#pick([0, 0, 1, 2, 3, 4, 5, -1]);
    }
    if (this.#chance(4)) request.serializable = true;
    if (this.#chance(4)) request.keysOnly = true;
    if (this.#chance(6)) request.countOnly = true;
    if (this.#chance(8)) request.minModRevision = this.#past();
    if (this.#chance(8)) request.maxModRevision = this.#past();
    if (this.#chance(8)) request.minCreateRevision = this.#past();
    if (this.#chance(8)) request.maxCreateRevision = this.#past();
    return request;
  }

  txn(depth: number): TxnRequestInit {
    const many = (count: number, make: () => unknown): unknown[] =>
      Array.from({ length: this.#random.below(count) }, make);
    const request: Draft<TxnRequestInit> = {
      compare: many(4, () => this.#compare()) as CompareInit[],
      success: many(5, () => this.#op(depth)) as RequestOpInit[],
      failure: many(5, () => this.#op(depth)) as RequestOpInit[],
    };
    if (this.#chance(80)) {
      const length = this.#txnOpsMax - 1 + this.#random.below(3);
      request.success = Array.from({ length }, (_, i) => ({
        requestPut: { key: utf8Bytes(`many${i}`) },
      }));
    }
    return depth === 0 ? withoutFatal(request) : request;
  }

  #op(depth: number): RequestOpInit {
    if (this.#chance(60)) return {};
    switch (this.#random.below(depth < 3 ? 7 : 6)) {
      case 0:
      case 1:
        return { requestRange: this.range() };
      case 2:
        return { requestDeleteRange: this.deleteRange() };
      case 6:
        return { requestTxn: this.txn(depth + 1) };
      default:
        return { requestPut: this.put() };
    }
  }

  #compare(): CompareInit {
    const key = this.#key();
    const request: Draft<CompareInit> = { key };
    request.result = this.#pick([0, 0, 1, 2, 3, 3, 4, -1]);
    request.target = this.#pick([0, 1, 2, 3, 4]);
    if (this.#chance(3)) request.rangeEnd = this.#rangeEnd(key);
    if (this.#chance(5)) return request;
    const number = this.#pick([0, 0, 1, 2, this.#past(), -1]);
    switch (this.#chance(15) ? this.#random.below(5) : request.target) {
      case 0:
        request.version = number;
        break;
      case 1:
        request.createRevision = number;
        break;
      case 2:
        request.modRevision = number;
        break;
      case 3:
        request.value = this.#value();
        break;
      default:
        request.lease = this.#chance(2) ? 0n : this.#lease();
    }
    return request;
  }

  #compact(): object {
    return { revision: this.#revision(), physical: this.#chance(2) };
  }

  #grant(): object {
    const TTL = this.#pick([-1, 0, 1_000, 5_000, 9_000_000_000, 9_000_000_001]);
    return { ID: this.#lease(), TTL: TTL < 1 ? 100_000 : TTL };
  }

  #timeToLive(): object {
    return { ID: this.#lease(), keys: this.#chance(2) };
  }

  #hashKv(): object {
    return { revision: this.#revision() };
  }

  #alarm(): object {
    return { alarm: this.#random.below(3) };
  }

  /**
   * About as large as the server takes, or as gRPC takes, which is half a megabyte more. Not to the
   * byte for the server: it adds an id, which is as long as it happens to be.
   */
  #tooLarge(): Request {
    const grpcBytes = this.#requestBytesMax + 512 * 1024;
    const largest = this.#requestBytesMax - 200 - this.#random.below(50);
    const length = this.#pick([
      largest,
      largest,
      largest + 250,
      grpcBytes - this.#random.below(30),
    ]);
    const value = new Uint8Array(length).fill(118);
    return { path: '/etcdserverpb.KV/Put', request: { key: utf8Bytes('large'), value } };
  }

  #chance(oneIn: number): boolean {
    return this.#random.below(oneIn) === 0;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)] as T;
  }
}

/**
 * A put that keeps something of its key, after a delete without end in the same transaction, ends
 * Go etcd for good (docs/compatibility.md).
 */
function withoutFatal(txn: TxnRequestInit): TxnRequestInit {
  const branches = [txn.success ?? [], txn.failure ?? []];
  if (!branches.flat().some(deletesWithoutEnd)) return txn;
  const [success = [], failure = []] = branches.map((ops) => ops.map(withoutIgnore));
  return { ...txn, success, failure };
}

function deletesWithoutEnd({ requestDeleteRange, requestTxn }: RequestOpInit): boolean {
  const { rangeEnd } = requestDeleteRange ?? {};
  if (rangeEnd !== undefined && rangeEnd.length === 1 && rangeEnd[0] === 0) return true;
  return [...(requestTxn?.success ?? []), ...(requestTxn?.failure ?? [])].some(deletesWithoutEnd);
}

function withoutIgnore(op: RequestOpInit): RequestOpInit {
  const { requestPut, requestTxn } = op;
  if (requestPut !== undefined) {
    const { ignoreValue: _, ignoreLease: __, ...put } = requestPut;
    return { requestPut: put };
  }
  if (requestTxn === undefined) return op;
  const { success = [], failure = [] } = requestTxn;
  return {
    requestTxn: {
      ...requestTxn,
      success: success.map(withoutIgnore),
      failure: failure.map(withoutIgnore),
    },
  };
}

function prefixEnd(key: Uint8Array): Uint8Array {
  for (let i = key.length - 1; i >= 0; i -= 1) {
    const byte = key[i] as number;
    if (byte === 0xff) continue;
    const end = key.slice(0, i + 1);
    end[i] = byte + 1;
    return end;
  }
  return latin1('\0');
}
