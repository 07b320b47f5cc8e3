import type {
  CompareInit,
  InternalRaftRequestInit,
  PutRequestInit,
  RangeRequestInit,
  RequestOpInit,
  TxnRequestInit,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';

/** A key's version. Keys and values are latin-1 strings, so they compare as bytes do. */
export type Version = {
  readonly key: string;
  readonly main: number;
  readonly sub: number;
  readonly isDelete: boolean;
  readonly value: string;
  readonly create: number;
  readonly version: number;
  readonly lease: bigint;
};

export type ModelAnswer = { readonly revision: number; readonly answer: unknown } | string;

const text = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? '' : Buffer.from(bytes).toString('latin1');

/** A refusal, by its name in the error table. */
class Refused extends Error {}

/**
 * What etcd says the store does, in the dumbest way: a list of all versions, searched from the
 * start for everything. Answers are plain objects that a test compares with decoded ones.
 */
export class KvModel {
  versions: Version[] = [];
  current = 1;
  compacted = -1;
  readonly leases = new Set<bigint>();
  #pending: Version[] = [];

  /** A refused request answers with the error's name and changes nothing. */
  apply(request: InternalRaftRequestInit): ModelAnswer {
    this.#pending = [];
    try {
      const answer = this.#run(request);
      this.versions.push(...this.#pending);
      if (this.#pending.length > 0) this.current++;
      return { revision: this.current, answer };
    } catch (error) {
      if (error instanceof Refused) return error.message;
      throw error;
    }
  }

  range(request: RangeRequestInit): ModelAnswer {
    this.#pending = [];
    try {
      return { revision: this.current, answer: this.#range(request) };
    } catch (error) {
      if (error instanceof Refused) return error.message;
      throw error;
    }
  }

  /** Versions of revisions from `from` on, oldest first. */
  changes(from: number): readonly Version[] {
    return this.versions.filter(({ main }) => main >= from);
  }

  liveAt(revision: number, key: string, rangeEnd: string): Version[] {
    const newest = new Map<string, Version>();
    for (const version of [...this.versions, ...this.#pending]) {
      if (version.main <= revision && inRange(version.key, key, rangeEnd)) {
        newest.set(version.key, version);
      }
    }
    return [...newest.values()]
      .filter(({ isDelete }) => !isDelete)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  #now(): number {
    return this.#pending.length > 0 ? this.current + 1 : this.current;
  }

  #run(request: InternalRaftRequestInit): unknown {
    const { put, deleteRange, txn, compaction, leaseGrant, leaseRevoke } = request;
    if (put) {
      this.#checkPut(put);
      return this.#put(put);
    }
    if (deleteRange) {
      return this.#delete(text(deleteRange.key), text(deleteRange.rangeEnd), deleteRange.prevKv);
    }
    if (txn) {
      const path = this.#choose(txn);
      this.#check(path);
      return this.#execute(path);
    }
    if (compaction) return this.#compact(compaction.revision ?? 0);
    if (leaseGrant) {
      if (this.leases.has(leaseGrant.ID ?? 0n)) throw new Refused('LeaseExist');
      this.leases.add(leaseGrant.ID ?? 0n);
      return {};
    }
    if (!this.leases.delete(leaseRevoke?.ID ?? 0n)) throw new Refused('LeaseNotFound');
    for (const live of this.liveAt(this.current, '', '\0')) {
      if (live.lease === leaseRevoke?.ID) this.#delete(live.key, '', false);
    }
    return {};
  }

  #compact(revision: number): unknown {
    if (revision <= this.compacted) throw new Refused('Compacted');
    if (revision > this.current) throw new Refused('FutureRev');
    this.compacted = revision;
    return {};
  }

  #checkPut(put: PutRequestInit): void {
    const live = this.liveAt(this.current, text(put.key), '')[0];
    const lease = put.lease ?? 0n;
    if (lease !== 0n && !this.leases.has(lease)) throw new Refused('LeaseNotFound');
    if ((put.ignoreLease || put.ignoreValue) && !live) throw new Refused('KeyNotFound');
  }

  #put(put: PutRequestInit): unknown {
    const key = text(put.key);
    const main = this.current + 1;
    const live = this.liveAt(main, key, '')[0];
    this.#pending.push({
      key,
      main,
      sub: this.#pending.length,
      isDelete: false,
      value: put.ignoreValue ? (live?.value ?? '') : text(put.value),
      create: live?.create ?? main,
      version: (live?.version ?? 0) + 1,
      lease: put.ignoreLease ? (live?.lease ?? 0n) : (put.lease ?? 0n),
    });
    return { prevKv: put.prevKv && live ? shown(live) : undefined };
  }

  #delete(key: string, rangeEnd: string, wantsPrevious: boolean | undefined): unknown {
    const main = this.current + 1;
    const live = this.liveAt(main, key, rangeEnd);
    for (const { key: found } of live) {
      const sub = this.#pending.length;
      const nothing = { value: '', create: 0, version: 0, lease: 0n };
      this.#pending.push({ key: found, main, sub, isDelete: true, ...nothing });
    }
    return { deleted: live.length, prevKvs: wantsPrevious ? live.map(shown) : [] };
  }

  #checkRange(revision: number): void {
    if (revision > this.current) throw new Refused('FutureRev');
    if (revision !== 0 && revision < this.compacted) throw new Refused('Compacted');
  }

  #range(request: RangeRequestInit): unknown {
    const revision = request.revision ?? 0;
    if (revision > this.#now()) throw new Refused('FutureRev');
    if (revision > 0 && revision < this.compacted) throw new Refused('Compacted');
    const at = revision > 0 ? revision : this.#now();
    const live = this.liveAt(at, text(request.key), text(request.rangeEnd));
    const count = live.length;
    if (request.countOnly) return { kvs: [], count, more: false };
    const limit = request.limit ?? 0;
    let found = live.filter((version) => passes(request, version));
    // What etcd 3.7.3 does: without an order only the first limit + 1 keys are sorted.
    if (!request.sortOrder && !hasFilters(request) && limit > 0) found = found.slice(0, limit + 1);
    found = sorted(request, found);
    const more = limit > 0 && found.length > limit;
    if (more) found = found.slice(0, limit);
    const keepsLease = request.sortTarget === 4;
    const kvs = found.map((version) => {
      const kv = shown(version);
      return request.keysOnly ? { ...kv, value: '', lease: keepsLease ? kv.lease : 0n } : kv;
    });
    return { kvs, count, more };
  }

  #choose(txn: TxnRequestInit): Path {
    const succeeded = (txn.compare ?? []).every((compare) => this.#holds(compare));
    const ops = (succeeded ? txn.success : txn.failure) ?? [];
    const nested = ops.map((op) => (op.requestTxn ? this.#choose(op.requestTxn) : undefined));
    return { succeeded, ops, nested };
  }

  #holds(compare: CompareInit): boolean {
    const live = this.liveAt(this.current, text(compare.key), text(compare.rangeEnd));
    if (live.length === 0 && compare.target === 3) return false;
    const subjects: (Version | undefined)[] = live.length === 0 ? [undefined] : live;
    return subjects.every((version) => {
      const [have, want] = compared(compare, version);
      const order = have < want ? -1 : have > want ? 1 : 0;
      return [order === 0, order > 0, order < 0, order !== 0][compare.result ?? 0] ?? true;
    });
  }

  #check(path: Path): void {
    path.ops.forEach((op, i) => {
      if (op.requestPut) this.#checkPut(op.requestPut);
      if (op.requestRange) this.#checkRange(op.requestRange.revision ?? 0);
      if (op.requestTxn) this.#check(path.nested[i] as Path);
    });
  }

  #execute(path: Path): unknown {
    const responses = path.ops.map((op, i) => {
      const { requestPut: put, requestDeleteRange: del, requestRange: range } = op;
      if (op.requestTxn) return this.#execute(path.nested[i] as Path);
      const answer = put
        ? this.#put(put)
        : del
          ? this.#delete(text(del.key), text(del.rangeEnd), del.prevKv)
          : this.#range(range as RangeRequestInit);
      return { headerRevision: this.#now(), ...(answer as object) };
    });
    return { succeeded: path.succeeded, responses };
  }
}

