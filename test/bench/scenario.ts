import type { Target } from './target.ts';

/** What a scenario can report. All but `perSecond` are better when smaller. */
export type Figures = {
  readonly perSecond?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly worstMs?: number;
  /** CPU time of all members, microseconds for one request. */
  readonly cpuMicros?: number;
  /** Resident memory of all members right after the load. */
  readonly rssMib?: number;
  readonly anonMib?: number;
  readonly databaseMib?: number;
  readonly restartMs?: number;
};
export type FigureName = keyof Figures;

/** How much load: quick runs are for development and prove little. */
export type Scale = {
  readonly isQuick: boolean;
  /** How long a load should last, after a warm-up of half of it for each member. */
  readonly seconds: number;
};

/** A goal of the project: the figure's ratio to Go etcd's, at least `min` or at most `max`. */
export type Goal = {
  readonly figure: FigureName;
  readonly min?: number;
  readonly max?: number;
};

export type ServerSpec = {
  readonly members: 1 | 3;
  /** Keys written before anything is measured. */
  readonly keys: number;
  /**
   * Shared by all scenarios of a pair with the same spec, in the order of the list. Otherwise the
   * scenario has a new server for itself.
   */
  readonly isShared: boolean;
  /** An https port besides, `Target.securedEndpoint`. */
  readonly isSecured?: boolean;
};

export type Scenario = {
  /** For `ONLY=`: lower case with hyphens. */
  readonly name: string;
  readonly title: string;
  readonly server: ServerSpec;
  /** Pairs at most, for a scenario that takes minutes. */
  readonly pairsMax?: number;
  readonly goals?: readonly Goal[];
  run(target: Target, scale: Scale): Promise<Figures>;
};

export const loadedKeys = 10_000;

export const loaded: ServerSpec = { members: 1, keys: loadedKeys, isShared: true };
export const threeLoaded: ServerSpec = { members: 3, keys: loadedKeys, isShared: true };
export const securedLoaded: ServerSpec = { ...loaded, isSecured: true };
export const fresh: ServerSpec = { members: 1, keys: 0, isShared: false };

/** The number of keys that stands for `keys` at this scale. */
export function keysAt(scale: Scale, keys: number): number {
  return scale.isQuick && keys > loadedKeys ? keys / 50 : keys;
}
