/** Runs programs on a pair of servers and says where they first differ. */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  AlarmResponse,
  LeaseGrantResponse,
  LeaseLeasesResponse,
  MemberAddResponse,
  MemberListResponse,
  WatchRequestInit,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { comparable, firstDifference } from './comparable.ts';
import { type Actor, type Operation, type Program, resolve, symbol } from './operation.ts';
import { QueueRun } from './queue-run.ts';
import { askStream } from './streams.ts';
import { withoutTies } from './ties.ts';
import {
  type Answer,
  methodOf,
  revisionOf,
  type TokenPair,
  type Twin,
  type Twins,
} from './twins.ts';
import { runDowngrade, runExpiry } from './waiting-run.ts';
import { type Moment, markerKey, type ResponseTamper, WatchPair } from './watch-streams.ts';

export type Difference = {
  /** Of the operation; the program's length when the state differs at its end. */
  readonly index: number;
  readonly what: string;
  /** The same for two programs that differ in the same way, as far as can be told. */
  readonly kind: string;
};

/** Changes what etcd-ts answered: how the comparison itself is tested. */
export type Tamper = {
  readonly answer?: (operation: Operation, answer: Answer) => Answer;
  readonly watch?: ResponseTamper;
};

export type RunOptions = {
  /** False when ids that the servers chose are part of what is hashed. */
  readonly areHashesComparable: boolean;
  readonly tamper?: Tamper | undefined;
};

type Call = Extract<Operation, { readonly kind: 'call' }>;
type Pair<T> = readonly [theirs: T, ours: T];

class Differs extends Error {}

/** The state that a pair of servers has in common, from one program to the next. */
export class Run {
  readonly #twins: Twins;
  readonly #options: RunOptions;
  /** By user: the last one is current, the ones before may be over. */
  readonly #tokens = new Map<string, TokenPair[]>();
  readonly #made: Pair<Map<string, bigint>> = [new Map(), new Map()];
  readonly #watches = new Map<number, WatchPair>();
  /** etcd starts with "nothing compacted", before a compaction of revision 0. */
  #compacted = -1;
  #wasZeroCompacted = false;
  #wasRestarted = false;
  /** Entries that nobody asked for are in it. */
  #isLogOfItsOwn = false;
  /** Only what a program asks is tampered with. */
  #tamper: Tamper | undefined;
  operations = 0;

  constructor(twins: Twins, options: RunOptions) {
    this.#twins = twins;
    this.#options = options;
  }

  async program(program: Program): Promise<Difference | undefined> {
    let index = 0;
    try {
      this.#tamper = this.#options.tamper;
      for (; index < program.length; index += 1) await this.#operation(program[index] as Operation);
      await this.#sync();
      await this.#sameState();
      return undefined;
    } catch (error) {
      return differenceOf(program[index], index, error as Error);
    } finally {
      this.#tamper = undefined;
      this.#closeWatches();
    }
  }

