import { broken } from '../../base/assert.ts';
import { emptyBytes, utf8Bytes, utf8Text } from '../../base/bytes.ts';
import { servedEtcdVersion } from '../../version.ts';
import type { ReadTxn, WriteTxn } from '../backend/backend.ts';
import { limits } from '../config/limits.ts';
import { EtcdError } from '../errors.ts';
import { type ConfChange, ConfChangeType, type ConfState } from '../proto/generated/raftpb.ts';
import { parseBigJson } from '../proto/ids.ts';
import { compareVersions, type EtcdVersion, maybeParseVersion } from './etcd-version.ts';
import { idHex, type Member, sortMembers } from './member.ts';
import { confStateJson, memberJson, parseMemberJson } from './member-json.ts';

export type Downgrade = { readonly enabled: boolean; readonly targetVersion: string };

const clusterVersionKey = utf8Bytes('clusterVersion');
const downgradeKey = utf8Bytes('downgrade');
export const confStateKey = utf8Bytes('confState');
const removedMark = utf8Bytes('removed');

/**
 * Who belongs to the cluster, as the log says: members, ids that are gone for good, the cluster
 * version. Changes only through the applier, in its transaction.
 */
export class Membership {
  readonly #members = new Map<bigint, Member>();
  readonly #removed = new Set<bigint>();
  readonly #learnersMax: number;
  #clusterVersion: string | undefined;
  readonly #formerVersions = new Set<string>();
  #downgrade: Downgrade = { enabled: false, targetVersion: '' };

  private constructor(learnersMax: number) {
    this.#learnersMax = learnersMax;
  }

  static load(txn: ReadTxn, learnersMax: number = limits.learnersMax): Membership {
    const membership = new Membership(learnersMax);
    for (const [, value] of txn.range('members', emptyBytes, undefined)) {
      const { isPromote: _, ...member } = parseMemberJson(utf8Text(value));
      membership.#members.set(member.id, member);
    }
    for (const [key] of txn.range('members_removed', emptyBytes, undefined)) {
      membership.#removed.add(BigInt(`0x${utf8Text(key)}`));
    }
    const version = txn.get('cluster', clusterVersionKey);
    if (version !== undefined) {
      const text = utf8Text(version);
      fittingVersion(text);
      membership.#clusterVersion = text;
    }
    const downgrade = txn.get('cluster', downgradeKey);
    if (downgrade !== undefined) membership.#downgrade = parseDowngrade(utf8Text(downgrade));
    return membership;
  }

