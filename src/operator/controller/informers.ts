import type { KubernetesObject } from '@kubernetes/client-node';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import {
  KubernetesError,
  type ObjectList,
  type WatchEvent,
} from '../kubernetes-client/kubernetes-client.ts';
import type { Resource } from '../kubernetes-client/resources.ts';
import { ObjectCache, type ObjectChange } from './object-cache.ts';

/** What an informer needs of the API server. */
export interface ListWatchClient {
  list<T extends KubernetesObject>(
    resource: Resource,
    namespace: string,
    labelSelector: string,
    signal?: AbortSignal,
  ): Promise<ObjectList<T>>;
  watch<T extends KubernetesObject>(
    resource: Resource,
    namespace: string,
    labelSelector: string,
    resourceVersion: string,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>>;
}

export type InformerOptions = {
  readonly resource: Resource;
  /** Empty: all namespaces. */
  readonly namespaces: readonly string[];
  readonly labelSelector: string;
  /** Without permission it stays empty and `isAllowed` says so; nothing waits for it. */
  readonly isOptional: boolean;
};

/** After an error; doubles up to the longest. A watch that ends by itself goes on at once. */
const RETRY_MS = { first: 200, longest: 10_000 };
/** An optional resource that was refused is asked for again this often: permissions change. */
const REFUSED_RETRY_MS = 300_000;
/** A server that ends every watch at once is asked no more often than this. */
const WATCH_MS_MIN = 1_000;
/** A full list now and then repairs whatever a lost event could have left behind. */
const RESYNC_MS = 600_000;

type Source = { readonly namespace: string; isSynced: boolean; isRefused: boolean };

/**
 * Keeps an ObjectCache equal to the API server: list, then watch from the list's version; a watch
 * that ends is resumed, one that is too old (410) starts over with a list, errors are retried with
 * a bounded back-off for ever. One source per namespace watched.
 */
export class Informer<T extends KubernetesObject> {
  readonly cache: ObjectCache<T>;
  readonly #options: InformerOptions;
  readonly #client: ListWatchClient;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sources: readonly Source[];
  #onSynced: () => void = () => {};

  constructor(
    options: InformerOptions,
    client: ListWatchClient,
    clock: Clock,
    log: Log,
    onChange: (change: ObjectChange<T>) => void,
  ) {
    this.#options = options;
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
    const namespaces = options.namespaces.length === 0 ? [''] : options.namespaces;
    this.#sources = (options.resource.isNamespaced ? namespaces : ['']).map((namespace) => ({
      namespace,
      isSynced: false,
      isRefused: false,
    }));
    this.cache = new ObjectCache<T>(onChange);
  }

  /** Every source has been listed once, or was refused and is optional. */
  get isSynced(): boolean {
    return this.#sources.every(({ isSynced, isRefused }) => isSynced || isRefused);
  }

  get isAllowed(): boolean {
    return this.#sources.every(({ isSynced }) => isSynced);
  }

  /** Resolves when all sources are synced. The sources go on until the signal is aborted. */
  start(signal: AbortSignal): Promise<void> {
    const synced = new Promise<void>((resolve) => {
      this.#onSynced = () => {
        if (this.isSynced) resolve();
      };
    });
    // Each source ends with the signal and reports its own errors.
    for (const source of this.#sources) void this.#follow(source, signal);
    return synced;
  }

  async #follow(source: Source, signal: AbortSignal): Promise<void> {
    let waitMs = RETRY_MS.first;
    while (!signal.aborted) {
      try {
        await this.#listAndWatch(source, signal, () => {
          waitMs = RETRY_MS.first;
        });
      } catch (error) {
        if (signal.aborted) return;
        const pauseMs = this.#handle(source, error, waitMs);
        waitMs = Math.min(2 * waitMs, RETRY_MS.longest);
        await this.#clock.after(pauseMs, signal).catch(() => undefined);
      }
    }
  }

  /** Returns when the list is to be made anew; throws what went wrong. */
  async #listAndWatch(source: Source, signal: AbortSignal, onProgress: () => void): Promise<void> {
    const { resource, labelSelector } = this.#options;
    const { namespace } = source;
    const list = await this.#client.list<T>(resource, namespace, labelSelector, signal);
    const listedMs = this.#clock.monotonicMs();
    this.#replaceNamespace(namespace, list);
    source.isSynced = true;
    source.isRefused = false;
    this.#onSynced();
    let version = list.resourceVersion;
    while (!signal.aborted && this.#clock.monotonicMs() - listedMs < RESYNC_MS) {
      const startedMs = this.#clock.monotonicMs();
      const events = this.#client.watch<T>(resource, namespace, labelSelector, version, signal);
      for await (const event of events) {
        if (event.type === 'ERROR') throw watchError(event.object);
        version = event.object.metadata?.resourceVersion ?? version;
        this.#take(event.type, event.object);
        onProgress();
      }
      const lastedMs = this.#clock.monotonicMs() - startedMs;
      if (lastedMs < WATCH_MS_MIN) await this.#clock.after(WATCH_MS_MIN - lastedMs, signal);
    }
  }

  #take(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', object: T): void {
    if (type === 'BOOKMARK') return;
    const { namespace = '', name = '', uid = '' } = object.metadata ?? {};
    if (type === 'DELETED') this.cache.remove(namespace, name, uid);
    else this.cache.put(object);
  }

  /** A namespaced source speaks for its namespace only. */
  #replaceNamespace(namespace: string, list: ObjectList<T>): void {
    if (namespace === '') {
      this.cache.replaceAll(list.items, list.resourceVersion);
      return;
    }
    const others = [...this.cache.values()].filter((one) => one.metadata?.namespace !== namespace);
    this.cache.replaceAll([...others, ...list.items], list.resourceVersion);
  }

  #handle(source: Source, error: unknown, waitMs: number): number {
    const { resource, isOptional } = this.#options;
    const status = error instanceof KubernetesError ? error.status : 0;
    if (status === 410) return 0;
    if (isOptional && (status === 403 || status === 404)) {
      if (!source.isRefused) {
        this.#log.info('an optional resource may not be read', { resource: resource.plural });
      }
      source.isRefused = true;
      source.isSynced = false;
      this.#onSynced();
      return REFUSED_RETRY_MS;
    }
    this.#log.warn('list or watch failed; trying again', { resource: resource.plural, error });
    return waitMs;
  }
}

function watchError(status: { readonly code?: number; message?: string }): KubernetesError {
  return new KubernetesError(status.code ?? 0, '', status.message ?? 'the watch reported an error');
}
