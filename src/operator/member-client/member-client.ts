import { Client, type ClientReadableStream, credentials, Metadata } from '@grpc/grpc-js';
import {
  AlarmRequest_AlarmAction,
  AlarmType,
  decodeAlarmResponse,
  decodeMemberAddResponse,
  decodeMemberListResponse,
  decodeMemberPromoteResponse,
  decodeMemberRemoveResponse,
  decodeMoveLeaderResponse,
  decodeStatusResponse,
  encodeAlarmRequest,
  encodeMemberAddRequest,
  encodeMemberListRequest,
  encodeMemberPromoteRequest,
  encodeMemberRemoveRequest,
  encodeMoveLeaderRequest,
  encodeStatusRequest,
  type Member,
  type StatusResponse,
} from '../../etcd/proto/generated/etcdserverpb.ts';
import {
  decodeForgetLeaderResponse,
  decodeObserveResponse,
  encodeForgetLeaderRequest,
  encodeObserveRequest,
  type ForgetLeaderResponse,
  type ObserveResponse,
} from '../../etcd/proto/generated/etcdtspb.ts';

type Encode<T> = (message: T) => Uint8Array;
type Decode<T> = (bytes: Uint8Array) => T;

/** How long a call to a member may take; a member that does not answer is unreachable. */
const CALL_TIMEOUT_MS = 2_000;
/** Membership changes wait for a quorum's disks. */
const CHANGE_TIMEOUT_MS = 10_000;

/** One member's client port: what an operator asks of etcd, and the failover extension. */
export class MemberClient {
  readonly endpoint: string;
  readonly #client: Client;

  /** `endpoint` is a client URL such as `http://127.0.0.1:2379`. */
  constructor(endpoint: string) {
    this.endpoint = endpoint;
    this.#client = new Client(new URL(endpoint).host, credentials.createInsecure(), {
      // A restarted member has a new life: meet it at once instead of after a long back-off.
      'grpc.initial_reconnect_backoff_ms': 20,
      'grpc.min_reconnect_backoff_ms': 20,
      'grpc.max_reconnect_backoff_ms': 500,
    });
  }

  close(): void {
    this.#client.close();
  }

  status(): Promise<StatusResponse> {
    const path = '/etcdserverpb.Maintenance/Status';
    return this.#call(path, encodeStatusRequest, decodeStatusResponse, {});
  }

  /** A linearizable list has a quorum behind it; a serializable one is as old as the member. */
  async memberList(linearizable: boolean): Promise<readonly Member[]> {
    const path = '/etcdserverpb.Cluster/MemberList';
    const request = { linearizable };
    const encode = encodeMemberListRequest;
    return (await this.#call(path, encode, decodeMemberListResponse, request)).members;
  }

  /** Names of the alarms raised for one member. */
  async alarmsOf(memberId: bigint): Promise<readonly string[]> {
    const path = '/etcdserverpb.Maintenance/Alarm';
    const request = { action: AlarmRequest_AlarmAction.GET };
    const { alarms } = await this.#call(path, encodeAlarmRequest, decodeAlarmResponse, request);
    const names = Object.entries(AlarmType);
    return alarms
      .filter((alarm) => alarm.memberID === memberId)
      .map((alarm) => names.find(([, value]) => value === alarm.alarm)?.[0] ?? 'UNKNOWN');
  }

  async addLearner(peerUrl: string): Promise<void> {
    const path = '/etcdserverpb.Cluster/MemberAdd';
    const request = { peerURLs: [peerUrl], isLearner: true };
    await this.#change(path, encodeMemberAddRequest, decodeMemberAddResponse, request);
  }

  async promote(memberId: bigint): Promise<void> {
    const path = '/etcdserverpb.Cluster/MemberPromote';
    const request = { ID: memberId };
    await this.#change(path, encodeMemberPromoteRequest, decodeMemberPromoteResponse, request);
  }

  async remove(memberId: bigint): Promise<void> {
    const path = '/etcdserverpb.Cluster/MemberRemove';
    const request = { ID: memberId };
    await this.#change(path, encodeMemberRemoveRequest, decodeMemberRemoveResponse, request);
  }

  async moveLeader(targetId: bigint): Promise<void> {
    const path = '/etcdserverpb.Maintenance/MoveLeader';
    const request = { targetID: targetId };
    await this.#change(path, encodeMoveLeaderRequest, decodeMoveLeaderResponse, request);
  }

  forgetLeader(leaderId: bigint, term: number, campaign: boolean): Promise<ForgetLeaderResponse> {
    const path = '/etcdts.v1.Failover/ForgetLeader';
    const request = { leaderId, term, campaign };
    return this.#call(path, encodeForgetLeaderRequest, decodeForgetLeaderResponse, request);
  }

  /** Reports until the returned function is called or the stream ends; `onEnd` is called at most once. */
  observe(onReport: (report: ObserveResponse) => void, onEnd: (error: Error) => void): () => void {
    const stream: ClientReadableStream<ObserveResponse> = this.#client.makeServerStreamRequest(
      '/etcdts.v1.Failover/Observe',
      (request: object) => Buffer.from(encodeObserveRequest(request)),
      decodeObserveResponse,
      {},
      new Metadata(),
    );
    let ended = false;
    const end = (error: Error): void => {
      if (ended) return;
      ended = true;
      onEnd(error);
    };
    stream.on('data', onReport);
    stream.on('error', end);
    stream.on('end', () => end(new Error('the member ended the stream')));
    return () => {
      ended = true;
      stream.cancel();
    };
  }

  #change<Q, R>(path: string, encode: Encode<Q>, decode: Decode<R>, request: Q): Promise<R> {
    return this.#call(path, encode, decode, request, CHANGE_TIMEOUT_MS);
  }

  #call<Q, R>(
    path: string,
    encode: Encode<Q>,
    decode: Decode<R>,
    request: Q,
    timeoutMs = CALL_TIMEOUT_MS,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        (message: Q) => Buffer.from(encode(message)),
        decode,
        request,
        new Metadata(),
        { deadline: Date.now() + timeoutMs },
        (error, response) => {
          if (error !== null) reject(error);
          else if (response === undefined)
            reject(new Error(`${path}: an answer without a message`));
          else resolve(response);
        },
      );
    });
  }
}
