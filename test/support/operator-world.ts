/**
 * A small model of Kubernetes and etcd for the operator's closed loop: workloads keep one instance
 * each alive, volumes carry a member's identity, voters elect and replicate. It executes actions
 * like a real executor and complains (`violations`) when one of them was a danger:
 * - an empty disk under an identity that has already served,
 * - a voter stopped by the operator while another voter was down for the operator's doing,
 * - a removal, an addition or a restart that leaves the intact voters short of a quorum,
 * - the process of a listed voter ended by the deletion of its workload or volume.
 */
import { type Random } from '../../src/base/random.ts';
import type { EtcdCluster } from '../../src/operator/api/etcd-cluster.ts';
import type { MemberBirth } from '../../src/operator/api/member-plan.ts';
import type { Action } from '../../src/operator/reconcile/action.ts';
import type {
  ListedMember,
  MemberView,
  Observed,
  ObservedInstance,
} from '../../src/operator/reconcile/observed.ts';
import { addressOf } from './operator-fixtures.ts';

type Workload = {
  uid: string;
  ordinal: number;
  birth: MemberBirth;
  templateHash: string;
  volumeId: string;
  deleting: boolean;
};
type Volume = {
  id: string;
  hash: string;
  retained: boolean;
  deleting: boolean;
  memberId: bigint;
  index: number;
};
type Instance = {
  uid: string;
  hash: string;
  gated: boolean;
  ticksToRun: number;
  stopping: number;
  stoppedByOperator: boolean;
  memberId: bigint;
  exited: boolean;
};
type Listed = { id: bigint; name: string; peerUrl: string; isLearner: boolean; hasServed: boolean };

export class World {
  readonly violations: string[] = [];
  readonly workloads = new Map<string, Workload>();
  readonly volumes = new Map<string, Volume>();
  readonly instances = new Map<string, Instance>();
  readonly objects = new Map<string, { kind: string; name: string; hash: string }>();
  members: Listed[] = [];
  leader = 0n;
  term = 1;
  committed = 0;
  isFormed = false;
  readonly events: string[] = [];
  readonly #random: Random;
  #cluster: EtcdCluster;
  #serial = 0;

  constructor(cluster: EtcdCluster, random: Random) {
    this.#cluster = cluster;
    this.#random = random;
  }

  set cluster(cluster: EtcdCluster) {
    this.#cluster = cluster;
  }

  /** One step of everybody but the operator. */
  tick(): void {
    this.#runWorkloads();
    this.#runInstances();
    this.#elect();
    this.#replicate();
    this.#collect();
  }

