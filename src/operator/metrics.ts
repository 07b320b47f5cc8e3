import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the gauges ask for when they are scraped. */
export type MetricsSource = {
  readonly queueDepth: () => number;
  readonly phases: () => readonly string[];
  readonly isLeading: () => boolean;
};

const phases = [
  'Creating',
  'Healthy',
  'Progressing',
  'Degraded',
  'QuorumLost',
  'Paused',
  'Deleting',
];

/** The operator's own metrics; those of the members are the members' business. */
export class OperatorMetrics {
  readonly #registry = new Registry();
  readonly #passes: Counter<'outcome'>;
  readonly #passSeconds: Histogram;
  readonly #actions: Counter<'kind' | 'outcome'>;
  readonly #failovers: Counter<'namespace' | 'name' | 'evidence'>;
  readonly #failoverSeconds: Histogram;

  constructor(source: MetricsSource) {
    const registers = [this.#registry];
    this.#passes = new Counter({
      name: 'etcd_ts_operator_passes_total',
      help: 'Reconcile passes, by what came of them: act, wait, continue, fail or error.',
      labelNames: ['outcome'],
      registers,
    });
    this.#passSeconds = new Histogram({
      name: 'etcd_ts_operator_pass_seconds',
      help: 'How long one pass took, asking the members and executing actions included.',
      buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
      registers,
    });
    this.#actions = new Counter({
      name: 'etcd_ts_operator_actions_total',
      help: 'Actions by kind and outcome: done, not-needed, too-early (etcd says later) or failed.',
      labelNames: ['kind', 'outcome'],
      registers,
    });
    this.#failovers = new Counter({
      name: 'etcd_ts_operator_failovers_total',
      help: 'Dead leaders whose survivors were asked to forget them, by the evidence.',
      labelNames: ['namespace', 'name', 'evidence'],
      registers,
    });
    this.#failoverSeconds = new Histogram({
      name: 'etcd_ts_operator_failover_seconds',
      help: 'From the first evidence of a dead leader to a survivor that follows a new one.',
      buckets: [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    });
    this.#registerGauges(source);
  }

  pass(outcome: string, seconds: number): void {
    this.#passes.inc({ outcome });
    this.#passSeconds.observe(seconds);
  }

  action(kind: string, outcome: 'done' | 'not-needed' | 'too-early' | 'failed'): void {
    this.#actions.inc({ kind, outcome });
  }

  failover(namespace: string, name: string, evidence: string): void {
    this.#failovers.inc({ namespace, name, evidence });
  }

  failoverEnded(seconds: number): void {
    this.#failoverSeconds.observe(seconds);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #registerGauges(source: MetricsSource): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'etcd_ts_operator_queue_depth',
      help: 'Clusters that wait for a worker.',
      registers,
      collect() {
        this.set(source.queueDepth());
      },
    });
    new Gauge({
      name: 'etcd_ts_operator_clusters',
      help: 'EtcdClusters by the phase of their status.',
      labelNames: ['phase'],
      registers,
      collect() {
        const present = source.phases();
        for (const phase of phases) {
          this.set({ phase }, present.filter((one) => one === phase).length);
        }
      },
    });
    new Gauge({
      name: 'etcd_ts_operator_leading',
      help: '1 while this replica is the one that acts.',
      registers,
      collect() {
        this.set(source.isLeading() ? 1 : 0);
      },
    });
  }
}
