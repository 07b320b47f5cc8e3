/** One member of Go etcd and one of ours that are asked the same; every answer must be equal. */
import assert from 'node:assert/strict';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { MethodDescriptor } from '../../src/etcd/proto/descriptor.ts';
import { services } from '../../src/etcd/proto/generated/descriptors.ts';
import type {
  AuthenticateResponse,
  StatusResponse,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import { until } from '../support/until.ts';
import { comparable, firstDifference, Names } from './comparable.ts';
import { toJsonText } from './json-request.ts';
import type { Way } from './operation.ts';

const methods = new Map<string, MethodDescriptor>(
  services.flatMap(({ methods: of }) => of.map((method) => [method.path, method] as const)),
);

export function methodOf(path: string): MethodDescriptor {
  const method = methods.get(path);
  assert.ok(method !== undefined, path);
  return method;
}

/** A JSON error also has its HTTP status, and whatever else is in its body. */
export type Answer =
  | { readonly ok: unknown }
  | { readonly code: number; readonly message: string; readonly http?: number };

export type HttpAnswer = {
  readonly status: number;
  readonly type: string;
  readonly text: string;
};

/** Of an answer that never comes, on a slow machine too. */
const answerTimeoutMs = 60_000;

export class Twin {
  readonly name: string;
  readonly cluster: ProcessCluster;
  readonly client: Client;
  readonly names = new Names();
  memberId = 0n;
  #agent = new Agent({ keepAlive: true });

  static async start(kind: 'etcd' | 'etcd-ts', flags: readonly string[]): Promise<Twin> {
    const twin = new Twin(kind, await ProcessCluster.start({ size: 1, kind, flags }));
    await twin.#hasVersions();
    await twin.#learnNames();
    return twin;
  }

  /** The leader decides the versions of the cluster and of the store a moment after it serves. */
  async #hasVersions(): Promise<void> {
    await until(`${this.name} has its versions`, async () => {
      const version = await fetch(`${this.url}/version`);
      if ((await version.text()).includes('not_decided')) return false;
      const status = await this.raw('/etcdserverpb.Maintenance/Status', new Uint8Array(0));
      // With users it is refused; then the store has had its version long before.
      return 'ok' in status ? (status.ok as StatusResponse).storageVersion === '3.7.0' : true;
    });
  }

  /** A cluster that runs already; without `start` its ids have no common names. */
  constructor(name: string, cluster: ProcessCluster) {
    this.name = name;
    this.cluster = cluster;
    this.client = new Client(cluster.member(0).endpoint, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  get url(): string {
    return this.cluster.member(0).clientUrl;
  }

  async #learnNames(): Promise<void> {
    const status = await this.raw('/etcdserverpb.Maintenance/Status', new Uint8Array(0));
    if (!('ok' in status)) throw new Error(status.message);
    const { header } = status.ok as StatusResponse;
    this.memberId = header?.memberId ?? 0n;
    this.names.add(this.memberId, 'this member');
    this.names.add(header?.clusterId ?? 0n, 'this cluster');
    this.names.add(this.url, 'client URL');
    this.names.add(this.cluster.member(0).peerUrl, 'peer URL');
  }

  /** A member's answer in comparable form. `style` is one of JSON's ways to write the request. */
  async ask(
    way: Way,
    path: string,
    request: object,
    token?: string,
    style?: number,
  ): Promise<Answer> {
    const method = methodOf(path);
    if (way === 'grpc') return await this.askBytes(path, method.encodeRequest(request), token);
    const body = toJsonText(method.request, request, style);
    return this.jsonAnswer(await this.post(method.routes[0] ?? '', body, token));
  }

  /** The same for bytes as they are, for what no client would send. */
  async askBytes(path: string, bytes: Uint8Array, token?: string): Promise<Answer> {
    const answer = await this.raw(path, bytes, token);
    return 'ok' in answer ? { ok: comparable(answer.ok, this.names) } : answer;
  }

  /** The decoded message with this server's own ids. */
  raw(path: string, bytes: Uint8Array, token?: string): Promise<Answer> {
    const method = methodOf(path);
    return new Promise((resolve) => {
      this.client.makeUnaryRequest(
        path,
        (message: Uint8Array) => Buffer.from(message),
        (answer: Buffer) => answer,
        bytes,
        withToken(token),
        { deadline: Date.now() + answerTimeoutMs },
        (error: ServiceError | null, answer?: Buffer) => {
          if (error === null) resolve({ ok: method.decodeResponse(answer as Buffer) });
          else resolve({ code: error.code, message: error.details });
        },
      );
    });
  }

  jsonAnswer({ status, type, text }: HttpAnswer): Answer {
    let json: unknown;
    try {
      json = comparable(JSON.parse(text), this.names);
    } catch {
      return { code: -1, message: text, http: status };
    }
    if (status === 200 && type === 'application/json') return { ok: json };
    return { ...(json as { code: number; message: string }), http: status };
  }

  async post(route: string, body: string, token?: string): Promise<HttpAnswer> {
    const answer = await this.open(route, body, token);
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += chunk;
    const type = answer.headers['content-type'] ?? 'none';
    return { status: answer.statusCode ?? 0, type, text };
  }

  /** The answer once its head is there, to be read as it comes. */
  open(
    route: string,
    body: string,
    token?: string,
    signal = AbortSignal.timeout(answerTimeoutMs),
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asked = httpRequest(`${this.url}${route}`, {
        method: 'POST',
        headers: token === undefined ? {} : { authorization: token },
        agent: this.#agent,
        signal,
      });
      asked.on('response', resolve).on('error', reject).end(body);
    });
  }

  /** Ends the member and starts it again on its data, until it answers. */
  async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const member = this.cluster.member(0);
    await member.kill(signal);
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true });
    await this.cluster.restart(member);
    await this.#hasVersions();
    await new Promise<void>((resolve, reject) => {
      this.client.waitForReady(Date.now() + answerTimeoutMs, (error) =>
        error === undefined ? resolve() : reject(error),
      );
    });
  }

  async close(): Promise<void> {
    this.client.close();
    this.#agent.destroy();
    await this.cluster.close();
  }
}

