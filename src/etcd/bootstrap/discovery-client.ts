import { readFileSync } from 'node:fs';
import {
  type ChannelCredentials,
  Client,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { clientSocketFile, parseSocketUrl } from '../../base/socket-url.ts';
import type { ServiceDiscovery } from '../config/discovery-settings.ts';
import { limits } from '../config/limits.ts';
import {
  decodeAuthenticateResponse,
  decodePutResponse,
  decodeRangeResponse,
  decodeWatchResponse,
  encodeAuthenticateRequest,
  encodePutRequest,
  encodeRangeRequest,
  encodeWatchRequest,
  type WatchRequestInit,
  type WatchResponse,
} from '../proto/generated/etcdserverpb.ts';
import type { KeyValue } from '../proto/generated/mvccpb.ts';
import type { DiscoveryService, RegisteredMember } from './discovery.ts';

/** A client of the cluster that keeps the lists; asks its endpoints in turn until one answers. */
export class DiscoveryClient implements DiscoveryService {
  readonly #settings: ServiceDiscovery;
  readonly #clock: Clock;
  readonly #clients: readonly Client[];
  /** The one that answered last. */
  #at = 0;
  #token: string | undefined;

  /** Throws when certificate files cannot be read, or the user's password is wrong. */
  static async connect(settings: ServiceDiscovery, clock: Clock): Promise<DiscoveryClient> {
    const client = new DiscoveryClient(settings, clock);
    try {
      await client.#login();
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }

  private constructor(settings: ServiceDiscovery, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    const secured = tlsCredentials(settings);
    this.#clients = settings.endpoints.map((endpoint) => {
      const { target, security } = read(endpoint, settings);
      return new Client(target, security === 'tls' ? secured() : credentials.createInsecure(), {
        'grpc.keepalive_time_ms': settings.keepaliveTimeMs,
        'grpc.keepalive_timeout_ms': settings.keepaliveTimeoutMs,
        'grpc.max_receive_message_length': -1,
        'grpc.max_reconnect_backoff_ms': limits.discoveryReconnectMsMax,
      });
    });
  }

  async get(key: string): Promise<string | undefined> {
    const request = encodeRangeRequest({ key: utf8Bytes(key) });
    const { kvs } = await this.#call('/etcdserverpb.KV/Range', request, decodeRangeResponse);
    const [found] = kvs;
    return found === undefined ? undefined : utf8Text(found.value);
  }

  async list(prefix: string) {
    const request = encodeRangeRequest({ key: utf8Bytes(prefix), rangeEnd: endOf(prefix) });
    const answer = await this.#call('/etcdserverpb.KV/Range', request, decodeRangeResponse);
    const revision = answer.header?.revision ?? 0;
    return { revision, members: answer.kvs.map(registered) };
  }

  async put(key: string, value: string): Promise<void> {
    const request = encodePutRequest({ key: utf8Bytes(key), value: utf8Bytes(value) });
    await this.#call('/etcdserverpb.KV/Put', request, decodePutResponse);
  }

  async *watch(prefix: string, fromRevision: number): AsyncGenerator<readonly RegisteredMember[]> {
    const stream = this.#client.makeBidiStreamRequest(
      '/etcdserverpb.Watch/Watch',
      (message: WatchRequestInit) => Buffer.from(encodeWatchRequest(message)),
      decodeWatchResponse,
      this.#metadata(),
    );
    stream.write({
      createRequest: {
        key: utf8Bytes(prefix),
        rangeEnd: endOf(prefix),
        startRevision: fromRevision,
      },
    });
    try {
      for await (const answer of stream) {
        const { canceled, cancelReason, events } = answer as WatchResponse;
        if (canceled) throw new Error(`the watch was canceled: ${cancelReason}`);
        yield events.flatMap(({ kv }) => (kv === undefined ? [] : [registered(kv)]));
      }
    } finally {
      stream.on('error', () => {}); // That it was canceled.
      stream.cancel();
    }
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  get #client(): Client {
    return this.#clients[this.#at] as Client;
  }

  async #login(): Promise<void> {
    const { user, password, dialTimeoutMs } = this.#settings;
    if (user === '' || password === '') return;
    const request = encodeAuthenticateRequest({ name: user, password });
    const path = '/etcdserverpb.Auth/Authenticate';
    try {
      const answer = await this.#call(path, request, decodeAuthenticateResponse, dialTimeoutMs);
      this.#token = answer.token;
    } catch (error) {
      if (!(error as Error).message.includes('authentication is not enabled')) throw error;
    }
  }

  async #call<T>(
    path: string,
    request: Uint8Array,
    decode: (bytes: Uint8Array) => T,
    timeoutMs = this.#settings.requestTimeoutMs,
  ): Promise<T> {
    let failure: unknown;
    for (let tries = 0; tries < this.#clients.length; tries++) {
      try {
        return await this.#callOne(path, request, decode, timeoutMs);
      } catch (error) {
        failure = error;
        this.#at = (this.#at + 1) % this.#clients.length;
      }
    }
    throw failure;
  }

  #callOne<T>(
    path: string,
    request: Uint8Array,
    decode: (bytes: Uint8Array) => T,
    timeoutMs: number,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        (bytes: Uint8Array) => Buffer.from(bytes),
        decode,
        request,
        this.#metadata(),
        { deadline: this.#clock.wallMs() + timeoutMs },
        (error: ServiceError | null, answer?: T) => {
          if (error !== null) reject(new Error(error.details || error.message, { cause: error }));
          else resolve(answer as T);
        },
      );
    });
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    if (this.#token !== undefined) metadata.set('token', this.#token);
    return metadata;
  }
}

/** Where to connect, and whether with TLS: the scheme says, or the flags do. */
function read(endpoint: string, settings: ServiceDiscovery): { target: string; security: string } {
  const socket = parseSocketUrl(endpoint);
  if (socket !== undefined) {
    const security = socket.isSecured ? 'tls' : 'plain';
    return { target: `unix:${clientSocketFile(socket)}`, security };
  }
  const parts = /^(https?):\/\/([^/]*)/.exec(endpoint);
  if (parts !== null) {
    return { target: parts[2] ?? '', security: parts[1] === 'https' ? 'tls' : 'plain' };
  }
  const { isInsecure, skipsVerification, certFile, keyFile, caFile } = settings;
  const isPlain = isInsecure && !skipsVerification && `${certFile}${keyFile}${caFile}` === '';
  return { target: endpoint, security: isPlain ? 'plain' : 'tls' };
}

function tlsCredentials(settings: ServiceDiscovery): () => ChannelCredentials {
  const { certFile, keyFile, caFile, skipsVerification } = settings;
  if ((certFile === '') !== (keyFile === '')) {
    throw new Error(
      `KeyFile and CertFile must both be present[key: ${keyFile}, cert: ${certFile}]`,
    );
  }
  const bytes = (path: string): Buffer | null => (path === '' ? null : readFileSync(path));
  const files = [bytes(caFile), bytes(keyFile), bytes(certFile)] as const;
  return () =>
    credentials.createSsl(...files, {
      rejectUnauthorized: !skipsVerification,
      ...(skipsVerification ? { checkServerIdentity: () => undefined } : {}),
    });
}

function registered({ key, value, createRevision }: KeyValue): RegisteredMember {
  return { key: utf8Text(key), value: utf8Text(value), createRevision };
}

/** The first key behind all that start with the prefix. */
function endOf(prefix: string): Uint8Array {
  const end = utf8Bytes(prefix);
  end[end.length - 1] = (end[end.length - 1] as number) + 1;
  return end;
}
