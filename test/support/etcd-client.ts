/** A small etcd client for tests: one connection, raw calls, no retries, so that nothing is hidden. */
import {
  type ChannelCredentials,
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import {
  decodeAuthenticateResponse,
  decodeHashKVResponse,
  decodeMemberListResponse,
  decodeMoveLeaderResponse,
  decodePutResponse,
  decodeRangeResponse,
  decodeStatusResponse,
  decodeWatchResponse,
  encodeAuthenticateRequest,
  encodeHashKVRequest,
  encodeMemberListRequest,
  encodeMoveLeaderRequest,
  encodePutRequest,
  encodeRangeRequest,
  encodeStatusRequest,
  encodeWatchRequest,
  type HashKVResponse,
  type MemberListResponse,
  type PutResponse,
  type RangeRequestInit,
  type RangeResponse,
  type StatusResponse,
  type WatchRequestInit,
  type WatchResponse,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';

export type WatchStream = ClientDuplexStream<WatchRequestInit, WatchResponse>;

export class EtcdClient {
  readonly #client: Client;
  readonly #timeoutMs: number;
  /** Sent with every unary call. */
  token: string | undefined;

  constructor(
    endpoint: string,
    timeoutMs = 30_000,
    security: ChannelCredentials = credentials.createInsecure(),
  ) {
    this.#timeoutMs = timeoutMs;
    this.#client = new Client(endpoint, security, {
      'grpc.max_receive_message_length': -1,
      // A killed member comes back at once; the default would wait up to two minutes.
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 200,
      'grpc.use_local_subchannel_pool': 1,
      // Certificates of tests name it; an address is no server name.
      'grpc.ssl_target_name_override': 'localhost',
    });
  }

  put(key: string, value: string): Promise<PutResponse> {
    const request = { key: utf8Bytes(key), value: utf8Bytes(value) };
    return this.call('/etcdserverpb.KV/Put', encodePutRequest(request), decodePutResponse);
  }

  range(request: RangeRequestInit): Promise<RangeResponse> {
    return this.call('/etcdserverpb.KV/Range', encodeRangeRequest(request), decodeRangeResponse);
  }

  /** The key's value, or undefined. Linearizable unless told otherwise. */
  async get(key: string, serializable = false): Promise<string | undefined> {
    const answer = await this.range({ key: utf8Bytes(key), serializable });
    const [found] = answer.kvs;
    return found === undefined ? undefined : utf8Text(found.value);
  }

  status(): Promise<StatusResponse> {
    const path = '/etcdserverpb.Maintenance/Status';
    return this.call(path, encodeStatusRequest({}), decodeStatusResponse);
  }

  /** Revision 0 is the newest. */
  hashKv(revision: number): Promise<HashKVResponse> {
    const path = '/etcdserverpb.Maintenance/HashKV';
    return this.call(path, encodeHashKVRequest({ revision }), decodeHashKVResponse);
  }

  memberList(): Promise<MemberListResponse> {
    const path = '/etcdserverpb.Cluster/MemberList';
    return this.call(path, encodeMemberListRequest({}), decodeMemberListResponse);
  }

  async moveLeader(targetID: bigint): Promise<void> {
    const path = '/etcdserverpb.Maintenance/MoveLeader';
    await this.call(path, encodeMoveLeaderRequest({ targetID }), decodeMoveLeaderResponse);
  }

  /** Logs in: what this client asks from now on it asks as that user. */
  async login(name: string, password: string): Promise<string> {
    const path = '/etcdserverpb.Auth/Authenticate';
    const request = encodeAuthenticateRequest({ name, password });
    const { token } = await this.call(path, request, decodeAuthenticateResponse);
    this.token = token;
    return token;
  }

  /** A watch stream with nothing created on it yet. */
  watch(): WatchStream {
    return this.#client.makeBidiStreamRequest(
      '/etcdserverpb.Watch/Watch',
      (message: WatchRequestInit) => Buffer.from(encodeWatchRequest(message)),
      decodeWatchResponse,
      {},
    );
  }

  /** Any unary method, with the message already encoded. */
  call<T>(path: string, request: Uint8Array, decode: (b: Uint8Array) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + this.#timeoutMs;
      const metadata = new Metadata();
      if (this.token !== undefined) metadata.set('token', this.token);
      this.#client.makeUnaryRequest(
        path,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => decode(bytes),
        request,
        metadata,
        { deadline },
        (error: ServiceError | null, answer?: T) => {
          if (error !== null) reject(error);
          else resolve(answer as T);
        },
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}
