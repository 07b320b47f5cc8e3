import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { KubeConfig } from '@kubernetes/client-node';
import { systemClock } from '../base/clock.ts';
import { jsonLog, type Log } from '../base/log.ts';
import { etcdTsVersion } from '../version.ts';
import { type OperatorConfig, operatorUsage, parseOperatorConfig } from './config.ts';
import { Controller } from './controller/controller.ts';
import { LeaderElection, leaderElectionTimes } from './controller/leader-election.ts';
import { EventRecorder } from './execute/event-recorder.ts';
import { type EndpointTable, serveEndpoints } from './http-endpoints.ts';
import { KubernetesClient } from './kubernetes-client/kubernetes-client.ts';
import { OperatorMetrics } from './metrics.ts';
import { podAddresses } from './resources/member-addresses.ts';

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** All is closed by then; what still holds the process is of no use to anybody. */
const EXIT_MS_MAX = 500;

/** Runs until SIGTERM or SIGINT (0), a lost lease or an error (1); wrong flags are 2. */
export async function runOperator(argv: readonly string[]): Promise<number> {
  const parsed = parseOperatorConfig(argv, process.env);
  if (parsed.kind === 'help') {
    process.stdout.write(operatorUsage);
    return 0;
  }
  if (parsed.kind === 'refused') {
    process.stderr.write(`etcd-ts operator: ${parsed.message}\n\n${operatorUsage}`);
    return 2;
  }
  const log = jsonLog(parsed.config.logLevel, process.stdout).child('operator');
  const kubeConfig = loadKubeConfig(parsed.config.kubeconfig);
  if (typeof kubeConfig === 'string') {
    log.error(kubeConfig);
    return 1;
  }
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log.info('stopping', { signal });
      stop.abort();
    });
  }
  const exitCode = await new Operator(parsed.config, kubeConfig, log).run(stop.signal);
  // A connection attempt to an address that is gone can hold the process for two minutes.
  setTimeout(() => process.exit(exitCode), EXIT_MS_MAX).unref();
  return exitCode;
}

/** A sentence when there is no cluster to talk to. */
function loadKubeConfig(file: string): KubeConfig | string {
  const kubeConfig = new KubeConfig();
  try {
    if (file === '') kubeConfig.loadFromDefault();
    else kubeConfig.loadFromFile(file);
  } catch (error) {
    return `the kubeconfig cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (kubeConfig.getCurrentCluster() !== null) return kubeConfig;
  return 'no Kubernetes cluster is configured: set KUBECONFIG or run in a pod with an account';
}

class Operator {
  readonly #config: OperatorConfig;
  readonly #log: Log;
  readonly #client: KubernetesClient;
  readonly #election: LeaderElection | undefined;
  readonly #controller: Controller;
  readonly #metrics: OperatorMetrics;
  #isStandby = false;

  constructor(config: OperatorConfig, kubeConfig: KubeConfig, log: Log) {
    this.#config = config;
    this.#log = log;
    const client = new KubernetesClient(kubeConfig);
    this.#client = client;
    const identity = `${hostname()}_${randomUUID()}`;
    const clock = systemClock;
    this.#election = config.leaderElect
      ? new LeaderElection(
          {
            lease: {
              namespace: leaseNamespace(config, kubeConfig),
              name: config.leaderElectionName,
            },
            identity,
            ...leaderElectionTimes,
          },
          client,
          clock,
          log.child('operator/leader-election'),
        )
      : undefined;
    const metrics: OperatorMetrics = new OperatorMetrics({
      queueDepth: () => this.#controller.queueDepth,
      phases: () => this.#controller.phases(),
      isLeading: () => this.#isLeading(),
    });
    this.#metrics = metrics;
    this.#controller = new Controller({
      client,
      namespaces: config.watchNamespaces,
      settings: {
        defaultImage: config.defaultImage,
        fastFailover: config.fastFailover,
        addresses: podAddresses,
      },
      clock,
      log: log.child('operator/controller'),
      metrics,
      events: new EventRecorder(client, identity, clock, log.child('operator/events')),
      mayAct: () => this.#isLeading(),
    });
  }

  async run(signal: AbortSignal): Promise<number> {
    const { watchNamespaces, defaultImage, leaderElect } = this.#config;
    const facts = { version: etcdTsVersion, watchNamespaces, defaultImage, leaderElect };
    this.#log.info('the operator starts', facts);
    const stopServing = await this.#serve();
    try {
      return await this.#lead(signal);
    } catch (error) {
      if (signal.aborted) return 0;
      this.#log.error('the operator ends', { error });
      return 1;
    } finally {
      for (const stop of stopServing) await stop();
      this.#client.close();
    }
  }

  /** With a lease: wait for it, act while it lasts, end with it. A new process starts afresh. */
  async #lead(signal: AbortSignal): Promise<number> {
    const election = this.#election;
    if (election === undefined) {
      await this.#controller.run(signal);
      return 0;
    }
    this.#isStandby = true;
    await election.acquire(signal);
    this.#isStandby = false;
    const acting = new AbortController();
    const running = this.#controller.run(AbortSignal.any([signal, acting.signal]));
    const end = await election.hold(signal);
    acting.abort();
    if (end === 'lost') return 1;
    await running;
    await election.release();
    return 0;
  }

  async #serve(): Promise<readonly (() => Promise<void>)[]> {
    const { metricsAddress, healthAddress } = this.#config;
    const metrics: EndpointTable = {
      '/metrics': async () => ({
        status: 200,
        contentType: this.#metrics.contentType,
        body: await this.#metrics.text(),
      }),
    };
    const health: EndpointTable = {
      '/healthz': () => Promise.resolve(answerOf(true)),
      // A standby is ready to take over; a leader is ready when it knows what there is.
      '/readyz': () => Promise.resolve(answerOf(this.#isStandby || this.#controller.isSynced)),
    };
    if (metricsAddress === undefined || healthAddress === undefined) {
      const stops: (() => Promise<void>)[] = [];
      if (metricsAddress !== undefined) stops.push(await serveEndpoints(metricsAddress, metrics));
      if (healthAddress !== undefined) stops.push(await serveEndpoints(healthAddress, health));
      return stops;
    }
    const isSame =
      metricsAddress.host === healthAddress.host && metricsAddress.port === healthAddress.port;
    if (isSame) return [await serveEndpoints(metricsAddress, { ...metrics, ...health })];
    return [
      await serveEndpoints(metricsAddress, metrics),
      await serveEndpoints(healthAddress, health),
    ];
  }

  #isLeading(): boolean {
    return this.#election === undefined || this.#election.isLeading;
  }
}

function answerOf(isWell: boolean): { status: number; contentType: string; body: string } {
  const [status, body] = isWell ? [200, 'ok\n'] : [503, 'not ready\n'];
  return { status, contentType: 'text/plain', body };
}

function leaseNamespace(config: OperatorConfig, kubeConfig: KubeConfig): string {
  if (config.leaderElectionNamespace !== '') return config.leaderElectionNamespace;
  const own = process.env['POD_NAMESPACE'];
  if (own !== undefined && own !== '') return own;
  if (existsSync(namespaceFile)) return readFileSync(namespaceFile, 'utf8').trim();
  return kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace ?? 'default';
}
