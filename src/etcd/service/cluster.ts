import { utf8Bytes } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { parseUrlList } from '../config/urls.ts';
import type { Answer, Consensus } from '../consensus/consensus.ts';
import { EtcdError } from '../errors.ts';
import { type Member, memberIdFor, sortMembers } from '../membership/member.ts';
import { memberJson, promotionJson } from '../membership/member-json.ts';
import {
  encodeMemberAddResponse,
  encodeMemberListResponse,
  type MemberAddRequest,
  type MemberInit,
  type MemberListRequest,
  type MemberPromoteRequest,
  type MemberRemoveRequest,
  type MemberUpdateRequest,
} from '../proto/generated/etcdserverpb.ts';
import { ConfChangeType } from '../proto/generated/raftpb.ts';
import { type Access, type Credentials, tokenOf } from './access.ts';
import { type LeaderAnswer, untilLeaderAnswers } from './at-leader.ts';
import { checkAdd, checkPromote, checkRemove, type ReconfigView } from './reconfig-check.ts';

export type ClusterServiceOptions = {
  readonly consensus: Consensus;
  readonly access: Access;
  readonly members: () => readonly Member[];
  readonly connectedForMs: (id: bigint) => number | undefined;
  readonly clock: Clock;
  readonly strictReconfigCheck: boolean;
  readonly requestTimeoutMs: number;
  /** For metrics: of a learner, asked of this leader. */
  readonly promotionEnded?: (failure: Error | undefined) => void;
  /**
   * Asks the leader by its peer URL. What it says about the member is an EtcdError and final;
   * everything else is retried.
   */
  readonly promoteAtLeader: (
    id: bigint,
    token: string | undefined,
    signal?: AbortSignal,
  ) => Promise<readonly Member[]>;
};

/** A learner may vote once it has nine tenths of the leader's log. */
const READY_SHARE = 0.9;

/** Membership. One change at a time goes through the log; its header carries no revision. */
export class ClusterService {
  readonly #options: ClusterServiceOptions;

  constructor(options: ClusterServiceOptions) {
    this.#options = options;
  }