type Path = {
  readonly succeeded: boolean;
  readonly ops: readonly RequestOpInit[];
  readonly nested: readonly (Path | undefined)[];
};

/** A version as a client sees it. */
export function shown(version: Version): Record<string, unknown> {
  const { key, main, create, value, lease } = version;
  return { key, create, mod: main, version: version.version, value, lease };
}

function inRange(key: string, from: string, rangeEnd: string): boolean {
  if (rangeEnd === '') return key === from;
  return key >= from && (rangeEnd === '\0' || key < rangeEnd);
}

function passes(request: RangeRequestInit, { main, create }: Version): boolean {
  const { minModRevision: minMod, maxModRevision: maxMod } = request;
  const { minCreateRevision: minCreate, maxCreateRevision: maxCreate } = request;
  if (minMod && main < minMod) return false;
  if (maxMod && main > maxMod) return false;
  if (minCreate && create < minCreate) return false;
  return !(maxCreate && create > maxCreate);
}

function hasFilters(request: RangeRequestInit): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  return [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision].some(Boolean);
}

function sorted(request: RangeRequestInit, found: Version[]): Version[] {
  const by = (version: Version): string | number =>
    [version.key, version.version, version.create, version.main, version.value][
      request.sortTarget ?? 0
    ] as string | number;
  const sign = request.sortOrder === 2 ? -1 : 1;
  return found.toSorted((a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : 0));
}

type Comparable = number | string | bigint;

function compared(compare: CompareInit, version: Version | undefined): [Comparable, Comparable] {
  const pairs: [Comparable, Comparable][] = [
    [version?.version ?? 0, compare.version ?? 0],
    [version?.create ?? 0, compare.createRevision ?? 0],
    [version?.main ?? 0, compare.modRevision ?? 0],
    [version?.value ?? '', text(compare.value)],
    [version?.lease ?? 0n, compare.lease ?? 0n],
  ];
  return pairs[compare.target ?? 0] as [Comparable, Comparable];
}
