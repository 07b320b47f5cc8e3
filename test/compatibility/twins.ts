/** One member of Go etcd and one of ours that are asked the same; every answer must be equal. */
import assert from 'node:assert/strict';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { MethodDescriptor } from '../../src/etcd/proto/descriptor.ts';
import { services } from '../../src/etcd/proto/generated/descriptors.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import { comparable, firstDifference, fromJson, toJson } from './comparable.ts';

const methods = new Map<string, MethodDescriptor>(
  services.flatMap(({ methods: of }) => of.map((method) => [method.path, method] as const)),
);

export function methodOf(path: string): MethodDescriptor {
  const method = methods.get(path);
  assert.ok(method !== undefined, path);
  return method;
}

export type Answer =
  | { readonly ok: unknown }
  | { readonly code: number; readonly message: string; readonly http?: number };

/** How a request travels; both must mean the same. */
export type Way = 'grpc' | 'json';

export class Twin {
  readonly name: string;
  readonly cluster: ProcessCluster;
  readonly client: Client;

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

  ask(way: Way, path: string, request: object, token?: string): Promise<Answer> {
    return way === 'grpc' ? this.#grpc(path, request, token) : this.#json(path, request, token);
  }

  /** The request's bytes as they are, for what no client would send. */
  raw(path: string, bytes: Uint8Array, token?: string): Promise<Answer> {
    const method = methodOf(path);
    return new Promise((resolve) => {
      this.client.makeUnaryRequest(
        path,
        (message: Uint8Array) => Buffer.from(message),
        (answer: Buffer) => answer,
        bytes,
        withToken(token),
        { deadline: Date.now() + 20_000 },
        (error: ServiceError | null, answer?: Buffer) => {
          if (error === null) resolve({ ok: comparable(method.decodeResponse(answer as Buffer)) });
          else resolve({ code: error.code, message: error.details });
        },
      );
    });
  }

  #grpc(path: string, request: object, token?: string): Promise<Answer> {
    return this.raw(path, methodOf(path).encodeRequest(request), token);
  }

  async #json(path: string, request: object, token?: string): Promise<Answer> {
    const method = methodOf(path);
    const body = JSON.stringify(toJson(request));
    const { status, text } = await this.post(method.routes[0] ?? '', body, token);
    const json = JSON.parse(text) as Record<string, unknown>;
    if (status === 200) return { ok: fromJson(json, method.response) };
    const { code, message, ...rest } = json as { code: number; message: string };
    assert.deepEqual(rest, {}, 'nothing else in an error');
    return { code, message, http: status };
  }

  async post(
    route: string,
    body: string,
    token?: string,
  ): Promise<{ status: number; text: string }> {
    const answer = await fetch(`${this.url}${route}`, {
      method: 'POST',
      body,
      headers: token === undefined ? {} : { authorization: token },
      signal: AbortSignal.timeout(15_000),
    });
    return { status: answer.status, text: await answer.text() };
  }

  async close(): Promise<void> {
    this.client.close();
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
      ProcessCluster.start({ size: 1, kind: 'etcd', flags }),
      ProcessCluster.start({ size: 1, kind: 'etcd-ts', flags }),
    ]);
    return new Twins(new Twin('etcd', etcd), new Twin('etcd-ts', ours));
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
    const revision = ('ok' in theirs ? (theirs.ok as Headed).header?.revision : undefined) ?? 0;
    if (revision > this.revision) this.revision = revision;
    return theirs;
  }

  async close(): Promise<void> {
    await Promise.all([this.etcd.close(), this.ours.close()]);
  }
}

type Headed = { readonly header?: { readonly revision: number } };

export function shown(request: object): string {
  const text = JSON.stringify(request, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (!(value instanceof Uint8Array)) return value;
    const bytes = Buffer.from(value).toString('latin1');
    return bytes.length > 40 ? `${bytes.slice(0, 20)}…${bytes.slice(-5)} (${bytes.length})` : bytes;
  });
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}

/** Runs `body` on fresh twins; its seed is in the test's name so that a failure can be repeated. */
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

/** `SEED=…` repeats a run. */
export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
