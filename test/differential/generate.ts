/** Programs from a seed: the same seed and number always give the same operations. */
import { fileURLToPath } from 'node:url';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { WatchRequestInit } from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { AuthRequests, enableAuth } from './auth-requests.ts';
import { KvRequests } from './kv-requests.ts';
import { OddRequests } from './odd-requests.ts';
import { type Leave, type Operation, type Program, symbol, type Way } from './operation.ts';

/** Servers and what they are asked; programs of one setting share a pair of servers for a while. */
export type Setting = {
  readonly name: 'plain' | 'small limits' | 'own lease ids' | 'auth' | 'auth with JWT';
  readonly flags: readonly string[];
  readonly limits: { readonly txnOpsMax: number; readonly requestBytesMax: number };
  /** How many programs, one after the other, before the servers are replaced. */
  readonly programsPerPair: number;
};

const flags = ['--bcrypt-cost=4'];
/** One key for both, so that each takes the tokens of the other. */
const jwtKey = fileURLToPath(new URL('testdata/jwt-hmac.key', import.meta.url));
const jwtFlag = `--auth-token=jwt,sign-method=HS256,priv-key=${jwtKey}`;
const limits = { txnOpsMax: 128, requestBytesMax: 1_572_864 };
const plain: Setting = { name: 'plain', flags, limits, programsPerPair: 40 };
const settings: readonly Setting[] = [
  plain,
  {
    name: 'small limits',
    flags: [...flags, '--max-txn-ops=9', '--max-request-bytes=20000'],
    limits: { txnOpsMax: 9, requestBytesMax: 20_000 },
    programsPerPair: 40,
  },
  plain,
  { ...plain, name: 'own lease ids' },
  // What was enabled cannot be undone by just anybody, so every program has servers of its own.
  { ...plain, name: 'auth', programsPerPair: 1 },
  { ...plain, name: 'auth with JWT', flags: [...flags, jwtFlag], programsPerPair: 1 },
];

const operationsPerProgram = 80;
const authOperations = 800;

/** Programs of one group run one after the other on one pair of servers. */
export function settingOf(group: number): Setting {
  return settings[group % settings.length] as Setting;
}

export function generate(seed: number, group: number, nth: number): Program {
  const random = seededRandom(seed * 1_000_003 + group * 1_009 + nth);
  const setting = settingOf(group);
  if (setting.name.startsWith('auth')) {
    const requests = new AuthRequests(random, setting.name === 'auth with JWT');
    const before = requests.program(random.below(100));
    return [...before, ...enableAuth, ...requests.program(authOperations)];
  }
  return new Programs(random, setting).next();
}

class Programs {
  readonly #random: Random;
  readonly #kv: KvRequests;
  readonly #odd: OddRequests;
  readonly #hasOwnLeaseIds: boolean;
  readonly #requestBytesMax: number;
  #made = 0;

  constructor(random: Random, setting: Setting) {
    this.#random = random;
    this.#kv = new KvRequests(random, setting.limits);
    this.#odd = new OddRequests(random);
    this.#hasOwnLeaseIds = setting.name === 'own lease ids';
    this.#requestBytesMax = setting.limits.requestBytesMax;
  }

