/** Bounds and waiting times of reconcile, each with its reason. */
export const reconcileLimits = Object.freeze({
  /** Entries a member may be behind the leader's log and still count as caught up. */
  lagEntriesMax: 5_000,
  /** etcd's own rule for promoting a learner: 90 % of the leader's log. */
  promoteRatio: 0.9,
  /** Ordinals looked at when a name is sought; retained volumes occupy names. */
  ordinalsMax: 1_000,
  /** Nothing to do: watches and streams wake the operator earlier. */
  stableWaitMs: 15_000,
  /** The status is written at the end of every pass; the next one finds it. */
  recordWaitMs: 50,
  /** A process starts, catches up or recovers: short, each step of a change waits for it. */
  settleWaitMs: 1_000,
  /** Only a person can help; watches wake the operator when one does. */
  pausedWaitMs: 60_000,
});