  /** By id. */
  members(): readonly Member[] {
    return sortMembers(this.#members.values());
  }

  member(id: bigint): Member | undefined {
    return this.#members.get(id);
  }

  isRemoved(id: bigint): boolean {
    return this.#removed.has(id);
  }

  removedIds(): readonly bigint[] {
    return [...this.#removed];
  }

  /** `3.7.0`; undefined before the leader has set it. */
  get clusterVersion(): string | undefined {
    return this.#clusterVersion;
  }

  /** Versions that the cluster had since this was loaded, for metrics. */
  get formerVersions(): ReadonlySet<string> {
    return this.#formerVersions;
  }

  get downgrade(): Downgrade {
    return this.#downgrade;
  }

  /** The configuration that raft has after all applied changes: only simple changes are used. */
  confState(): ConfState {
    const members = this.members();
    return {
      voters: members.filter(({ isLearner }) => !isLearner).map(({ id }) => id),
      learners: members.filter(({ isLearner }) => isLearner).map(({ id }) => id),
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
  }

  /**
   * Validates against the members of this moment and applies. Throws an EtcdError when the change
   * is refused, and then has changed nothing: every member decides the same.
   */
  apply(txn: WriteTxn, change: ConfChange): void {
    if (this.#removed.has(change.nodeId)) throw new EtcdError('MemberNotFound');
    switch (change.type) {
      case ConfChangeType.ConfChangeAddNode:
      case ConfChangeType.ConfChangeAddLearnerNode:
        this.#addOrPromote(txn, change);
        break;
      case ConfChangeType.ConfChangeRemoveNode:
        this.#remove(txn, change.nodeId);
        break;
      case ConfChangeType.ConfChangeUpdateNode:
        this.#update(txn, change);
        break;
      default:
        throw new Error(`conf change of unknown type ${change.type}`);
    }
    txn.put('meta', confStateKey, utf8Bytes(confStateJson(this.confState())));
  }

  /** What a member tells about itself when it starts. Unknown and removed members are ignored. */
  setAttributes(
    txn: WriteTxn,
    id: bigint,
    attributes: { readonly name: string; readonly clientUrls: readonly string[] },
  ): boolean {
    const member = this.#members.get(id);
    if (member === undefined) return false;
    const { name, clientUrls } = attributes;
    this.#store(txn, { ...member, name, clientUrls });
    return true;
  }

  setClusterVersion(txn: WriteTxn, version: string): EtcdVersion {
    const parsed = fittingVersion(version);
    if (this.#clusterVersion !== undefined) this.#formerVersions.add(this.#clusterVersion);
    this.#formerVersions.delete(version);
    this.#clusterVersion = version;
    txn.put('cluster', clusterVersionKey, utf8Bytes(version));
    return parsed;
  }

  setDowngrade(txn: WriteTxn, { enabled, targetVersion }: Downgrade): void {
    const downgrade = { enabled, targetVersion: enabled ? targetVersion : '' };
    this.#downgrade = downgrade;
    const target = JSON.stringify(downgrade.targetVersion);
    const json = `{"target-version":${target},"enabled":${downgrade.enabled}}`;
    txn.put('cluster', downgradeKey, utf8Bytes(json));
  }

  #addOrPromote(txn: WriteTxn, change: ConfChange): void {
    const { isPromote, ...context } = contextOf(change);
    const known = this.#members.get(context.id);
    if (isPromote) {
      if (known === undefined) throw new EtcdError('MemberNotFound');
      if (!known.isLearner) throw new EtcdError('MemberNotLearner');
      this.#store(txn, { ...known, isLearner: false });
      return;
    }
    if (known !== undefined) throw new EtcdError('MemberExist');
    this.#checkUrls(context);
    const isLearner = change.type === ConfChangeType.ConfChangeAddLearnerNode;
    const learners = [...this.#members.values()].filter((member) => member.isLearner).length;
    if (isLearner && learners >= this.#learnersMax) throw new EtcdError('TooManyLearners');
    this.#store(txn, { ...context, isLearner });
  }

  #remove(txn: WriteTxn, id: bigint): void {
    if (!this.#members.delete(id)) throw new EtcdError('MemberNotFound');
    this.#removed.add(id);
    txn.delete('members', utf8Bytes(idHex(id)));
    txn.put('members_removed', utf8Bytes(idHex(id)), removedMark);
  }

  /** Only the peer URLs change: an update must not make a voter out of a learner. */
  #update(txn: WriteTxn, change: ConfChange): void {
    const context = contextOf(change);
    const known = this.#members.get(context.id);
    if (known === undefined) throw new EtcdError('MemberNotFound');
    this.#checkUrls(context);
    this.#store(txn, { ...known, peerUrls: context.peerUrls });
  }

  #checkUrls({ id, peerUrls }: Member): void {
    for (const other of this.#members.values()) {
      if (other.id !== id && other.peerUrls.some((url) => peerUrls.includes(url))) {
        throw new EtcdError('PeerURLExist');
      }
    }
  }

  #store(txn: WriteTxn, member: Member): void {
    this.#members.set(member.id, member);
    txn.put('members', utf8Bytes(idHex(member.id)), utf8Bytes(memberJson(member)));
  }
}

/** A cluster that has grown beyond this server may hold what it cannot read: it must not go on. */
function fittingVersion(clusterVersion: string): EtcdVersion {
  const version = maybeParseVersion(clusterVersion);
  const own = maybeParseVersion(servedEtcdVersion);
  if (version === undefined || own === undefined) {
    throw broken(`the cluster version ${JSON.stringify(clusterVersion)} is none`);
  }
  if (compareVersions(own, version) < 0) {
    throw broken(
      'invalid downgrade; server version is lower than determined cluster version: this server ' +
        `has ${servedEtcdVersion}, the cluster ${clusterVersion}`,
    );
  }
  return version;
}

function contextOf(change: ConfChange): ReturnType<typeof parseMemberJson> {
  const context = parseMemberJson(utf8Text(change.context));
  if (context.id !== change.nodeId) {
    throw new Error(`conf change names member ${change.nodeId} and ${context.id}`);
  }
  return context;
}

function parseDowngrade(text: string): Downgrade {
  const value = parseBigJson(text) as Record<string, unknown>;
  const target = value['target-version'];
  return {
    enabled: value.enabled === true,
    targetVersion: typeof target === 'string' ? target : '',
  };
}
