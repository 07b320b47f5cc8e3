import type { KubernetesObject } from '@kubernetes/client-node';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { apiVersion, clusterKind, type EtcdCluster } from '../api/etcd-cluster.ts';
import { type ObjectName, type Resource, resources } from '../kubernetes-client/resources.ts';
import { fieldManager } from '../resources/names.ts';

export interface EventClient {
  create(resource: Resource, event: KubernetesObject): Promise<KubernetesObject>;
  mergePatch(resource: Resource, name: ObjectName, patch: object): Promise<KubernetesObject>;
}

export type EventNote = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
};

type Series = { readonly name: string; count: number; firstMs: number; writtenMs: number };

/** The API server's limit of a note. */
const NOTE_LENGTH_MAX = 1_024;
/** Equal events within this time are one series; Kubernetes drops events after an hour. */
const SERIES_MS = 600_000;
/** A series' count is written no more often than this. */
const SERIES_WRITE_MS = 10_000;
/** Series remembered; the oldest is forgotten and would begin anew. */
const SERIES_MAX = 512;

/**
 * Events about EtcdClusters (events.k8s.io). The same event again becomes a count on the first, so
 * an error that comes back every few seconds is one line that grows. Events are for people: one
 * that cannot be written is logged, and never holds anything up.
 */
export class EventRecorder {
  readonly #client: EventClient;
  readonly #instance: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #series = new Map<string, Series>();
  #sequence = 0;

  constructor(client: EventClient, instance: string, clock: Clock, log: Log) {
    this.#client = client;
    this.#instance = instance;
    this.#clock = clock;
    this.#log = log;
  }

  async record(cluster: EtcdCluster, { type, reason, message }: EventNote): Promise<void> {
    const { namespace, name, uid } = cluster.metadata;
    this.#log.info(message, { cluster: `${namespace}/${name}`, type, reason });
    const nowMs = this.#clock.wallMs();
    const note = message.slice(0, NOTE_LENGTH_MAX);
    const key = `${uid}\n${type}\n${reason}\n${note}`;
    const known = this.#series.get(key);
    try {
      if (known !== undefined && nowMs - known.firstMs < SERIES_MS) {
        await this.#countUp(known, { namespace, name: known.name }, nowMs);
        return;
      }
      this.#sequence += 1;
      const unique = `${nowMs.toString(16)}${this.#sequence.toString(16)}`;
      const series = { name: `${name}.${unique}`, count: 1, firstMs: nowMs, writtenMs: nowMs };
      this.#remember(key, series);
      await this.#client.create(resources.event, {
        apiVersion: resources.event.apiVersion,
        kind: resources.event.kind,
        metadata: { namespace, name: series.name },
        eventTime: microTime(nowMs),
        reportingController: `etcd-ts.dev/${fieldManager}`,
        reportingInstance: this.#instance.slice(0, 128),
        type,
        reason,
        action: reason,
        note,
        regarding: { apiVersion, kind: clusterKind, namespace, name, uid },
      } as KubernetesObject);
    } catch (error) {
      this.#series.delete(key);
      this.#log.warn('event not written', { reason, error });
    }
  }

  async #countUp(series: Series, name: ObjectName, nowMs: number): Promise<void> {
    series.count += 1;
    if (nowMs - series.writtenMs < SERIES_WRITE_MS && series.count > 2) return;
    series.writtenMs = nowMs;
    const patch = { series: { count: series.count, lastObservedTime: microTime(nowMs) } };
    await this.#client.mergePatch(resources.event, name, patch);
  }

  #remember(key: string, series: Series): void {
    this.#series.delete(key);
    this.#series.set(key, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > SERIES_MAX && oldest !== undefined) this.#series.delete(oldest);
  }
}

/** Times with microseconds, as these objects need them. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
