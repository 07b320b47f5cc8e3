/** Random programs of requests, valid and not, from a small world of keys so that they meet. */
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

/** A request under construction. */
type Draft<T> = { -readonly [K in keyof T]: T[K] };

export type Step = { readonly path: string; readonly request: object };

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

export class Programs {
  readonly #random: Random;
  /** The current revision, as the caller last heard; revisions are chosen around it. */
  revision = 1;
  compacted = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Step {
    const kinds: [number, () => Step][] = [
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
    const { revision, compacted } = this;
    return this.#pick([
      0,
      0,
      0,
      -1,
      revision,
      revision - 1,
      revision + 1,
      revision + 100,
      compacted,
      compacted - 1,
      compacted + 1,
      this.#random.below(revision + 1),
      this.#random.below(revision + 1),
      this.#random.below(revision + 1),
    ]);
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
    // Several keys may share a version or a value, and Go's sort does not keep their order.
    if (this.#chance(3)) {
      request.sortOrder = this.#pick([0, 1, 2, 2, 3, -1]);
      request.sortTarget = this.#pick([0, 2, 3, 5, -1]);
      if (request.sortTarget !== 0) request.sortTarget = this.#pick([0, 0, 5]);
    }
    if (this.#chance(4)) request.serializable = true;
    if (this.#chance(4)) request.keysOnly = true;
    if (this.#chance(6)) request.countOnly = true;
    if (this.#chance(8)) request.minModRevision = this.#random.below(this.revision + 2);
    if (this.#chance(8)) request.maxModRevision = this.#random.below(this.revision + 2);
    if (this.#chance(8)) request.minCreateRevision = this.#random.below(this.revision + 2);
    if (this.#chance(8)) request.maxCreateRevision = this.#random.below(this.revision + 2);
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
      request.success = Array.from({ length: 127 + this.#random.below(3) }, (_, i) => ({
        requestPut: { key: utf8Bytes(`many${i}`) },
      }));
    }
    return request;
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
    const number = this.#pick([0, 0, 1, 2, this.#random.below(this.revision + 1), -1]);
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
    // After Compact(0) etcd answers HashKV(0) with the hash of that compaction.
    const revision = this.#revision() || 1;
    return { revision, physical: this.#chance(2) };
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

  #chance(oneIn: number): boolean {
    return this.#random.below(oneIn) === 0;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)] as T;
  }
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