  #closeWatches(): void {
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
  }

  /** Removes what one program leaves to the next, apart from history; checks that it is gone. */
  async reset(): Promise<Difference | undefined> {
    try {
      await this.#reset();
      return undefined;
    } catch (error) {
      return differenceOf(undefined, 0, error as Error);
    }
  }

  async #reset(): Promise<void> {
    const tamper = this.#tamper;
    this.#tamper = undefined;
    await this.#disarm();
    const all = { key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) };
    await this.#call('/etcdserverpb.KV/DeleteRange', all, { user: 'root' });
    await Promise.all([this.#twins.etcd, this.#twins.ours].map(removeOwn));
    await this.#sameState();
    this.#tamper = tamper;
  }

  async #disarm(): Promise<void> {
    const path = '/etcdserverpb.Maintenance/Alarm';
    // Both, since each question is an entry of the log.
    const raised = await this.#both((twin) => twin.raw(path, new Uint8Array(0)), undefined);
    const isRaised = raised.some(
      (answer) => !('ok' in answer) || (answer.ok as AlarmResponse).alarms.length > 0,
    );
    if (!isRaised) return;
    for (const alarm of [1, 2]) {
      for (const memberID of [symbol<bigint>({ $: 'self' }), 0n, 7n, 8n]) {
        await this.#call(path, { action: 2, memberID, alarm }, { user: 'root' });
      }
    }
  }

  async #call(path: string, request: object, as?: Actor): Promise<void> {
    await this.#operation({ kind: 'call', path, request, way: 'grpc', as });
  }

  async #sameState(): Promise<void> {
    const as = { user: 'root' };
    const key = Uint8Array.of(0);
    await this.#call('/etcdserverpb.KV/Range', { key, rangeEnd: key }, as);
    await this.#call('/etcdserverpb.Lease/LeaseLeases', {}, as);
    await this.#call('/etcdserverpb.Maintenance/Alarm', {}, as);
    // By its number: "the current one" is something else after Compact(0) (docs/compatibility.md).
    const revision = symbol<number>({ $: 'now', plus: 0 });
    await this.#call('/etcdserverpb.Maintenance/HashKV', { revision }, as);
  }

  async #operation(operation: Operation): Promise<void> {
    this.operations += 1;
    switch (operation.kind) {
      case 'call':
        await this.#compareCall(operation);
        break;
      case 'body':
        await this.#compareBody(operation.route, operation.body, operation);
        break;
      case 'bytes': {
        const { path, bytes } = operation;
        const pair = await this.#both(
          (twin, token) => twin.askBytes(path, bytes, token),
          operation,
        );
        this.#assertEqual(pair.map(withoutParserWords) as unknown as Pair<unknown>);
        this.#twins.revision = Math.max(this.#twins.revision, revisionOf(pair[0]));
        break;
      }
      case 'stream': {
        const { path, way } = operation;
        const ask = (twin: Twin, token: string | undefined, i: 0 | 1): Promise<unknown> =>
          askStream(twin, way, path, [this.#resolve(operation.request, i)], token);
        this.#assertEqual(await this.#both(ask, operation));
        break;
      }
      case 'keep-alive': {
        const { way, requests } = operation;
        const path = '/etcdserverpb.Lease/LeaseKeepAlive';
        const ask = (twin: Twin, token: string | undefined, i: 0 | 1): Promise<unknown> =>
          askStream(twin, way, path, this.#resolve(requests, i), token);
        this.#assertEqual(await this.#both(ask, operation));
        break;
      }
      case 'login':
        await this.#login(operation.name, operation.password);
        break;
      case 'watch':
        await this.#watch(operation);
        break;
      case 'sync':
        await this.#sync();
        break;
      case 'reset':
        await this.#sync();
        this.#closeWatches();
        await this.#reset();
        break;
      case 'restart':
        await this.#restart(operation.signal);
        break;
      case 'expiry':
        await runExpiry(this.#twins, operation, this.#tokensOf(operation));
        break;
      case 'downgrade':
        // Versions that cannot be asked for are waited for in vain.
        await Promise.all([this.#twins.etcd, this.#twins.ours].map(removeLearners));
        await runDowngrade(this.#twins, operation, this.#tokensOf(operation));
        this.#isLogOfItsOwn = true;
        break;
      case 'queue':
        await new QueueRun(this.#twins, operation, this.#tokensOf(operation)).run();
        // What it has written moves the revision.
        await this.#call('/etcdserverpb.KV/Range', { key: markerKey }, { user: 'root' });
        break;
    }
  }

  async #compareCall(operation: Call): Promise<void> {
    const { path, way, style } = operation;
    // What a watch still finds of compacted history depends on when it looks, so all look first.
    if (path.endsWith('/Compact')) await this.#sync();
    const requests: Pair<object> = [
      this.#resolve(operation.request, 0),
      this.#resolve(operation.request, 1),
    ];
    const { label } = operation;
    const ask = (): Promise<Pair<Answer>> =>
      this.#both(
        (twin, token, i) =>
          label === undefined
            ? twin.ask(way, path, requests[i], token, style)
            : this.#make(label, twin, path, requests[i], token, i),
        operation,
      );
    let pair = await ask();
    if (path.endsWith('/HashKV') && revisionIn(requests[0]) === this.#compacted) {
      if (this.#options.areHashesComparable) pair = await this.#afterCompaction(pair, ask);
    }
    const tamper = this.#tamper?.answer;
    if (tamper !== undefined) pair = [pair[0], tamper(operation, pair[1])];
    const [theirs] = pair;
    this.#assertEqual(
      pair.map((answer) => this.#settled(path, requests[0], answer)) as unknown as Pair<unknown>,
    );
    this.#twins.revision = Math.max(this.#twins.revision, revisionOf(theirs));
    if (!('ok' in theirs)) return;
    if (path.endsWith('/Compact')) {
      this.#compacted = revisionIn(requests[0]);
      this.#wasZeroCompacted ||= this.#compacted === 0;
    }
  }

  /**
   * At the revision compacted last the answer changes when the compaction, which goes on behind its
   * own answer, is through: asked again while the two differ, for a while.
   */
  async #afterCompaction(
    first: Pair<Answer>,
    ask: () => Promise<Pair<Answer>>,
  ): Promise<Pair<Answer>> {
    let pair = first;
    for (let i = 0; i < 50 && firstDifference(...pair) !== undefined; i += 1) {
      await sleep(20);
      pair = await ask();
    }
    return pair;
  }

  /** An id of the server's choice gets a name before answers with it are compared. */
  async #make(
    label: string,
    twin: Twin,
    path: string,
    request: object,
    token: string | undefined,
    side: 0 | 1,
  ): Promise<Answer> {
    const answer = await twin.raw(path, methodOf(path).encodeRequest(request), token);
    if (!('ok' in answer)) return answer;
    const made = answer.ok as LeaseGrantResponse | MemberAddResponse;
    const id = 'ID' in made ? made.ID : (made.member?.ID ?? 0n);
    twin.names.add(id, label);
    this.#made[side].set(label, id);
    return { ok: comparable(made, twin.names) };
  }

  #settled(path: string, request: object, answer: Answer): unknown {
    if (!('ok' in answer)) return answer;
    if (path.endsWith('/Status')) {
      const { raftIndex: _, raftAppliedIndex: __, ...rest } = answer.ok as Record<string, unknown>;
      // As many as its server likes, and when it likes.
      return this.#isLogOfItsOwn ? rest : answer;
    }
    if (path.endsWith('/HashKV')) {
      const { header, ...hashed } = answer.ok as { header: unknown; hash: unknown };
      // After a compaction of revision 0 etcd answers with that one (docs/compatibility.md).
      const revision = revisionIn(request);
      if (revision === 0 && this.#wasZeroCompacted) return { header };
      // A compaction leaves a hash of its own behind once it is through, unless a start cut it off.
      const { areHashesComparable } = this.#options;
      const isStable = areHashesComparable && !this.#wasRestarted;
      if (revision === this.#compacted && !isStable) return { header };
      return areHashesComparable ? answer : { ...hashed, hash: 'any' };
    }
    return { ok: withoutTies(path, request, answer.ok) };
  }

  async #compareBody(route: string, body: string, operation: Operation): Promise<void> {
    const pair = await this.#both(
      async (twin, token) => twin.jsonAnswer(await twin.post(route, body, token)),
      operation,
    );
    this.#assertEqual(pair.map(withoutParserWords) as unknown as Pair<unknown>);
    const [theirs] = pair;
    this.#twins.revision = Math.max(this.#twins.revision, revisionOf(theirs));
  }

  async #login(name: string, password: string): Promise<void> {
    const { answers, tokens } = await this.#twins.login(name, password);
    this.#assertEqual(answers);
    if (tokens !== undefined) this.#tokens.set(name, [...(this.#tokens.get(name) ?? []), tokens]);
  }

  /** One request after the other: what each does depends on what the ones before have shown. */
  async #watch(operation: Extract<Operation, { kind: 'watch' }>): Promise<void> {
    const { stream, way } = operation;
    for (const request of operation.requests as readonly WatchRequestInit[]) {
      const pair = [this.#resolve(request, 0), this.#resolve(request, 1)] as const;
      const open = this.#watches.get(stream);
      if (open === undefined) {
        const { etcd, ours } = this.#twins;
        const opened = new WatchPair(etcd, ours, way, this.#tamper?.watch);
        this.#watches.set(stream, opened);
        const tokens = this.#tokensOf(operation);
        await opened.open(pair, [tokens?.etcd, tokens?.ours], this.#moment);
      } else if (open.way === 'grpc') {
        // A cancel may be answered before events that are on their way, which then never come.
        if (request.cancelRequest !== undefined) await this.#sync();
        await open.send(pair, this.#moment);
      }
    }
  }

  /** Streams end with it; what they have shown until then is compared. */
  async #restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#sync();
    this.#closeWatches();
    await Promise.all([this.#twins.etcd.restart(signal), this.#twins.ours.restart(signal)]);
    // A serializable read may be answered before all of the log is applied.
    await this.#call('/etcdserverpb.KV/Range', { key: markerKey });
    this.#wasRestarted = true;
    this.#isLogOfItsOwn = true;
  }

  /** All watches show all there is, and it is compared. */
  async #sync(): Promise<void> {
    const watches = [...this.#watches.values()];
    if (watches.length === 0) return;
    const farthest = Math.max(...watches.map(({ farthestStart }) => farthestStart));
    let isMarkerRefused = false;
    // A watch with a start in the future keeps its stream from reporting progress.
    for (let i = 0; i < 200; i += 1) {
      const before = this.#twins.revision;
      await this.#call('/etcdserverpb.KV/Put', { key: markerKey }, { user: 'root' });
      // An alarm, or no right to.
      isMarkerRefused = this.#twins.revision === before;
      if (isMarkerRefused) break;
      for (const watch of watches) watch.markerWritten();
      if (this.#twins.revision >= farthest) break;
    }
    for (const [number, watch] of this.#watches) {
      await watch.settle(this.#twins.revision);
      const difference = watch.firstDifference();
      if (difference !== undefined) throw new Differs(`watch stream: ${difference}`);
      if (!isMarkerRefused || !watch.isBlind(this.#twins.revision)) continue;
      // A compaction, or a cancel, could now overtake what it has to show.
      watch.close();
      this.#watches.delete(number);
    }
  }

  get #moment(): Moment {
    return { revision: this.#twins.revision, compacted: this.#compacted };
  }

  async #both<T>(
    ask: (twin: Twin, token: string | undefined, i: 0 | 1) => Promise<T>,
    operation: Operation | undefined,
  ): Promise<Pair<T>> {
    const tokens = operation === undefined ? undefined : this.#tokensOf(operation);
    const { etcd, ours } = this.#twins;
    return await Promise.all([ask(etcd, tokens?.etcd, 0), ask(ours, tokens?.ours, 1)]);
  }

  #tokensOf({ as }: Operation): TokenPair | undefined {
    if (as === undefined) return undefined;
    if (as.token === 'garbage') return { etcd: 'no.1', ours: 'no.1' };
    const pair = this.#tokens.get(as.user)?.at(as.token === 'oldest' ? 0 : -1);
    if (pair === undefined || as.token !== 'other') return pair;
    return { etcd: pair.ours, ours: pair.etcd };
  }

  #resolve<T>(value: T, side: 0 | 1): T {
    const { etcd, ours, revision } = this.#twins;
    const twin = side === 0 ? etcd : ours;
    return resolve(value, {
      revision,
      compacted: Math.max(0, this.#compacted),
      self: twin.memberId,
      peerUrl: twin.cluster.member(0).peerUrl,
      made: this.#made[side],
    });
  }

  #assertEqual([theirs, ours]: Pair<unknown>): void {
    const difference = firstDifference(theirs, ours);
    if (difference !== undefined) throw new Differs(difference);
  }
}

function revisionIn(request: object): number {
  return (request as { readonly revision?: number }).revision ?? 0;
}

function differenceOf(operation: Operation | undefined, index: number, error: Error): Difference {
  const { message, cause, stack } = error;
  const unexpected = typeof cause === 'string' ? `${message}: ${cause}` : (stack ?? message);
  const what = error instanceof Differs ? message : unexpected;
  const place = message.split(/[:,]/)[0]?.replaceAll(/\d+/g, 'N');
  const path = operation !== undefined && 'path' in operation ? operation.path : '';
  return { index, what, kind: `${operation?.kind ?? 'state'} ${path} ${place}` };
}

/** What the parsers say of broken JSON or protobuf is theirs alone (docs/compatibility.md). */
function withoutParserWords(answer: Answer): unknown {
  if ('ok' in answer) return answer;
  const { code, message, http } = answer;
  const isParser = code === 13 || (code === 3 && !message.startsWith('etcdserver:'));
  return isParser ? { code, http } : answer;
}

/** Leases and learners, each server its own. */
async function removeOwn(twin: Twin): Promise<void> {
  const ask = asker(twin);
  const leases = (await ask('/etcdserverpb.Lease/LeaseLeases', {})) as LeaseLeasesResponse;
  for (const { ID } of leases.leases) await ask('/etcdserverpb.Lease/LeaseRevoke', { ID });
  await removeLearners(twin);
}

async function removeLearners(twin: Twin): Promise<void> {
  const ask = asker(twin);
  const members = (await ask('/etcdserverpb.Cluster/MemberList', {})) as MemberListResponse;
  for (const { ID } of members.members.filter(({ isLearner }) => isLearner)) {
    await ask('/etcdserverpb.Cluster/MemberRemove', { ID });
  }
}

function asker(twin: Twin): (path: string, request: object) => Promise<unknown> {
  return async (path, request) => {
    const answer = await twin.raw(path, methodOf(path).encodeRequest(request));
    if ('ok' in answer) return answer.ok;
    throw new Error(`${twin.name} ${path}: ${answer.message}`);
  };
}
