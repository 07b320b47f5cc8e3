/** Bounds of fast failover, each with its reason. */
export const failoverBounds = Object.freeze({
  /** Heartbeats that a quorum of survivors must have missed before silence counts as death. */
  silentHeartbeats: 5,
  /** Survivors' words older than this many heartbeats are not evidence. */
  reportHeartbeatsMax: 10,
  /** Attempts against one leader of one term: a heartbeat on its way can undo the first. */
  attemptsPerTerm: 3,
  /** Between two attempts against the same leader; an election needs a round trip and a sync. */
  attemptIntervalMs: 200,
  /** Failovers per window: a flapping network must not become an election storm. */
  failoversPerWindow: 5,
  windowMs: 60_000,
  /** Records kept for the two limits above. */
  recordsMax: 20,
  /** After the call: look again soon, the survivors' reports will tell. */
  afterwardsMs: 100,
});
