import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { EtcdCluster, EtcdClusterStatus } from '../api/etcd-cluster.ts';
import type { MemberPlan, VolumePlan } from '../api/member-plan.ts';
import { executeForgetLeader, executeMemberAction } from '../execute/member-actions.ts';
import { failoverBounds } from '../failover/bounds.ts';
import { MemberClient } from '../member-client/member-client.ts';
import { FailoverStreams } from '../observe/failover-streams.ts';
import { observeMembers } from '../observe/observe-members.ts';
import type { Action } from '../reconcile/action.ts';
import type {
  FailoverRecord,
  MemberView,
  Observed,
  ObservedVolume,
} from '../reconcile/observed.ts';
import type { MemberAddresses } from '../reconcile/outcome.ts';
import { serverFlags } from '../resources/server-flags.ts';
import { type LocalState, type LocalWorkload, readState, replaceFile } from './state-file.ts';
import { type ProcessPlan, Supervisor } from './supervisor.ts';

export type LocalClusterOptions = {
  readonly dir: string;
  readonly clusterName: string;
  readonly basePort: number;
  /** Program and leading arguments that start `etcd-ts`. */
  readonly program: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Something that a failover or the next pass could depend on has changed. */
  readonly onChange: () => void;
  /** What was done, in a sentence. */
  readonly onEvent: (message: string) => void;
};

/** Of a status: what changes with every write and is observed again anyway. */
const movingFigures: ReadonlySet<string> = new Set([
  'revision',
  'raftIndex',
  'raftAppliedIndex',
  'dbSize',
  'dbSizeInUse',
]);
/** The last file of a volume to be written and the first to be deleted: it makes a directory a volume. */
const VOLUME_ID_FILE = 'volume-id';

/**
 * The embedded default's edge: the same Observed and the same Actions as in Kubernetes, with a
 * supervised process for a StatefulSet, a directory for a volume claim and a file for the API
 * server's memory.
 */
export class LocalCluster {
  readonly #options: LocalClusterOptions;
  readonly #stateFile: string;
  readonly #supervisors = new Map<string, Supervisor>();
  readonly #clients = new Map<string, MemberClient>();
  readonly #streams: FailoverStreams;
  #state: LocalState;
  #views: readonly MemberView[] = [];
  #failovers: readonly FailoverRecord[] = [];
  #savedStatus = '';
  #stopping = false;

