/** Every bound of the server in one place, each with its reason. Flags override the ones etcd lets users set. */
export const limits = Object.freeze({
  // requests
  /** etcd's `--max-request-bytes`. */
  requestBytesDefault: 1_572_864,
  /** gRPC framing and metadata on top of a request of the largest size (etcd adds the same). */
  requestOverheadBytes: 512 * 1024,
  /** etcd's `--max-txn-ops`. */
  txnOpsDefault: 128,
  /** etcd's gap between committed and applied entries above which it answers "too many requests". */
  commitApplyGapMax: 5_000,
  /** Callers waiting for their entry at one member; beyond it "too many requests". */
  pendingProposalsMax: 20_000,
  /** Callers waiting for a linearizable read barrier at one member; they share rounds, so this only bounds memory. */
  pendingReadBarriersMax: 100_000,
  // raft
  /** etcd's MaxSizePerMsg. */
  raftMessageBytesMax: 1_048_576,
  /** etcd's MaxInflightMsgs. */
  raftInflightMessagesMax: 512,
  /** etcd's `--snapshot-catchup-entries`. */
  snapshotCatchUpEntries: 5_000,
  /** Entries kept in memory while a snapshot travels and shortly after: its receiver needs what came since. */
  snapshotHoldEntriesMax: 200_000,
  /** etcd holds the log for 30 s after a snapshot was delivered. */
  snapshotHoldMs: 30_000,
  /** Growth of the database file that brings a checkpoint forward: freed pages are reused only after one. */
  checkpointGrowthBytesMax: 64 * 1024 * 1024,
  // leases
  /** etcd's largest TTL, seconds. */
  leaseTtlSecondsMax: 9_000_000_000,
  /** Revokes proposed and not yet answered, as etcd bounds them. */
  leaseRevokesInFlightMax: 16,
  // membership
  /** etcd's `--max-learners`. */
  learnersMax: 1,
});
