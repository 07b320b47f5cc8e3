import { createHash } from 'node:crypto';
import type { Answer, Consensus } from '../consensus/consensus.ts';
import { Code, EtcdError, StatusError } from '../errors.ts';
import type { Member } from '../membership/member.ts';
import type { Downgrade } from '../membership/membership.ts';
import type { HashKvAnswer } from '../mvcc/store.ts';
import {
  AlarmRequest_AlarmAction as Action,
  type AlarmMember,
  type AlarmRequest,
  AlarmType,
  encodeHashKVResponse,
  encodeHashResponse,
  encodeSnapshotResponse,
  encodeStatusResponse,
  type HashKVRequest,
  type MoveLeaderRequest,
} from '../proto/generated/etcdserverpb.ts';

/** A database file about to be streamed: its size is known before the first byte. */
export type SnapshotSource = {
  readonly sizeBytes: number;
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** Releases what the source pins; called exactly once. */
  close(): void;
};

export type MaintenanceServiceOptions = {
  readonly consensus: Consensus;
  readonly store: () => {
    readonly currentRevision: number;
    hashKv(revision: number, signal?: AbortSignal): Promise<HashKvAnswer>;
  };
  readonly backend: () => { sizeBytes(): number; sizeInUseBytes(): number };
  readonly members: () => readonly Member[];
  readonly alarms: () => readonly Pick<AlarmMember, 'memberID' | 'alarm'>[];
  /** Without a leading `v`. */
  readonly version: string;
  readonly storageVersion: () => string | undefined;
  readonly downgrade: () => Downgrade;
  /** Negative: no quota. */
  readonly quotaShownBytes: number;
  /** Makes the store's file as small as its contents; rejects when there is no room to do it. */
  readonly defragment: () => Promise<void>;
  /** Of the whole state but for what is each member's own. */
  readonly hash: (
    signal?: AbortSignal,
  ) => Promise<{ readonly hash: number; readonly revision: number }>;
  /** The whole state as a bbolt file, as of now. */
  readonly openSnapshot: () => SnapshotSource | Promise<SnapshotSource>;
};

/** etcd's blob size. */
const SNAPSHOT_BLOB_BYTES = 32 * 1024;

/** What concerns this member rather than the keys. */
export class MaintenanceService {
  readonly #options: MaintenanceServiceOptions;

  constructor(options: MaintenanceServiceOptions) {
    this.#options = options;
  }

  /** Local: works without a leader and without a quorum. */
  status(): Answer {
    const { consensus, store, backend, version, quotaShownBytes } = this.#options;
    const status = consensus.status();
    const body = encodeStatusResponse({
      version,
      dbSize: backend().sizeBytes(),
      leader: status.leader,
      raftIndex: status.commitIndex,
      raftTerm: status.term,
      raftAppliedIndex: status.appliedIndex,
      errors: this.#errors(status.leader),
      dbSizeInUse: backend().sizeInUseBytes(),
      isLearner: status.isLearner,
      storageVersion: this.#options.storageVersion() ?? '',
      dbSizeQuota: quotaShownBytes,
      downgradeInfo: this.#options.downgrade(),
    });
    return { body, revision: store().currentRevision };
  }

  /** Reading the alarms goes through the log too, so the answer is linearizable. */
  async alarm(request: AlarmRequest, signal?: AbortSignal): Promise<Answer> {
    // An entry with an unknown action would stop every Go member that applies it.
    if (request.action < 0 || request.action > Action.DEACTIVATE) {
      throw new StatusError(Code.invalidArgument, 'etcdserver: unknown alarm action');
    }
    return await this.#options.consensus.propose({ alarm: request }, signal);
  }

  async hashKv(request: HashKVRequest, signal?: AbortSignal): Promise<Answer> {
    const { revision, ...result } = await this.#options.store().hashKv(request.revision, signal);
    return { body: encodeHashKVResponse(result), revision };
  }

  /** A response without a header. Goes on when its caller has gone away, as in etcd. */
  async defragment(): Promise<Answer> {
    try {
      await this.#options.defragment();
    } catch (error) {
      throw new StatusError(Code.unknown, messageOf(error));
    }
    return { body: new Uint8Array(0), revision: 0 };
  }

  async hash(signal?: AbortSignal): Promise<Answer> {
    const { hash, revision } = await this.#options.hash(signal);
    return { body: encodeHashResponse({ hash }), revision };
  }

  /** Only the leader moves its leadership, and only to a voter. */
  async moveLeader(request: MoveLeaderRequest, signal?: AbortSignal): Promise<Answer> {
    const { consensus, members } = this.#options;
    if (consensus.status().leader !== consensus.memberId) throw new EtcdError('NotLeader');
    const target = members().find((member) => member.id === request.targetID);
    if (target === undefined || target.isLearner) throw new EtcdError('BadLeaderTransferee');
    await consensus.transferLeadership(request.targetID, signal);
    return { body: new Uint8Array(0), revision: 0 };
  }

  /**
   * SnapshotResponses: blobs with what remains after each, then the SHA-256 of all of it, by which
   * etcdctl and etcdutl know that the file is whole.
   */
  async *snapshot(): AsyncGenerator<Uint8Array, void, undefined> {
    const version = this.#options.storageVersion() ?? '';
    const source = await this.#options.openSnapshot();
    try {
      const hash = createHash('sha256');
      let remainingBytes = source.sizeBytes;
      for await (const blob of inBlobs(source.chunks, SNAPSHOT_BLOB_BYTES)) {
        hash.update(blob);
        remainingBytes -= blob.length;
        if (remainingBytes < 0) throw new Error('the snapshot is larger than it was planned');
        yield encodeSnapshotResponse({ remainingBytes, blob, version });
      }
      if (remainingBytes !== 0) throw new Error('the snapshot is smaller than it was planned');
      yield encodeSnapshotResponse({ remainingBytes: 0, blob: hash.digest(), version });
    } finally {
      source.close();
    }
  }

  #errors(leader: bigint): string[] {
    const errors = leader === 0n ? [new EtcdError('NoLeader').message] : [];
    for (const { memberID, alarm } of this.#options.alarms()) {
      // As Go prints a message: a zero is not there.
      const raisedBy = memberID === 0n ? '' : `memberID:${memberID} `;
      errors.push(`${raisedBy}alarm:${alarmName(alarm)}`);
    }
    return errors;
  }
}

/** Cuts chunks of any size into blobs of one size; the last one may be shorter. */
async function* inBlobs(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  blobBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let blob = Buffer.allocUnsafe(blobBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + blobBytes - filled);
      blob.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < blobBytes) continue;
      yield blob;
      blob = Buffer.allocUnsafe(blobBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield blob.subarray(0, filled);
}

function alarmName(alarm: number): string {
  const found = Object.entries(AlarmType).find(([, value]) => value === alarm);
  return found?.[0] ?? String(alarm);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
