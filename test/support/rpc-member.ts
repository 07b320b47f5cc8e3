/**
 * A member without log, peers and sockets: the real services, applier, store and watch hub behind
 * the RPC table, and a consensus that applies at once and does what the test says.
 */
import { concatBytes, utf8Bytes } from '../../src/base/bytes.ts';
import type { Clock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { implementedRpcs } from '../../src/etcd/api/grpc/rpcs.ts';
import {
  type Call,
  callUnary,
  type Rpc,
  type RpcStream,
  type StreamRpc,
} from '../../src/etcd/api/rpc.ts';
import { PasswordHasher } from '../../src/etcd/auth/password-hasher.ts';
import { limits } from '../../src/etcd/config/limits.ts';
import type { Caller } from '../../src/etcd/consensus/caller.ts';
import type {
  Answer,
  Consensus,
  ConsensusStatus,
  ForgetLeaderOutcome,
  ForgetLeaderRequest,
} from '../../src/etcd/consensus/consensus.ts';
import { EtcdError } from '../../src/etcd/errors.ts';
import type { LeaseCheckpoints } from '../../src/etcd/lease/lessor.ts';
import type { Member } from '../../src/etcd/membership/member.ts';
import {
  decodeCompactionResponse,
  decodePutResponse,
  encodeCompactionRequest,
  encodePutRequest,
  type InternalRaftRequestInit,
  type PutResponse,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { Access } from '../../src/etcd/service/access.ts';
import { AuthService } from '../../src/etcd/service/auth.ts';
import { ClusterService } from '../../src/etcd/service/cluster.ts';
import { DowngradeService } from '../../src/etcd/service/downgrade.ts';
import { FailoverService } from '../../src/etcd/service/failover.ts';
import { KvService } from '../../src/etcd/service/kv.ts';
import { LeaseService } from '../../src/etcd/service/lease.ts';
import { MaintenanceService } from '../../src/etcd/service/maintenance.ts';
import { ServingStatus } from '../../src/etcd/service/serving-status.ts';
import { SpaceGuard } from '../../src/etcd/service/space-guard.ts';
import { WatchService } from '../../src/etcd/service/watch.ts';
import { statusOf } from '../../src/etcd/transport/status.ts';
import { WatchHub } from '../../src/etcd/watch/watch-hub.ts';
import { MemoryBackend } from './memory-backend.ts';
import { StateMachine, stateOptions } from './state-machine.ts';

/** Answers at once; the test sets role, members and what the leader would say. */
export class FakeConsensus implements Consensus {
  readonly memberId = 11n;
  readonly clusterId = 0xfedc_ba98_7654_3210n;
  current: ConsensusStatus = {
    term: 7,
    leader: 11n,
    role: 'leader',
    isLearner: false,
    lastIndex: 30,
    lastTerm: 7,
    commitIndex: 29,
    appliedIndex: 28,
    millisSinceLeaderHeard: 0,
  };
  readonly proposed: InternalRaftRequestInit[] = [];
  readonly changes: Parameters<Consensus['proposeConfChange']>[0][] = [];
  readonly matches = new Map<bigint, number>();
  readonly listeners = new Set<() => void>();
  barriers = 0;
  canReadNow = false;
  leads = true;
  /** Whether leading has to be confirmed by asking. */
  isUncertain = false;
  members: readonly Member[] = [];
  forgotten: ForgetLeaderOutcome = { did: 'forgotten', campaigning: false };
  readonly #apply: (request: InternalRaftRequestInit) => Answer;

  constructor(apply: (request: InternalRaftRequestInit) => Answer) {
    this.#apply = apply;
  }

  status(): ConsensusStatus {
    return this.current;
  }

  get term(): number {
    return this.current.term;
  }

  get leader(): bigint {
    return this.current.leader;
  }

  get isLearner(): boolean {
    return this.current.isLearner;
  }

  /** A new status, told to listeners. */
  become(change: Partial<ConsensusStatus>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }

  async propose(request: InternalRaftRequestInit): Promise<Answer> {
    this.proposed.push(request);
    return this.#apply(request);
  }

  /** In a later turn, as the log does. */
  proposeFor(request: InternalRaftRequestInit, caller: Caller<Answer>): void {
    this.propose(request).then(
      (answer) => caller.answered(answer),
      (error: unknown) => caller.failed(error),
    );
  }

  readBarrierFor(caller: Caller<void>): void {
    this.readBarrier().then(
      () => caller.answered(),
      (error: unknown) => caller.failed(error),
    );
  }

  async readBarrier(): Promise<void> {
    this.barriers += 1;
    if (this.current.leader === 0n) throw new EtcdError('Timeout');
  }

  async proposeConfChange(
    change: Parameters<Consensus['proposeConfChange']>[0],
  ): Promise<readonly Member[]> {
    this.changes.push(change);
    return this.members;
  }

  async transferLeadership(): Promise<void> {}

  forgetLeader(_request: ForgetLeaderRequest): ForgetLeaderOutcome {
    return this.forgotten;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  leadsForCertain(): boolean {
    return this.leads && this.current.role === 'leader' && !this.isUncertain;
  }

  async ensureLeadership(): Promise<boolean> {
    return this.leads;
  }

  matchIndexOf(member: bigint): number | undefined {
    return this.matches.get(member);
  }
}

/** Time that stands still until the test moves it; `after` never waits. */
export class TestClock implements Clock {
  nowMs = 1_000;
  readonly tickers = new Set<() => void>();

  wallMs(): number {
    return this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  async after(ms: number): Promise<void> {
    this.nowMs += ms;
    await new Promise((resolve) => setImmediate(resolve));
  }

  every(_ms: number, run: () => void): () => void {
    this.tickers.add(run);
    return () => this.tickers.delete(run);
  }

  tick(): void {
    for (const run of [...this.tickers]) run();
  }
}

export type RpcMemberOptions = {
  readonly leaseCheckpoints?: LeaseCheckpoints;
  readonly renewsFast?: boolean;
};

export class RpcMember {
  readonly clock = new TestClock();
  defragmentations = 0;
  defragmentFailure: Error | undefined;
  readonly backend = new MemoryBackend();
  readonly machine: StateMachine;
  readonly serving = new ServingStatus();
  readonly consensus = new FakeConsensus((request) => this.#apply(request));
  readonly hub: WatchHub;
  readonly rpcs = new Map<string, Rpc>();
  /** Client API versions that were counted. */
  readonly counted: string[] = [];
  connectedForMs: (id: bigint) => number | undefined = () => 60_000;
  sizeBytes = 0;
  renewAtLeader: (id: bigint) => Promise<number> = () => Promise.reject(new Error('unreachable'));
  promoteAtLeader: (id: bigint) => Promise<readonly Member[]> = () =>
    Promise.reject(new Error('unreachable'));
  snapshotChunks: readonly Uint8Array[] = [];
  snapshotCloses = 0;

  readonly #options: RpcMemberOptions;

  constructor(options: RpcMemberOptions = {}) {
    this.#options = options;
    this.machine = new StateMachine(this.backend, { memberId: 11n, ...options });
    this.hub = this.#createHub();
    const { consensus, clock } = this;
    const rpcOptions = {
      consensus,
      clock,
      electionTimeoutMs: 1_000,
      requestBytesMax: limits.requestBytesDefault,
      countRequest: (_type: 'unary' | 'stream', version: string) => this.counted.push(version),
    };
    for (const rpc of implementedRpcs(this.#services(), rpcOptions)) this.rpcs.set(rpc.path, rpc);
  }

  /** The decoded answer, or `code words` of a refusal. */
  async call<T>(
    path: string,
    request: Uint8Array,
    decode: (bytes: Uint8Array) => T,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<T | string> {
    const rpc = this.rpcs.get(path);
    if (rpc?.kind !== 'unary') throw new Error(`${path} is not unary`);
    try {
      return decode(await callUnary(rpc, request, testCall(metadata)));
    } catch (error) {
      const { code, message } = statusOf(error);
      return `${code} ${message}`;
    }
  }

  open(path: string, metadata: Readonly<Record<string, string>> = {}): TestStream {
    const stream = new TestStream();
    const rpc = this.rpcs.get(path) as StreamRpc;
    try {
      rpc.open(stream, testCall(metadata, stream.controller.signal));
    } catch (error) {
      stream.fail(error);
    }
    return stream;
  }

  get revision(): number {
    return this.machine.state.store.currentRevision;
  }

  #apply(request: InternalRaftRequestInit): Answer {
    this.machine.nowMs = this.clock.nowMs;
    const { outcome, changes } = this.machine.apply(request);
    this.hub.publish(changes, this.revision);
    if (outcome.kind === 'error') throw outcome.error;
    if (outcome.kind === 'none') throw new Error('an entry without answer');
    return { body: outcome.body, revision: outcome.revision };
  }

  #createHub(): WatchHub {
    return new WatchHub({
      store: this.machine.state.store,
      clock: this.clock,
      random: seededRandom(1),
      schedule: (run) => void setImmediate(run),
      progressIntervalMs: 600_000,
      streamLimits: {
        fragmentBytesMax: limits.requestBytesDefault,
        responseBytesSoftMax: limits.watchResponseBytesSoftMax,
        unreadRepliesMax: 100,
      },
      catchUpLimits: { changesMax: 3, bytesTarget: 1_000_000, watchersMax: 4 },
    });
  }

  #services() {
    const { consensus, clock, machine } = this;
    const space = new SpaceGuard({
      consensus,
      sizeBytes: () => this.sizeBytes,
      quotaBytes: 1_000_000,
      hasAlarm: () => machine.state.alarms.list().length > 0,
    });
    const currentRevision = (): number => this.revision;
    const attachedKeys = (id: bigint): readonly Uint8Array[] =>
      this.backend.read((txn) => machine.state.lessor.attachedKeys(txn, id));
    const common = {
      consensus,
      auth: () => machine.state.auth,
      tokens: { kind: 'simple', tokens: stateOptions.tokens } as const,
    };
    const access = new Access({
      ...common,
      attachedKeys,
      appliedIndex: () => machine.applier.appliedIndex,
      clock,
      requestTimeoutMs: 7_000,
    });
    const passwords = new PasswordHasher({ cost: 4, hashesMax: 2, queuedMax: 10 });
    const kv = new KvService({
      consensus,
      access,
      store: () => machine.state.store,
      space,
      txnOpsMax: limits.txnOpsDefault,
      compactionDone: async () => {},
    });
    return {
      kv,
      kvPieces: kv,
      watch: new WatchService(this.hub, access),
      lease: new LeaseService({
        consensus,
        access,
        lessor: () => machine.state.lessor,
        attachedKeys,
        currentRevision,
        space,
        clock,
        random: seededRandom(2),
        requestTimeoutMs: 7_000,
        renewsFast: this.#options.renewsFast ?? true,
        renewAtLeader: (id) => this.renewAtLeader(id),
        timeToLiveAtLeader: async (ID) => ({ ID, TTL: 3, grantedTTL: 9, header: { revision: 77 } }),
      }),
      cluster: new ClusterService({
        consensus,
        access,
        members: () => consensus.members,
        connectedForMs: (id) => this.connectedForMs(id),
        clock,
        strictReconfigCheck: true,
        requestTimeoutMs: 7_000,
        promoteAtLeader: (id) => this.promoteAtLeader(id),
      }),
      maintenance: new MaintenanceService({
        consensus,
        store: () => machine.state.store,
        backend: () => this.backend,
        members: () => consensus.members,
        alarms: () => machine.state.alarms.list(),
        version: '3.7.0',
        storageVersion: () => '3.7.0',
        downgrade: () => machine.state.membership.downgrade,
        quotaShownBytes: 1_000_000,
        defragment: async () => {
          this.defragmentations += 1;
          if (this.defragmentFailure !== undefined) throw this.defragmentFailure;
        },
        hash: async () => ({ hash: 0xfeed_f00d, revision: machine.state.store.currentRevision }),
        openSnapshot: () => ({
          sizeBytes: this.snapshotChunks.reduce((sum, chunk) => sum + chunk.length, 0),
          chunks: this.snapshotChunks,
          close: () => {
            this.snapshotCloses += 1;
          },
        }),
      }),
      downgrade: new DowngradeService({
        consensus,
        clusterVersion: () => machine.state.membership.clusterVersion,
        downgrade: () => machine.state.membership.downgrade,
        currentRevision,
        log: silentLog,
      }),
      failover: new FailoverService({
        consensus,
        currentRevision,
        storageWarnings: () => [],
        clock,
        heartbeatMs: 100,
      }),
      auth: new AuthService({ ...common, access, passwords, random: seededRandom(3), clock }),
      access,
      serving: this.serving,
    };
  }
}

/** What every header of its answers says, besides the revision. */
export const headerIds = { clusterId: 0xfedc_ba98_7654_3210n, memberId: 11n, raftTerm: 7 };

export function put(member: RpcMember, key: string, value: string): Promise<PutResponse | string> {
  const request = encodePutRequest({ key: utf8Bytes(key), value: utf8Bytes(value) });
  return member.call('/etcdserverpb.KV/Put', request, decodePutResponse);
}

/** A member at revision 4, compacted at 3, with the key `a`. */
export async function withHistory(): Promise<RpcMember> {
  const member = new RpcMember();
  for (const value of ['1', '2', '3']) await put(member, 'a', value);
  await member.call(
    '/etcdserverpb.KV/Compact',
    encodeCompactionRequest({ revision: 3 }),
    decodeCompactionResponse,
  );
  return member;
}

/** A client's end of a stream. */
export class TestStream implements RpcStream {
  onMessage: (message: Uint8Array) => void = () => {};
  onHalfClose: () => void = () => {};
  readonly controller = new AbortController();
  readonly written: Uint8Array[] = [];
  /** `ended`, or `code words` of the failure. */
  ending: string | undefined;
  isPaused = false;
  hasRoom = true;
  #waiting: (() => void)[] = [];

  write(message: Uint8Array): boolean {
    if (this.ending !== undefined) return true;
    this.written.push(message);
    return this.hasRoom;
  }

  writeParts(head: Uint8Array, headBytes: number, rest: Uint8Array): boolean {
    return this.write(concatBytes([head.subarray(0, headBytes), rest]));
  }

  drained(): Promise<void> {
    if (this.hasRoom || this.ending !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  makeRoom(): void {
    this.hasRoom = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    this.ending ??= 'ended';
    this.makeRoom();
  }

  fail(error: unknown): void {
    const { code, message } = statusOf(error);
    this.ending ??= `${code} ${message}`;
    this.makeRoom();
  }
}

function testCall(
  metadata: Readonly<Record<string, string>>,
  signal: AbortSignal = new AbortController().signal,
): Call {
  return {
    metadata: (name) => metadata[name],
    signal,
    viaGateway: false,
    deadlineMs: Number.POSITIVE_INFINITY,
  };
}

/** Lets promises and immediates run until nothing that the test started is left. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
