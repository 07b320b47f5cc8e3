import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { KubeConfig, KubernetesObject } from '@kubernetes/client-node';
import { fieldManager } from '../resources/names.ts';
import { collectionPath, type ObjectName, objectPath, type Resource } from './resources.ts';

/** What the API server refused, in its own words. */
export class KubernetesError extends Error {
  readonly status: number;
  /** Kubernetes' machine-readable word, such as NotFound, AlreadyExists, Conflict, Expired. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = 'KubernetesError';
    this.status = status;
    this.reason = reason;
  }
}

export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof KubernetesError && error.status === status;
}

export type ObjectList<T> = { readonly items: readonly T[]; readonly resourceVersion: string };

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly object: { readonly code?: number; message?: string } };

export type DeleteOptions = {
  /** Only if the object is still this one. */
  readonly uid: string;
  readonly propagation?: 'Background' | 'Foreground';
};

type Call = {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
};

/** A call that takes longer has failed; the API server's own limit for one is a minute. */
const CALL_TIMEOUT_MS = 30_000;
/** Bookmarks come about once a minute: a watch that is silent for longer is broken. */
const WATCH_SILENCE_MS = 120_000;
/** How long the API server keeps one watch open. */
const WATCH_SECONDS = 300;
/** A page of a list, so that no answer is unbounded. */
const PAGE_OBJECTS = 500;

/**
 * The API server's verbs that the operator needs, over plain JSON: objects stay exactly as they
 * came. Address, trust and credentials are the client library's (kubeconfig, plugins, pod account).
 */
export class KubernetesClient {
  readonly #kubeConfig: KubeConfig;
  readonly #agent = new Agent({ keepAlive: true, scheduling: 'fifo', maxFreeSockets: 8 });

  constructor(kubeConfig: KubeConfig) {
    this.#kubeConfig = kubeConfig;
  }

  /** undefined when there is no such object. */
  async get<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    try {
      return await this.#json<T>({ method: 'GET', path: objectPath(resource, name), signal });
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  /** All pages; as of the returned version, which no write answered before the call is newer than. */
  async list<T extends KubernetesObject>(
    resource: Resource,
    namespace: string,
    labelSelector: string,
    signal?: AbortSignal,
  ): Promise<ObjectList<T>> {
    const items: T[] = [];
    let next = '';
    let resourceVersion = '';
    do {
      const page = await this.#json<{
        items?: T[];
        metadata?: { resourceVersion?: string; continue?: string };
      }>({
        method: 'GET',
        path: collectionPath(resource, namespace),
        query: {
          limit: String(PAGE_OBJECTS),
          ...(labelSelector !== '' && { labelSelector }),
          ...(next !== '' && { continue: next }),
        },
        signal,
      });
      // Items of a list do not say what they are.
      const { apiVersion, kind } = resource;
      for (const item of page.items ?? []) items.push({ ...item, apiVersion, kind });
      next = page.metadata?.continue ?? '';
      resourceVersion = page.metadata?.resourceVersion ?? '';
    } while (next !== '');
    return { items, resourceVersion };
  }

