/** What no good client sends: JSON that is not quite that of a message, and broken protobuf. */
import type { Random } from '../../src/base/random.ts';
import { services } from '../../src/etcd/proto/generated/descriptors.ts';
import { toJsonText } from './json-request.ts';
import type { Request } from './kv-requests.ts';
import type { Operation } from './operation.ts';
import { methodOf } from './twins.ts';

/**
 * Methods whose request may be anything. Not a grant: a lease of a few seconds ends when it likes.
 * Not a compaction: what watches show of compacted history depends on when they look, and the run
 * has them look before it knows of one.
 */
const notOdd = ['LeaseGrant', 'AuthEnable', 'Compact'];
const anyRequest = services
  .filter(({ name }) => ['KV', 'Lease', 'Auth'].includes(name.replace('etcdserverpb.', '')))
  .flatMap(({ methods }) => methods)
  .filter(({ kind, name }) => kind === 'unary' && !notOdd.includes(name))
  .map(({ path }) => path);

const values: readonly unknown[] = [
  ...[null, true, false, '', 'x', 'YQ==', 'YQ', '!!', [], {}, [[]], [null], [{}], { a: 1 }],
  ...[0, 1, -1, 5, 2.5, 3, 1e3, 2 ** 31, 2 ** 53, 1e300, -0.5, '0', '1', '-1', '1.0', '1e3'],
  ...[
    '99999999999999999999',
    ' 1',
    '0x1',
    'NaN',
    'true',
    'VERSION',
    'DESCEND',
    'PUT',
    'ü',
    '\u0000',
  ],
];

export class OddRequests {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** `good` is spoiled, unless it is one of those that must be as they are. */
  next(good: Request): Operation {
    const isAllowed = anyRequest.includes(good.path);
    const { path, request } = isAllowed ? good : { path: this.#pick(anyRequest), request: {} };
    if (this.#random.below(2) === 0)
      return { kind: 'bytes', path, bytes: this.#bytes(path, request) };
    const method = methodOf(path);
    const json = toJsonText(
      method.request,
      withoutSymbols(request) as object,
      this.#random.below(2),
    );
    const body = this.#random.below(2) === 0 ? this.#spoilText(json) : this.#spoilJson(json);
    return { kind: 'body', route: method.routes[0] ?? '', body };
  }

  #bytes(path: string, request: object): Uint8Array {
    if (this.#random.below(2) === 0) {
      const length = this.#random.below(40);
      const most = this.#random.below(256) + 1;
      return Uint8Array.from({ length }, () => this.#random.below(most));
    }
    const encoded = methodOf(path).encodeRequest(withoutSymbols(request) as object);
    const bytes = [...encoded.subarray(0, 2_000)];
    const at = this.#random.below(bytes.length + 1);
    switch (this.#random.below(4)) {
      case 0:
        return Uint8Array.from(bytes.slice(0, at));
      case 1:
        return Uint8Array.from(bytes.toSpliced(at, 1));
      case 2:
        return Uint8Array.from(bytes.toSpliced(at, 0, this.#random.below(256)));
      default:
        return Uint8Array.from(bytes.toSpliced(at, 1, this.#random.below(256)));
    }
  }

  #spoilText(json: string): string {
    const at = this.#random.below(json.length + 1);
    switch (this.#random.below(4)) {
      case 0:
        return json.slice(0, at);
      case 1:
        return json.slice(0, at) + json.slice(at + 1);
      case 2:
        return (
          json.slice(0, at) + this.#pick([...'{}[]",:0-.eE\\ \n', 'null', 'ü']) + json.slice(at)
        );
      default:
        return this.#pick([
          '',
          ' ',
          'null',
          '[]',
          '"x"',
          '5',
          '{',
          '{}{}',
          '{} x',
          '[{}]',
          "{'a':1}",
        ]);
    }
  }

  /** One value in it, at any depth, becomes something else. */
  #spoilJson(json: string): string {
    const all = JSON.parse(json) as unknown;
    const count = countValues(all);
    let at = this.#random.below(count);
    const replacement = this.#pick(values);
    const spoil = (value: unknown): unknown => {
      if (at-- === 0) return replacement;
      if (Array.isArray(value)) return value.map(spoil);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, spoil(field)]));
    };
    return JSON.stringify(spoil(all));
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)] as T;
  }
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return 1 + Object.values(value).reduce((sum: number, field) => sum + countValues(field), 0);
}

/** A spoiled request names no revision of the moment. */
function withoutSymbols(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutSymbols);
  if ('$' in value) return 3;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, withoutSymbols(field)]),
  );
}