/** One user's tokens on the two servers. */
export type TokenPair = { readonly etcd: string; readonly ours: string };

export function withToken(token: string | undefined): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('token', token);
  return metadata;
}

export class Twins {
  readonly etcd: Twin;
  readonly ours: Twin;
  /** The newest revision both have named. */
  revision = 1;

  static async start(flags: readonly string[] = []): Promise<Twins> {
    const [etcd, ours] = await Promise.all([
      Twin.start('etcd', flags),
      Twin.start('etcd-ts', flags),
    ]);
    return new Twins(etcd, ours);
  }

  private constructor(etcd: Twin, ours: Twin) {
    this.etcd = etcd;
    this.ours = ours;
  }

  /** Fails unless both answer alike; says what. */
  async same(
    path: string,
    request: object,
    way: Way = 'grpc',
    what = '',
    tokens?: TokenPair,
  ): Promise<Answer> {
    const [theirs, ours] = await Promise.all([
      this.etcd.ask(way, path, request, tokens?.etcd),
      this.ours.ask(way, path, request, tokens?.ours),
    ]);
    const difference = firstDifference(theirs, ours);
    // Not by deepEqual: its report of a deep difference takes minutes.
    if (difference !== undefined) {
      assert.fail(`${what} ${way} ${path} ${shown(request)}: ${difference}`);
    }
    this.revision = Math.max(this.revision, revisionOf(theirs));
    return theirs;
  }

  /** Both answers in comparable form, and the tokens when both let the user in. */
  async login(
    name: string,
    password: string,
  ): Promise<{ answers: readonly [theirs: unknown, ours: unknown]; tokens?: TokenPair }> {
    const path = '/etcdserverpb.Auth/Authenticate';
    const bytes = methodOf(path).encodeRequest({ name, password });
    const [theirs, mine] = await Promise.all([
      this.etcd.raw(path, bytes),
      this.ours.raw(path, bytes),
    ]);
    const answers = [
      comparable(theirs, this.etcd.names),
      comparable(mine, this.ours.names),
    ] as const;
    if (!('ok' in theirs) || !('ok' in mine)) return { answers };
    return { answers, tokens: { etcd: tokenOf(theirs.ok), ours: tokenOf(mine.ok) } };
  }

  async close(): Promise<void> {
    await Promise.all([this.etcd.close(), this.ours.close()]);
  }
}

function tokenOf(answer: unknown): string {
  return (answer as AuthenticateResponse).token;
}

/** 0 when the answer names none. */
export function revisionOf(answer: Answer): number {
  if (!('ok' in answer)) return 0;
  const { header } = answer.ok as { readonly header?: { readonly revision?: number | string } };
  return Number(header?.revision ?? 0);
}

export function shown(request: object): string {
  const text = JSON.stringify(request, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (!(value instanceof Uint8Array)) return value;
    const bytes = Buffer.from(value).toString('latin1');
    return bytes.length > 40 ? `${bytes.slice(0, 20)}…${bytes.slice(-5)} (${bytes.length})` : bytes;
  });
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}

/** Runs `body` on fresh twins. */
export async function withTwins(
  body: (twins: Twins) => Promise<void>,
  flags: readonly string[] = [],
): Promise<void> {
  const twins = await Twins.start(flags);
  try {
    await body(twins);
  } finally {
    await twins.close();
  }
}

/** `SEED=…` repeats a run; it is in the tests' names so that a failure can be repeated. */
export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