  async list(request: MemberListRequest, signal?: AbortSignal, by?: Credentials): Promise<Answer> {
    const { consensus, access } = this.#options;
    if (request.linearizable) await consensus.readBarrier(signal);
    if (access.isEnabled) await access.requireUser(by);
    return membersAnswer(this.#options.members());
  }

  async add(request: MemberAddRequest, signal?: AbortSignal, by?: Credentials): Promise<Answer> {
    const peerUrls = parsePeerUrls(request.peerURLs);
    const { consensus, access, clock, strictReconfigCheck } = this.#options;
    if (access.isEnabled) await access.requireRoot(by);
    const id = memberIdFor(peerUrls, '', Math.floor(clock.wallMs() / 1_000));
    if (strictReconfigCheck) checkAdd(this.#view(), request.isLearner);
    const { isLearner } = request;
    const added = { id, name: '', peerUrls, clientUrls: [], isLearner };
    const change = {
      type: isLearner ? ConfChangeType.ConfChangeAddLearnerNode : ConfChangeType.ConfChangeAddNode,
      nodeId: id,
      context: utf8Bytes(memberJson(added)),
    };
    const members = await consensus.proposeConfChange(change, signal);
    const body = encodeMemberAddResponse({
      member: toProto(added),
      members: sortMembers(members).map(toProto),
    });
    return { body, revision: 0 };
  }

  async remove(
    request: MemberRemoveRequest,
    signal?: AbortSignal,
    by?: Credentials,
  ): Promise<Answer> {
    const { consensus, access, strictReconfigCheck } = this.#options;
    if (access.isEnabled) await access.requireRoot(by);
    if (strictReconfigCheck) checkRemove(this.#view(), request.ID);
    const change = { type: ConfChangeType.ConfChangeRemoveNode, nodeId: request.ID };
    return membersAnswer(await consensus.proposeConfChange(change, signal));
  }

  async update(
    request: MemberUpdateRequest,
    signal?: AbortSignal,
    by?: Credentials,
  ): Promise<Answer> {
    const { access, members } = this.#options;
    if (access.isEnabled) await access.requireRoot(by);
    const { ID: id, peerURLs: peerUrls } = request;
    // etcd takes anything here, also no URL at all, and then all members end; of one that is not
    // there it says so first.
    if (members().some((member) => member.id === id)) parsePeerUrls(peerUrls);
    const updated = { id, name: '', peerUrls, clientUrls: [], isLearner: false };
    const change = {
      type: ConfChangeType.ConfChangeUpdateNode,
      nodeId: id,
      context: utf8Bytes(memberJson(updated)),
    };
    return membersAnswer(await this.#options.consensus.proposeConfChange(change, signal));
  }

  async promote(
    request: MemberPromoteRequest,
    signal?: AbortSignal,
    by?: Credentials,
  ): Promise<Answer> {
    const { clock, requestTimeoutMs: timeoutMs } = this.#options;
    const attempt = (): Promise<LeaderAnswer<readonly Member[]>> =>
      this.#tryPromote(request.ID, signal, by);
    return membersAnswer(await untilLeaderAnswers({ clock, timeoutMs }, attempt, signal));
  }

  /** What the leader does, for its own clients and for members that forward. Throws NotLeader. */
  async promoteHere(
    id: bigint,
    signal?: AbortSignal,
    by?: Credentials,
  ): Promise<readonly Member[]> {
    const { promotionEnded = () => {} } = this.#options;
    try {
      const members = await this.#promoteHere(id, signal, by);
      promotionEnded(undefined);
      return members;
    } catch (error) {
      if (!isNotLeader(error)) promotionEnded(error as Error);
      throw error;
    }
  }

  async #promoteHere(
    id: bigint,
    signal?: AbortSignal,
    by?: Credentials,
  ): Promise<readonly Member[]> {
    const { consensus, access, strictReconfigCheck } = this.#options;
    if (access.isEnabled) await access.requireRoot(by);
    const leaderMatch = consensus.matchIndexOf(consensus.memberId);
    if (leaderMatch === undefined) throw new EtcdError('NotLeader');
    const match = consensus.matchIndexOf(id);
    if (match === undefined) throw new EtcdError('MemberNotFound');
    if (match < READY_SHARE * leaderMatch) throw new EtcdError('LearnerNotReady');
    if (strictReconfigCheck) checkPromote(this.#view());
    const change = {
      type: ConfChangeType.ConfChangeAddNode,
      nodeId: id,
      context: utf8Bytes(promotionJson(id)),
    };
    return await consensus.proposeConfChange(change, signal);
  }

  async #tryPromote(
    id: bigint,
    signal: AbortSignal | undefined,
    by: Credentials | undefined,
  ): Promise<LeaderAnswer<readonly Member[]>> {
    try {
      return { kind: 'answer', value: await this.promoteHere(id, signal, by) };
    } catch (error) {
      if (!isNotLeader(error)) throw error;
    }
    if (this.#options.consensus.status().leader === 0n) return 'try-again';
    const token = by && tokenOf(by);
    try {
      return { kind: 'answer', value: await this.#options.promoteAtLeader(id, token, signal) };
    } catch (error) {
      if (isRefusal(error)) throw error;
      return 'try-again';
    }
  }

  #view(): ReconfigView {
    const { consensus, members, connectedForMs } = this.#options;
    return { selfId: consensus.memberId, members: members(), connectedForMs };
  }
}

function membersAnswer(members: readonly Member[]): Answer {
  const body = encodeMemberListResponse({ members: sortMembers(members).map(toProto) });
  return { body, revision: 0 };
}

function toProto(member: Member): MemberInit {
  return {
    ID: member.id,
    name: member.name,
    peerURLs: member.peerUrls,
    clientURLs: member.clientUrls,
    isLearner: member.isLearner,
  };
}

/** As in etcd: at least one, each `scheme://host:port` without a path; sorted. */
function parsePeerUrls(texts: readonly string[]): readonly string[] {
  const urls = parseUrlList(texts);
  if (!urls.ok || urls.value.length === 0) throw new EtcdError('MemberBadURLs');
  return urls.value.map((url) => url.text);
}

/** What the leader says about the member itself; anything else may be different a moment later. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof EtcdError)) return false;
  return !['NotLeader', 'NoLeader', 'Timeout'].includes(error.name);
}

function isNotLeader(error: unknown): boolean {
  return error instanceof EtcdError && error.name === 'NotLeader';
}
