/** Runs scenarios on etcd-ts and Go etcd in turns, so that a ratio means something on a busy machine. */
import type { ServerKind } from '../support/member-process.ts';
import { loadKeys } from './keyspace.ts';
import type { Pair } from './report.ts';
import { type Figures, keysAt, type Scale, type Scenario, type ServerSpec } from './scenario.ts';
import { Target } from './target.ts';

export interface PairListener {
  measured(scenario: Scenario, pair: Pair): void;
  /** The scenario gave no figures on one of the servers; the others go on. */
  failed(scenario: Scenario, kind: ServerKind, error: Error): void;
}

class ScenarioFailed extends Error {
  readonly kind: ServerKind;

  constructor(kind: ServerKind, message: string, cause: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** One pair of every scenario. Odd pairs begin with etcd-ts, even ones with Go etcd. */
export async function runPair(
  scenarios: readonly Scenario[],
  scale: Scale,
  pair: number,
  listener: PairListener,
): Promise<void> {
  const order: readonly ServerKind[] = pair % 2 === 0 ? ['etcd-ts', 'etcd'] : ['etcd', 'etcd-ts'];
  const groups = Map.groupBy(scenarios, ({ name, server }) =>
    server.isShared ? JSON.stringify(server) : name,
  );
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    if (first.server.isShared) await runShared(group, first.server, scale, order, listener);
    else await runAlone(first, scale, order, listener);
  }
}

/** Both servers live through all scenarios; the one that is not measured does not run. */
async function runShared(
  scenarios: readonly Scenario[],
  server: ServerSpec,
  scale: Scale,
  order: readonly ServerKind[],
  listener: PairListener,
): Promise<void> {
  const targets: Target[] = [];
  try {
    for (const kind of order) {
      const target = await startLoaded(kind, server, scale);
      targets.push(target);
      await target.pause();
    }
    for (const scenario of scenarios) {
      await report(scenario, listener, async (figures) => {
        for (const target of targets) {
          await target.resume();
          try {
            figures[target.kind] = await runOne(scenario, target, scale);
          } finally {
            await target.pause();
          }
        }
      });
    }
  } finally {
    await Promise.all(targets.map((target) => target.close()));
  }
}

async function runAlone(
  scenario: Scenario,
  scale: Scale,
  order: readonly ServerKind[],
  listener: PairListener,
): Promise<void> {
  await report(scenario, listener, async (figures) => {
    for (const kind of order) {
      const target = await startLoaded(kind, scenario.server, scale);
      try {
        figures[kind] = await runOne(scenario, target, scale);
      } finally {
        await target.close();
      }
    }
  });
}

/** `measure` fills in both servers' figures. */
async function report(
  scenario: Scenario,
  listener: PairListener,
  measure: (figures: Partial<Record<ServerKind, Figures>>) => Promise<void>,
): Promise<void> {
  const figures: Partial<Record<ServerKind, Figures>> = {};
  try {
    await measure(figures);
  } catch (error) {
    if (!(error instanceof ScenarioFailed)) throw error;
    listener.failed(scenario, error.kind, error);
    return;
  }
  listener.measured(scenario, figures as Pair);
}

async function startLoaded(kind: ServerKind, server: ServerSpec, scale: Scale): Promise<Target> {
  const keys = keysAt(scale, server.keys).toLocaleString('en');
  console.log(`${kind}: ${server.members} member(s), ${keys} keys`);
  const target = await Target.start(kind, server.members, server.isSecured);
  try {
    if (server.keys > 0) await loadKeys(target, keysAt(scale, server.keys));
    return target;
  } catch (error) {
    await target.close();
    throw error;
  }
}

async function runOne(scenario: Scenario, target: Target, scale: Scale): Promise<Figures> {
  try {
    return await scenario.run(target, scale);
  } catch (error) {
    const message = `${scenario.name} on ${target.kind}\n${target.logTail()}`;
    throw new ScenarioFailed(target.kind, message, error);
  }
}