  constructor(options: LocalClusterOptions) {
    this.#options = options;
    this.#stateFile = join(options.dir, 'up-state.json');
    this.#state = readState(this.#stateFile) ?? {
      uid: randomUUID(),
      clusterName: options.clusterName,
      basePort: options.basePort,
      workloads: [],
      objects: [],
      status: undefined,
    };
    this.#streams = new FailoverStreams(
      options.clock,
      (endpoint) => new MemberClient(endpoint),
      options.onChange,
    );
  }

  /** Starts the members that an earlier run had. */
  start(): void {
    for (const workload of this.#state.workloads) this.#supervise(workload.plan);
  }

  get uid(): string {
    return this.#state.uid;
  }

  /** Why this directory's cluster cannot be run under this name and port; undefined when it can. */
  get mismatch(): string | undefined {
    const { dir, clusterName, basePort } = this.#options;
    const state = this.#state;
    if (state.clusterName !== clusterName) {
      return `${dir} holds the cluster "${state.clusterName}", not "${clusterName}"`;
    }
    if (state.basePort === basePort) return undefined;
    return `the members in ${dir} know each other by --port ${state.basePort}, not ${basePort}`;
  }

  get status(): EtcdClusterStatus | undefined {
    return this.#state.status;
  }

  get workloads(): readonly LocalWorkload[] {
    return this.#state.workloads;
  }

  pidOf(memberName: string): number | undefined {
    return this.#supervisors.get(memberName)?.pid;
  }

  dataDirOf(memberName: string): string {
    return join(this.#volumeDir(memberName), 'data');
  }

  /** Kept for the next pass and, except for figures that move all the time, for the next run. */
  keepStatus(status: EtcdClusterStatus): void {
    this.#state = { ...this.#state, status };
    const lasting = JSON.stringify(status, (key, value: unknown) =>
      movingFigures.has(key) ? undefined : value,
    );
    if (lasting === this.#savedStatus) return;
    this.#savedStatus = lasting;
    this.#save({ status });
  }

  /** Asks every member for its view; `observe` shows what was heard last. */
  async refreshViews(): Promise<void> {
    const members = this.#state.workloads.flatMap(({ plan }) => {
      const client = this.#clientOf(plan.name);
      return client === undefined ? [] : [{ memberName: plan.name, client }];
    });
    this.#views = await observeMembers(members);
    await Promise.all(this.#state.workloads.map(({ plan }) => this.#checkReady(plan)));
  }

  observe(): Observed {
    const instances = [...this.#supervisors.values()].map((supervisor) => supervisor.observed());
    this.#streams.setTargets(
      instances.flatMap((instance) => {
        const plan = this.#planOf(instance.memberName);
        const endpoint = plan?.clientUrl;
        // A dead instance keeps its stream: that it broke and is refused is the evidence.
        if (endpoint === undefined || instance.container.state === 'waiting') return [];
        return [{ memberName: instance.memberName, instanceUid: instance.uid, endpoint }];
      }),
    );
    return {
      objects: this.#state.objects,
      workloads: this.#state.workloads.map(({ uid, plan }) => ({
        memberName: plan.name,
        uid,
        ordinal: plan.ordinal,
        birth: plan.birth,
        templateHash: plan.templateHash,
        volumeId: plan.volumeId,
        isBeingDeleted: false,
      })),
      volumes: this.#volumes(),
      instances,
      takenNames: [],
      views: this.#views,
      streams: this.#streams.observed(),
      failovers: this.#failovers,
    };
  }

  async execute(action: Action): Promise<void> {
    if (this.#stopping) throw new Error('stopping');
    switch (action.kind) {
      case 'apply-object':
        this.#rememberObject(action.object.kind ?? '', action.object.metadata?.name ?? '', action);
        return;
      case 'ensure-volume':
        this.#ensureVolume(action.volume);
        return;
      case 'retain-volume':
        // A directory of a member that is gone is in nobody's way; its marker says whose it was.
        this.#writeVolumeId(action.memberName, `${action.volumeId} retained`);
        return;
      case 'delete-volume':
        rmSync(join(this.#volumeDir(action.memberName), VOLUME_ID_FILE), { force: true });
        rmSync(this.#volumeDir(action.memberName), { recursive: true, force: true });
        return;
      case 'ensure-member':
        await this.#ensureMember(action.member);
        return;
      case 'delete-member':
        await this.#deleteMember(action.memberName);
        return;
      case 'record-volume':
        this.#recordVolume(action.memberName, action.volumeId);
        return;
      case 'start-instance':
        return;
      case 'add-learner':
      case 'promote-member':
      case 'remove-member':
      case 'move-leader':
        await executeMemberAction(action, (name) => this.#clientOf(name));
        return;
      case 'forget-leader':
        await this.#forgetLeader(action);
        return;
      case 'emit-event':
        this.#options.onEvent(`${action.reason}: ${action.message}`);
        return;
    }
  }

  /** Followers first, the leader last, so that it has somebody to hand over to until the end. */
  async stop(leaderName: string | undefined): Promise<void> {
    this.#stopping = true;
    this.#streams.close();
    const names = [...this.#supervisors.keys()];
    const followers = names.filter((name) => name !== leaderName);
    await Promise.all(followers.map((name) => this.#supervisors.get(name)?.stop()));
    if (leaderName !== undefined) await this.#supervisors.get(leaderName)?.stop();
    for (const client of this.#clients.values()) client.close();
  }

  /** Ends all members without asking them. */
  kill(): void {
    for (const supervisor of this.#supervisors.values()) supervisor.kill();
  }

  /** Recorded first: while it is under way another pass must not start a second one. */
  async #forgetLeader(action: Extract<Action, { kind: 'forget-leader' }>): Promise<void> {
    const record: FailoverRecord = {
      atMs: this.#options.clock.wallMs(),
      leader: action.leaderId,
      term: action.term,
      candidate: action.candidate,
      evidence: action.evidence,
    };
    this.#failovers = [...this.#failovers, record].slice(-failoverBounds.recordsMax);
    const clientOf = (name: string) => this.#clientOf(name);
    const { campaigned, answers } = await executeForgetLeader(action, clientOf, this.#options.log);
    if (campaigned) return;
    throw new Error(`${action.leaderName} was not forgotten: ${answers.join(', ')}`);
  }

  #rememberObject(kind: string, name: string, action: { readonly hash: string }): void {
    const others = this.#state.objects.filter((o) => o.kind !== kind || o.name !== name);
    const uid = `${kind}/${name}`;
    const remembered = { kind, name, uid, hash: action.hash, isBeingDeleted: false };
    this.#save({ objects: [...others, remembered] });
  }

  #ensureVolume(volume: VolumePlan): void {
    mkdirSync(this.#volumeDir(volume.memberName), { recursive: true, mode: 0o700 });
    if (this.#volumeId(volume.memberName) === undefined) {
      this.#writeVolumeId(volume.memberName, `${randomUUID()} ${volume.hash}`);
    }
  }

  #volumes(): readonly ObservedVolume[] {
    const names = readdirSync(this.#options.dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    return names.flatMap((memberName) => {
      const marker = this.#volumeId(memberName);
      if (marker === undefined) return [];
      const [id = '', hash = ''] = marker.split(' ');
      const isRetained = marker.endsWith(' retained');
      const name = this.#volumeDir(memberName);
      return [{ memberName, name, id, state: 'bound' as const, isRetained, hash }];
    });
  }

  async #ensureMember(plan: MemberPlan): Promise<void> {
    const known = this.#state.workloads.find((workload) => workload.plan.name === plan.name);
    const workload: LocalWorkload = { uid: known?.uid ?? randomUUID(), plan };
    const others = this.#state.workloads.filter((other) => other.plan.name !== plan.name);
    // Remembered before it runs: a run that ends in between starts it the next time.
    this.#save({ workloads: [...others, workload].sort(byOrdinal) });
    const supervisor = this.#supervisors.get(plan.name);
    if (supervisor === undefined) this.#supervise(plan);
    else await supervisor.update(this.#processPlan(plan));
  }

  async #deleteMember(memberName: string): Promise<void> {
    const supervisor = this.#supervisors.get(memberName);
    await supervisor?.stop();
    this.#supervisors.delete(memberName);
    this.#clients.get(memberName)?.close();
    this.#clients.delete(memberName);
    this.#save({
      workloads: this.#state.workloads.filter(({ plan }) => plan.name !== memberName),
    });
  }

  #recordVolume(memberName: string, volumeId: string): void {
    this.#save({
      workloads: this.#state.workloads.map((workload) =>
        workload.plan.name === memberName
          ? { ...workload, plan: { ...workload.plan, volumeId } }
          : workload,
      ),
    });
  }

  #supervise(plan: MemberPlan): void {
    this.#supervisors.set(plan.name, new Supervisor(this.#processPlan(plan), this.#options));
  }

  #processPlan(plan: MemberPlan): ProcessPlan {
    const [command = '', ...leading] = this.#options.program;
    const flags = serverFlags(plan, {
      dataDir: this.dataDirOf(plan.name),
      listenPeerUrl: plan.peerUrl,
      listenClientUrl: plan.clientUrl,
      listenMetricsUrl: undefined,
    });
    return {
      memberName: plan.name,
      templateHash: plan.templateHash,
      command,
      args: [...leading, 'server', ...flags],
      logFile: join(this.#options.dir, `${plan.name}.log`),
      recordFile: join(this.#options.dir, `${plan.name}.pid`),
    };
  }

  async #checkReady(plan: MemberPlan): Promise<void> {
    const supervisor = this.#supervisors.get(plan.name);
    if (supervisor === undefined) return;
    try {
      const answer = await fetch(`${plan.clientUrl}/readyz`, {
        signal: AbortSignal.timeout(2_000),
      });
      await answer.arrayBuffer();
      supervisor.setReady(answer.ok);
    } catch {
      supervisor.setReady(false);
    }
  }

  #clientOf(memberName: string): MemberClient | undefined {
    const plan = this.#planOf(memberName);
    if (plan === undefined) return undefined;
    const known = this.#clients.get(memberName);
    if (known !== undefined && known.endpoint === plan.clientUrl) return known;
    known?.close();
    const client = new MemberClient(plan.clientUrl);
    this.#clients.set(memberName, client);
    return client;
  }

  #planOf(memberName: string): MemberPlan | undefined {
    return this.#state.workloads.find(({ plan }) => plan.name === memberName)?.plan;
  }

  #volumeDir(memberName: string): string {
    return join(this.#options.dir, memberName);
  }

  #volumeId(memberName: string): string | undefined {
    const file = join(this.#volumeDir(memberName), VOLUME_ID_FILE);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  }

  #writeVolumeId(memberName: string, id: string): void {
    replaceFile(join(this.#volumeDir(memberName), VOLUME_ID_FILE), `${id}\n`);
  }

  #save(change: Partial<LocalState>): void {
    this.#state = { ...this.#state, ...change };
    replaceFile(this.#stateFile, `${JSON.stringify(this.#state, undefined, 2)}\n`);
  }
}

function byOrdinal(a: LocalWorkload, b: LocalWorkload): number {
  return a.plan.ordinal - b.plan.ordinal;
}

/** Ports on loopback by ordinal: member 0 has etcd's own 2379 and 2380, the next ten higher. */
export function loopbackAddresses(basePort: number): MemberAddresses {
  return {
    of: (_cluster: EtcdCluster, _memberName: string, ordinal: number) => ({
      clientUrl: `http://127.0.0.1:${basePort + 10 * ordinal}`,
      peerUrl: `http://127.0.0.1:${basePort + 10 * ordinal + 1}`,
    }),
    clientEndpoint: () => `http://127.0.0.1:${basePort}`,
  };
}