  /** Changes after `resourceVersion`, until the API server or the signal ends it. */
  async *watch<T extends KubernetesObject>(
    resource: Resource,
    namespace: string,
    labelSelector: string,
    resourceVersion: string,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    const response = await this.#send({
      method: 'GET',
      path: collectionPath(resource, namespace),
      query: {
        watch: 'true',
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(WATCH_SECONDS),
        resourceVersion,
        ...(labelSelector !== '' && { labelSelector }),
      },
      signal,
    });
    response.setTimeout(WATCH_SILENCE_MS, () => {
      response.destroy(new Error(`watch of ${resource.plural}: nothing heard for too long`));
    });
    for await (const line of linesOf(response)) yield JSON.parse(line) as WatchEvent<T>;
  }

  /** Server-side apply: our fields become as written, other managers' stay. Creates when missing. */
  apply<T extends KubernetesObject>(resource: Resource, object: T): Promise<T> {
    return this.#json<T>({
      method: 'PATCH',
      path: objectPath(resource, nameOf(object)),
      query: { fieldManager, force: 'true' },
      body: object,
      contentType: 'application/apply-patch+yaml',
    });
  }

  /** A `metadata.uid` in the patch is a precondition. */
  mergePatch<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    patch: object,
    subresource = '',
  ): Promise<T> {
    return this.#patch<T>(resource, name, patch, 'application/merge-patch+json', subresource);
  }

  jsonPatch<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    patch: readonly object[],
  ): Promise<T> {
    return this.#patch<T>(resource, name, patch, 'application/json-patch+json', '');
  }

  create<T extends KubernetesObject>(
    resource: Resource,
    object: T,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#json<T>({
      method: 'POST',
      path: collectionPath(resource, nameOf(object).namespace),
      query: { fieldManager },
      body: object,
      signal,
    });
  }

  /** Refused with Conflict when the object has changed since its resourceVersion. */
  replace<T extends KubernetesObject>(
    resource: Resource,
    object: T,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#json<T>({
      method: 'PUT',
      path: objectPath(resource, nameOf(object)),
      query: { fieldManager },
      body: object,
      signal,
    });
  }

  /**
   * The object as it is being deleted (it waits for a finalizer or for its pod to end), or
   * undefined when it is gone, was gone before, or has been replaced by another of its name.
   */
  async delete<T extends KubernetesObject>(
    resource: Resource,
    name: ObjectName,
    { uid, propagation = 'Background' }: DeleteOptions,
  ): Promise<T | undefined> {
    try {
      const answer = await this.#json<T>({
        method: 'DELETE',
        path: objectPath(resource, name),
        body: { propagationPolicy: propagation, preconditions: { uid } },
      });
      return answer.kind === 'Status' ? undefined : answer;
    } catch (error) {
      if (hasStatus(error, 404) || hasStatus(error, 409)) return undefined;
      throw error;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #patch<T>(
    resource: Resource,
    name: ObjectName,
    body: unknown,
    contentType: string,
    subresource: string,
  ): Promise<T> {
    const path = objectPath(resource, name);
    return this.#json<T>({
      method: 'PATCH',
      path: subresource === '' ? path : `${path}/${subresource}`,
      query: { fieldManager },
      body,
      contentType,
    });
  }

  async #json<T>(call: Call): Promise<T> {
    const limit = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const signal = call.signal === undefined ? limit : AbortSignal.any([call.signal, limit]);
    const response = await this.#send({ ...call, signal });
    return JSON.parse(await textOf(response)) as T;
  }

  /** The response of a call that succeeded, its body still to be read. */
  async #send(call: Call): Promise<IncomingMessage> {
    const cluster = this.#kubeConfig.getCurrentCluster();
    if (cluster === null) throw new Error('the kubeconfig has no current cluster');
    const url = new URL(cluster.server.replace(/\/$/, '') + call.path);
    for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.set(key, value);
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const options: RequestOptions = { method: call.method, signal: call.signal };
    await this.#kubeConfig.applyToHTTPSOptions(options);
    if (cluster.proxyUrl === undefined && url.protocol === 'https:') options.agent = this.#agent;
    options.headers = {
      ...(options.headers as Record<string, string> | undefined),
      accept: 'application/json',
      ...(body !== undefined && {
        'content-type': call.contentType ?? 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(url, options, resolve);
      request.on('error', reject);
      request.end(body);
    });
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    throw errorOf(status, await textOf(response));
  }
}

function errorOf(status: number, body: string): KubernetesError {
  try {
    const { reason, message } = JSON.parse(body) as { reason?: string; message?: string };
    return new KubernetesError(status, reason ?? '', message ?? body);
  } catch {
    return new KubernetesError(status, '', `HTTP ${status}: ${body.slice(0, 500)}`);
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
}

export function nameOf(object: KubernetesObject): ObjectName {
  return { namespace: object.metadata?.namespace ?? '', name: object.metadata?.name ?? '' };
}