  observe(unreachable: (name: string) => boolean): Observed {
    return {
      objects: [...this.objects.values()].map((one) => ({
        ...one,
        uid: one.name,
        isBeingDeleted: false,
      })),
      workloads: [...this.workloads].map(([memberName, { deleting, ...rest }]) => ({
        memberName,
        ...rest,
        isBeingDeleted: deleting,
      })),
      volumes: this.#observedVolumes(),
      instances: [...this.instances].map(([memberName, one]) =>
        this.#observedInstance(memberName, one),
      ),
      takenNames: [],
      views: [...this.workloads.keys()].map((name) => this.#view(name, unreachable(name))),
      streams: [],
      failovers: [],
    };
  }

  /** Returns false when the action fails: nothing after it in the pass is executed. */
  execute(action: Action): boolean {
    switch (action.kind) {
      case 'apply-object': {
        const { kind = '', metadata } = action.object;
        const name = metadata?.name ?? '';
        this.objects.set(`${kind}/${name}`, { kind, name, hash: action.hash });
        return true;
      }
      case 'ensure-volume':
        return this.#ensureVolume(action.volume.memberName, action.volume.hash);
      case 'retain-volume':
        return this.#withVolume(action.memberName, action.volumeId, (volume) => {
          volume.retained = true;
        });
      case 'delete-volume':
        return this.#withVolume(action.memberName, action.volumeId, (volume) => {
          if (this.#isVoter(action.memberName))
            this.#accuse(`deletes the volume of voter ${action.memberName}`);
          volume.deleting = true;
        });
      case 'ensure-member':
        return this.#ensureMember(action.member);
      case 'delete-member':
        return this.#deleteMember(action.memberName, action.uid);
      case 'record-volume': {
        const workload = this.workloads.get(action.memberName);
        if (workload === undefined) return false;
        if (workload.volumeId !== '') this.#accuse(`re-binds ${action.memberName}`);
        workload.volumeId = action.volumeId;
        return true;
      }
      case 'start-instance': {
        const instance = this.instances.get(action.memberName);
        if (instance?.uid !== action.instanceUid) return false;
        instance.gated = false;
        return true;
      }
      case 'add-learner':
        return this.#addLearner(action.memberName, action.peerUrl);
      case 'promote-member':
        return this.#promote(action.memberId);
      case 'remove-member':
        return this.#remove(action.memberId);
      case 'move-leader':
        return this.#moveLeader(action.toId);
      case 'forget-leader':
        return true;
      case 'emit-event':
        this.events.push(action.reason);
        return true;
    }
  }

  // ---- chaos

  /** The process dies and its pod comes back. */
  kill(name: string): void {
    const instance = this.instances.get(name);
    if (instance === undefined) return;
    this.instances.delete(name);
  }

  /** Pod and disk are gone for good. */
  loseVolume(name: string): void {
    this.kill(name);
    this.volumes.delete(name);
  }

  deleteWorkload(name: string): void {
    this.workloads.delete(name);
    this.kill(name);
  }

  allVotersRun(): boolean {
    return (
      this.leader !== 0n &&
      this.members.every(({ isLearner, id }) => isLearner || this.#isCaughtUp(id)) &&
      this.members.every(({ isLearner }) => !isLearner)
    );
  }

  voters(): readonly Listed[] {
    return this.members.filter(({ isLearner }) => !isLearner);
  }

  // ---- the model

  #runWorkloads(): void {
    for (const [name, workload] of this.workloads) {
      const instance = this.instances.get(name);
      if (workload.deleting) {
        if (instance === undefined) this.workloads.delete(name);
        else if (instance.stopping === 0) instance.stopping = 2;
        continue;
      }
      if (instance === undefined) {
        this.#serial += 1;
        const isMemory = this.#isMemory();
        const uid = `pod-${this.#serial}`;
        this.instances.set(name, {
          uid,
          hash: workload.templateHash,
          gated: isMemory,
          ticksToRun: 1 + this.#random.below(3),
          stopping: 0,
          stoppedByOperator: false,
          memberId: 0n,
          exited: false,
        });
        if (isMemory) this.volumes.set(name, emptyVolume(uid));
      } else if (instance.hash !== workload.templateHash && instance.stopping === 0) {
        // The controller takes its time: the old pod looks healthy until then.
        if (this.#random.below(3) > 0) continue;
        instance.stopping = 1 + this.#random.below(2);
      }
    }
  }

  #runInstances(): void {
    for (const [name, instance] of this.instances) {
      if (!this.workloads.has(name) && instance.stopping === 0) instance.stopping = 1;
      if (instance.stopping > 0) {
        instance.stopping -= 1;
        if (instance.stopping === 0) this.#end(name);
        continue;
      }
      if (instance.gated || instance.memberId !== 0n || instance.exited) continue;
      if (this.#hasDisk(name) && instance.ticksToRun > 0) instance.ticksToRun -= 1;
      if (instance.ticksToRun === 0) this.#start(name, instance);
    }
  }

  #end(name: string): void {
    this.instances.delete(name);
    if (this.#isMemory()) this.volumes.delete(name);
  }

  #hasDisk(name: string): boolean {
    const volume = this.volumes.get(name);
    return volume !== undefined && (this.#isMemory() || !volume.deleting);
  }

  #start(name: string, instance: Instance): void {
    const volume = this.volumes.get(name);
    const workload = this.workloads.get(name);
    if (volume === undefined || workload === undefined) return;
    if (volume.memberId === 0n) {
      const { peerUrl } = addressOf(this.#cluster, name);
      const { birth } = workload;
      if (birth.initialClusterState === 'new') this.#found(birth);
      const listed = this.members.find((one) => one.peerUrl === peerUrl);
      if (listed === undefined) {
        instance.exited = true;
        return;
      }
      if (listed.hasServed) this.#accuse(`${name} starts empty under an identity that has served`);
      listed.hasServed = true;
      listed.name = name;
      volume.memberId = listed.id;
    }
    if (!this.members.some(({ id }) => id === volume.memberId)) {
      instance.exited = true;
      return;
    }
    instance.memberId = volume.memberId;
  }

  #found(birth: MemberBirth): void {
    const isAlive = [...this.volumes.values()].some(({ memberId }) => memberId !== 0n);
    if (this.members.length > 0 && (this.isFormed || isAlive)) return;
    this.members = birth.initialCluster.map(({ name, peerUrl }) => {
      this.#serial += 1;
      return { id: BigInt(this.#serial), name, peerUrl, isLearner: false, hasServed: false };
    });
  }

  #elect(): void {
    const running = this.voters().filter(({ id }) => this.#runs(id));
    const hasQuorum = running.length >= quorum(this.voters().length) && running.length > 0;
    if (!hasQuorum) {
      this.leader = 0n;
      return;
    }
    this.isFormed = true;
    if (running.some(({ id }) => id === this.leader)) return;
    // Only a voter with every committed entry can win.
    const able = running.filter(({ id }) => this.#indexOf(id) >= this.committed);
    if (able.length === 0) {
      this.#accuse('committed entries are lost');
      return;
    }
    this.term += 1;
    this.leader = able[this.#random.below(able.length)]?.id ?? 0n;
  }

  #replicate(): void {
    if (this.leader === 0n) return;
    this.committed += 1;
    for (const { id } of this.members) {
      if (!this.#runs(id)) continue;
      const volume = this.#volumeOf(id);
      if (volume === undefined) continue;
      const isNear = this.committed - volume.index < 20;
      volume.index = isNear
        ? this.committed
        : volume.index + Math.ceil((this.committed - volume.index) / 2);
    }
    // A commit needs a quorum, which has run: the fastest voters hold it.
    for (const { id } of this.voters()) {
      const volume = this.#volumeOf(id);
      if (volume !== undefined && this.#runs(id)) volume.index = this.committed;
    }
  }

  /** Deleted claims go when no pod holds them; pods whose restart the operator caused recover. */
  #collect(): void {
    for (const [name, volume] of this.volumes) {
      if (volume.deleting && !this.instances.has(name)) this.volumes.delete(name);
    }
    for (const name of this.#ourDown) {
      const listed = this.members.find((one) => one.name === name);
      if (listed === undefined || this.#isCaughtUp(listed.id)) this.#ourDown.delete(name);
    }
  }

  readonly #ourDown = new Set<string>();

  #ensureVolume(name: string, hash: string): boolean {
    const volume = this.volumes.get(name);
    if (volume === undefined) {
      this.#serial += 1;
      this.volumes.set(name, { ...emptyVolume(`disk-${this.#serial}`), hash });
    } else volume.hash = hash;
    return true;
  }

  #withVolume(name: string, id: string, change: (volume: Volume) => void): boolean {
    const volume = this.volumes.get(name);
    if (volume?.id === id) change(volume);
    return true;
  }

  #ensureMember(plan: Extract<Action, { kind: 'ensure-member' }>['member']): boolean {
    const { name, ordinal, birth, templateHash, volumeId } = plan;
    const present = this.workloads.get(name);
    if (present?.deleting === true) return false;
    if (birth.initialClusterState === 'new' && present === undefined && this.#wasServed(name)) {
      this.#accuse(`${name} is born again`);
    }
    if (present !== undefined && present.templateHash !== templateHash)
      this.#stopOne(name, 'restarts');
    this.#serial += 1;
    const uid = present?.uid ?? `workload-${this.#serial}`;
    this.workloads.set(name, { uid, ordinal, birth, templateHash, volumeId, deleting: false });
    return true;
  }

  #wasServed(name: string): boolean {
    return this.isFormed && this.members.some((one) => one.name === name && one.hasServed);
  }

  #deleteMember(name: string, uid: string): boolean {
    const workload = this.workloads.get(name);
    if (workload?.uid !== uid) return true;
    if (this.#isVoter(name)) this.#accuse(`deletes the workload of voter ${name}`);
    workload.deleting = true;
    return true;
  }

  #stopOne(name: string, verb: string): void {
    const listed = this.members.find((one) => one.name === name);
    // Before there is a leader nothing depends on anybody yet.
    if (!this.isFormed || listed === undefined || listed.isLearner) return;
    if (!this.#runs(listed.id)) return;
    const others = [...this.#ourDown].filter((one) => one !== name);
    if (others.length > 0) this.#accuse(`${verb} ${name} while ${others.join()} is down for it`);
    if (listed.id === this.leader && this.voters().length > 1)
      this.#accuse(`${verb} leader ${name}`);
    this.#ourDown.add(name);
  }

  #addLearner(name: string, peerUrl: string): boolean {
    if (this.leader === 0n) return false;
    if (this.members.some((one) => one.peerUrl === peerUrl)) return true;
    if (this.members.some(({ isLearner }) => isLearner)) return false;
    if (this.volumes.has(name)) this.#accuse(`adds ${name}, whose disk is not new`);
    this.#serial += 1;
    const id = BigInt(this.#serial);
    this.members.push({ id, name: '', peerUrl, isLearner: true, hasServed: false });
    return true;
  }

  #promote(id: bigint): boolean {
    const listed = this.members.find((one) => one.id === id);
    if (this.leader === 0n || listed === undefined) return false;
    if (!listed.isLearner) return true;
    if (this.#indexOf(id) < this.committed * 0.9) return false;
    const intact = this.voters().filter((one) => this.#runs(one.id)).length + 1;
    if (intact < quorum(this.voters().length + 1)) this.#accuse('promotes into a lost quorum');
    listed.isLearner = false;
    return true;
  }

  #remove(id: bigint): boolean {
    if (this.leader === 0n) return false;
    const listed = this.members.find((one) => one.id === id);
    if (listed === undefined) return true;
    const rest = this.voters().filter((one) => one !== listed);
    if (!listed.isLearner) {
      if (id === this.leader) this.#accuse(`removes the leader ${listed.name}`);
      const running = rest.filter((one) => this.#runs(one.id));
      if (running.length < quorum(rest.length)) return false; // etcd refuses: unhealthy cluster
    }
    this.members = this.members.filter((one) => one !== listed);
    this.#ourDown.delete(listed.name);
    for (const instance of this.instances.values()) {
      if (instance.memberId !== id) continue;
      instance.memberId = 0n;
      instance.exited = true;
    }
    return true;
  }

  #moveLeader(to: bigint): boolean {
    const target = this.voters().find(({ id }) => id === to);
    if (this.leader === 0n || target === undefined || !this.#runs(to)) return false;
    this.leader = to;
    this.term += 1;
    return true;
  }

  #view(name: string, isUnreachable: boolean): MemberView {
    const instance = this.instances.get(name);
    if (
      isUnreachable ||
      instance === undefined ||
      instance.memberId === 0n ||
      instance.stopping > 0
    ) {
      return { kind: 'unreachable', memberName: name, reason: 'connection refused' };
    }
    const listed = this.members.find(({ id }) => id === instance.memberId);
    const isLearner = listed?.isLearner === true;
    const members = this.members.map(
      ({ id, name, peerUrl, isLearner }): ListedMember => ({
        id,
        name,
        peerUrls: [peerUrl],
        clientUrls: [],
        isLearner,
      }),
    );
    const index = this.#indexOf(instance.memberId);
    return {
      kind: 'reported',
      memberName: name,
      report: {
        clusterId: 0xc1n,
        memberId: instance.memberId,
        leader: this.leader,
        term: this.term,
        raftIndex: index,
        raftAppliedIndex: index,
        revision: index,
        version: '3.7.0',
        dbSize: 1,
        dbSizeInUse: 1,
        isLearner,
        alarms: [],
        errors: [],
        memberList: isLearner ? undefined : { isConfirmed: this.leader !== 0n, members },
      },
    };
  }

  #observedVolumes(): Observed['volumes'] {
    return [...this.volumes].map(([memberName, { id, hash, retained, deleting }]) => ({
      memberName,
      name: `data-${memberName}`,
      id,
      state: deleting ? 'deleting' : 'bound',
      isRetained: retained,
      hash,
    }));
  }

  #observedInstance(memberName: string, one: Instance): ObservedInstance {
    const container: ObservedInstance['container'] = one.exited
      ? { state: 'terminated', reason: 'Error', exitCode: 1 }
      : one.memberId !== 0n
        ? { state: 'running', startedMs: 0 }
        : { state: 'waiting', reason: 'ContainerCreating' };
    const listed = this.members.find(({ id }) => id === one.memberId);
    return {
      memberName,
      uid: one.uid,
      name: `${memberName}-0`,
      templateHash: one.hash,
      isReady: listed?.isLearner === false && this.leader !== 0n && one.stopping === 0,
      container,
      restartCount: 0,
      isGated: one.gated,
      isBeingDeleted: one.stopping > 0,
      nodeName: 'node-a',
      isNodeGone: false,
    };
  }

  #isMemory(): boolean {
    return this.#cluster.spec.storageSpec.medium === 'Memory';
  }

  #isVoter(name: string): boolean {
    return this.isFormed && this.members.some((one) => one.name === name && !one.isLearner);
  }

  #runs(id: bigint): boolean {
    for (const { memberId, stopping } of this.instances.values()) {
      if (memberId === id && stopping === 0) return true;
    }
    return false;
  }

  #isCaughtUp(id: bigint): boolean {
    return this.#runs(id) && this.#indexOf(id) >= this.committed;
  }

  #volumeOf(id: bigint): Volume | undefined {
    return [...this.volumes.values()].find(({ memberId }) => memberId === id);
  }

  #indexOf(id: bigint): number {
    return this.#volumeOf(id)?.index ?? 0;
  }

  #accuse(what: string): void {
    this.violations.push(`the operator ${what}`);
  }
}

function emptyVolume(id: string): Volume {
  return { id, hash: '', retained: false, deleting: false, memberId: 0n, index: 0 };
}

function quorum(voters: number): number {
  return Math.floor(voters / 2) + 1;
}