  next(): Program {
    return Array.from({ length: operationsPerProgram }, () => this.#operation());
  }

  #operation(): Operation {
    const kinds: [number, () => Operation][] = [
      [140, () => this.#call(this.#kv.next())],
      [12, () => this.#watch()],
      [5, () => ({ kind: 'sync' })],
      [6, () => this.#rangeStream()],
      [3, () => this.#keepAlive()],
      [16, () => this.#odd.next(this.#kv.next())],
      [6, () => this.#call(this.#cluster())],
      [4, () => this.#call(this.#maintenance())],
      [
        1,
        () => ({
          kind: 'stream',
          path: '/etcdserverpb.Maintenance/Snapshot',
          request: {},
          way: 'grpc',
        }),
      ],
      [1, () => this.#queue()],
      [1, () => this.#call(this.#lock())],
      [1, () => this.#bulk()],
      [this.#random.below(3) === 0 ? 1 : 0, () => this.#restart()],
      // These take seconds, so they are rare.
      [this.#random.below(3) === 0 ? 1 : 0, () => this.#expiry()],
      [this.#random.below(12) === 0 ? 1 : 0, () => this.#downgrade()],
      ...(this.#hasOwnLeaseIds
        ? ([[12, () => this.#ownLease()]] as [number, () => Operation][])
        : []),
    ];
    let at = this.#random.below(kinds.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of kinds) {
      at -= weight;
      if (at < 0) return make();
    }
    throw new Error('weights');
  }

  #call({ path, request, label }: { path: string; request: object; label?: string }): Operation {
    if (label !== undefined) return { kind: 'call', path, request, way: 'grpc', label };
    return { kind: 'call', path, request, way: this.#way(), style: this.#random.below(1_000) };
  }

  #way(): Way {
    return this.#random.below(3) === 0 ? 'json' : 'grpc';
  }

  /** A lease whose id the server chooses, and what is done with it. */
  #ownLease(): Operation {
    const label = `lease ${this.#random.below(this.#made + 1)}`;
    const lease = symbol<bigint>({ $: 'made', label });
    const call = (path: string, request: object): Operation => this.#call({ path, request });
    switch (this.#random.below(6)) {
      case 0: {
        this.#made += 1;
        const request = { TTL: this.#pick([1_000, 5_000]) };
        return this.#call({ path: '/etcdserverpb.Lease/LeaseGrant', request, label });
      }
      case 1:
        return call('/etcdserverpb.Lease/LeaseTimeToLive', { ID: lease, keys: true });
      case 2:
        return { kind: 'keep-alive', requests: [{ ID: lease }], way: this.#way() };
      case 3:
        return this.#random.below(3) === 0
          ? call('/etcdserverpb.Lease/LeaseRevoke', { ID: lease })
          : call('/etcdserverpb.Lease/LeaseLeases', {});
      default:
        return call('/etcdserverpb.KV/Put', { ...this.#kv.put(), lease });
    }
  }

  #watch(): Operation {
    const stream = this.#random.below(6);
    if (stream === 5) return { kind: 'watch', stream, requests: [this.#jsonWatch()], way: 'json' };
    const way = 'grpc';
    const count = this.#pick([1, 1, 1, 2, 5]);
    const requests = Array.from({ length: count }, () => this.#watchRequest());
    return { kind: 'watch', stream, requests, way };
  }

  #watchRequest(): WatchRequestInit {
    if (this.#random.below(6) === 0) {
      return { cancelRequest: { watchId: BigInt(this.#random.below(5)) } };
    }
    const { key, rangeEnd } = this.#kv.range();
    const now = (plus: number): number => symbol({ $: 'now', plus });
    const compacted = (plus: number): number => symbol({ $: 'compacted', plus });
    const past = symbol<number>({ $: 'between', permille: this.#random.below(1_001) });
    const starts = [0, 0, 0, 1, -1, compacted(0), compacted(1), now(0), now(1), now(4), past, past];
    return {
      createRequest: {
        ...(key === undefined ? {} : { key }),
        ...(rangeEnd === undefined ? {} : { rangeEnd }),
        startRevision: this.#pick(starts),
        prevKv: this.#random.below(2) === 0,
        progressNotify: this.#random.below(4) === 0,
        fragment: this.#random.below(3) === 0,
        filters: this.#pick([[], [], [0], [1], [0, 1], [1, 1]]),
        watchId: BigInt(this.#pick([0, 0, 0, 3, 7, -9])),
      },
    };
  }

  /** It shows the marker by which the comparison knows that everything was shown. */
  #jsonWatch(): WatchRequestInit {
    const createRequest = {
      key: utf8Bytes('\0'),
      rangeEnd: utf8Bytes(this.#pick(['\0', 'b', 'foo/2', 'z'])),
      startRevision: 0,
      prevKv: this.#random.below(2) === 0,
      progressNotify: this.#random.below(4) === 0,
      fragment: this.#random.below(3) === 0,
      filters: this.#pick([[], [], [1]]),
      watchId: BigInt(this.#pick([0, 0, 3, -9])),
    };
    return { createRequest };
  }

  /** A target without an order makes etcd leave out keys (docs/compatibility.md). */
  #rangeStream(): Operation {
    const { sortTarget, ...range } = this.#kv.range();
    const isOrdered = (range.sortOrder ?? 0) !== 0;
    const request = isOrdered && sortTarget !== undefined ? { ...range, sortTarget } : range;
    return { kind: 'stream', path: '/etcdserverpb.KV/RangeStream', request, way: 'grpc' };
  }

  #keepAlive(): Operation {
    const ids = [1n, 2n, 3n, 77n, -5n, 0n, 4_242n];
    const requests = Array.from({ length: 1 + this.#random.below(3) }, () => ({
      ID: this.#pick(ids),
    }));
    return { kind: 'keep-alive', requests, way: this.#way() };
  }

  /** Learners that never start, and what is refused. */
  #cluster(): { path: string; request: object; label?: string } {
    const learner = symbol<bigint>({ $: 'made', label: 'a learner' });
    const self = symbol<bigint>({ $: 'self' });
    const ownUrl = symbol<string>({ $: 'peer-url' });
    const ID = this.#pick([learner, learner, 4_242n, 0n]);
    const peerURLs = this.#pick([
      ...[['http://127.0.0.1:1'], ['http://127.0.0.1:2'], [ownUrl], [], ['not a url']],
      ...[[''], ['http://127.0.0.1'], ['http://127.0.0.1:1/path'], ['ftp://127.0.0.1:1']],
      ['http://127.0.0.1:1', 'http://127.0.0.1:1'],
    ]);
    const of = '/etcdserverpb.Cluster';
    switch (this.#random.below(7)) {
      case 0:
        return {
          path: `${of}/MemberAdd`,
          request: {
            peerURLs: this.#pick([['http://127.0.0.1:1'], ['http://127.0.0.1:2']]),
            isLearner: true,
          },
          label: 'a learner',
        };
      case 1: {
        // A voter that never starts would take the only other one's majority.
        return {
          path: `${of}/MemberAdd`,
          request: { peerURLs, isLearner: true },
          label: 'a learner',
        };
      }
      case 2:
        return { path: `${of}/MemberRemove`, request: { ID } };
      case 3:
        // With addresses that are none etcd breaks when there is such a member.
        return ID === learner
          ? { path: `${of}/MemberUpdate`, request: { ID, peerURLs: ['http://127.0.0.1:3'] } }
          : { path: `${of}/MemberUpdate`, request: { ID, peerURLs } };
      case 4:
        return { path: `${of}/MemberPromote`, request: { ID: this.#pick([ID, self]) } };
      case 5:
        return { path: `${of}/MemberUpdate`, request: { ID: self, peerURLs: [ownUrl] } };
      default:
        return { path: `${of}/MemberList`, request: { linearizable: this.#random.below(2) === 0 } };
    }
  }

  #maintenance(): { path: string; request: object } {
    const self = symbol<bigint>({ $: 'self' });
    const of = '/etcdserverpb.Maintenance';
    const alarm = this.#pick([0, 1, 1, 2]);
    const memberID = this.#pick([self, 7n, 8n, 0n]);
    switch (this.#random.below(11)) {
      case 10: {
        // One that is enabled goes on by itself, so none is.
        const action = this.#pick([0, 0, 0, 2, 9]);
        const version = this.#pick(['3.6', '3.6.0', '3.7', '3.5', '3.8', '4.0', '', 'x', '3.6.1']);
        return { path: `${of}/Downgrade`, request: { action, version } };
      }
      case 0:
        return { path: `${of}/Alarm`, request: { action: 1, alarm, memberID } };
      case 1:
      case 2:
      case 3:
      case 4:
        return { path: `${of}/Alarm`, request: { action: 2, alarm: this.#pick([1, 2]), memberID } };
      case 5:
        return { path: `${of}/Defragment`, request: {} };
      case 6:
        return { path: `${of}/MoveLeader`, request: { targetID: this.#pick([self, 0n, 7n]) } };
      case 7:
        return { path: `${of}/Alarm`, request: { action: 0, alarm, memberID } };
      default:
        return { path: `${of}/Status`, request: {} };
    }
  }

  #queue(): Operation {
    const count = 1 + this.#random.below(4);
    const pool = [0x11n, 0x22n, 0x33n, 0x7fff_ffff_ffff_fffen, -0x44n];
    const leases = Array.from({ length: count }, () => this.#pick(pool));
    const leave: Leave[] = Array.from({ length: this.#random.below(count + 1) }, () => ({
      nth: this.#random.below(count),
      how: this.#pick(['release', 'revoke']),
    }));
    const of = this.#pick(['lock', 'election'] as const);
    return { kind: 'queue', of, name: utf8Bytes('queue'), leases, leave, way: this.#way() };
  }

  /** Requests that are answered at once, whoever holds what. */
  #lock(): { path: string; request: object } {
    const name = utf8Bytes(this.#pick(['a', 'nothing', '']));
    const key = utf8Bytes(this.#pick(['a', 'foo/1', 'nothing', '']));
    const lease = 4_242n;
    const leader = { name, key, rev: this.#pick([0, 1, 3]), lease };
    return this.#pick([
      { path: '/v3lockpb.Lock/Lock', request: { name, lease } },
      { path: '/v3lockpb.Lock/Unlock', request: { key } },
      { path: '/v3electionpb.Election/Campaign', request: { name, lease } },
      { path: '/v3electionpb.Election/Leader', request: { name } },
      { path: '/v3electionpb.Election/Proclaim', request: { leader, value: key } },
      { path: '/v3electionpb.Election/Proclaim', request: { value: key } },
      { path: '/v3electionpb.Election/Resign', request: { leader } },
      { path: '/v3electionpb.Election/Resign', request: {} },
    ]);
  }

  /** Many keys with large values, which a fragmented watch shows in pieces when they go. */
  #bulk(): Operation {
    const bytes = Math.min(100_000, Math.floor(this.#requestBytesMax / 10));
    const value = new Uint8Array(bytes).fill(98);
    const keys = Array.from({ length: 8 }, (_, i) => utf8Bytes(`b${i}`));
    const success = keys.map((key) => ({ requestPut: { key, value } }));
    return { kind: 'call', path: '/etcdserverpb.KV/Txn', request: { success }, way: 'grpc' };
  }

  #expiry(): Operation {
    const keys = Array.from(
      { length: this.#random.below(4) },
      () => this.#kv.put().key ?? utf8Bytes('a'),
    );
    const ID = this.#pick([1n, 2n, 0x55n, 0x55n, 0x55n]);
    return { kind: 'expiry', ID, TTL: this.#pick([1, 1, 2]), keys, way: this.#way() };
  }

  #downgrade(): Operation {
    const version = this.#pick(['3.6', '3.6.0', '3.6.9']);
    return { kind: 'downgrade', version, way: this.#way() };
  }

  #restart(): Operation {
    return { kind: 'restart', signal: this.#pick(['SIGKILL', 'SIGKILL', 'SIGTERM']) };
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)] as T;
  }
}
