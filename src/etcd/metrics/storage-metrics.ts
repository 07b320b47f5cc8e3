import { doubling, type Instruments } from './instruments.ts';

export type DiskMetrics = ReturnType<typeof diskMetrics>;
export type StoreMetrics = ReturnType<typeof storeMetrics>;

/** The write-ahead log, the backend's commits and snapshots. */
export function diskMetrics(make: Instruments) {
  const fast = doubling(0.001, 14);
  return {
    walFsyncSeconds: make.histogram(
      'etcd_disk_wal_fsync_duration_seconds',
      'How long syncing the write-ahead log took.',
      fast,
    ),
    walWriteSeconds: make.histogram(
      'etcd_disk_wal_write_duration_seconds',
      'How long writing to the write-ahead log took.',
      fast,
    ),
    walWriteBytes: make.gauge(
      'etcd_disk_wal_write_bytes_total',
      'Bytes written to the write-ahead log.',
    ),
    backendCommitSeconds: make.histogram(
      'etcd_disk_backend_commit_duration_seconds',
      'How long committing a backend transaction took.',
      fast,
    ),
    backendSnapshotSeconds: make.histogram(
      'etcd_disk_backend_snapshot_duration_seconds',
      'How long writing out the whole backend took.',
      doubling(0.01, 17),
    ),
    defragSeconds: make.histogram(
      'etcd_disk_backend_defrag_duration_seconds',
      'How long defragmenting took.',
      doubling(0.1, 13),
    ),
    defragInflight: make.gauge('etcd_disk_defrag_inflight', '1 while defragmenting.'),
    snapDbFsyncSeconds: make.histogram(
      'etcd_snap_db_fsync_duration_seconds',
      'How long syncing a received database took.',
      fast,
    ),
    snapDbSaveSeconds: make.histogram(
      'etcd_snap_db_save_total_duration_seconds',
      'How long saving a received database took.',
      doubling(0.1, 10),
    ),
    storageWarnings: make.gauge(
      'etcd_ts_storage_warning',
      '1 for each reason to move or change the storage; ours, not one of etcd.',
      ['warning'],
    ),
    snapFsyncSeconds: make.histogram(
      'etcd_snap_fsync_duration_seconds',
      'How long forcing the state to the disk took.',
      fast,
    ),
    snapSaveSeconds: make.histogram(
      'etcd_debugging_snap_save_total_duration_seconds',
      'How long saving the state took.',
      fast,
    ),
  };
}

/** Keys, revisions, watchers and leases. */
export function storeMetrics(make: Instruments) {
  return {
    dbSizeBytes: make.gauge('etcd_mvcc_db_total_size_in_bytes', 'Size of the backend file.'),
    dbSizeInUseBytes: make.gauge(
      'etcd_mvcc_db_total_size_in_use_in_bytes',
      'Size of the backend without its free pages.',
    ),
    openReads: make.gauge(
      'etcd_mvcc_db_open_read_transactions',
      'Read transactions that are open.',
    ),
    ranges: make.counter('etcd_mvcc_range_total', 'Ranges, also those inside transactions.'),
    puts: make.counter('etcd_mvcc_put_total', 'Puts, also those inside transactions.'),
    deletes: make.counter('etcd_mvcc_delete_total', 'Deletes, also those inside transactions.'),
    txns: make.counter('etcd_mvcc_txn_total', 'Transactions.'),
    hashSeconds: make.histogram(
      'etcd_mvcc_hash_duration_seconds',
      'How long hashing the backend took.',
      doubling(0.01, 15),
    ),
    hashRevisionSeconds: make.histogram(
      'etcd_mvcc_hash_rev_duration_seconds',
      'How long hashing the store at a revision took.',
      doubling(0.01, 15),
    ),
    keys: make.gauge('etcd_debugging_mvcc_keys_total', 'Keys that are alive.'),
    currentRevision: make.gauge('etcd_debugging_mvcc_current_revision', 'The newest revision.'),
    compactRevision: make.gauge(
      'etcd_debugging_mvcc_compact_revision',
      'The revision of the last compaction.',
    ),
    putBytes: make.gauge('etcd_debugging_mvcc_total_put_size_in_bytes', 'Bytes put.'),
    authRevision: make.gauge('etcd_debugging_auth_revision', 'Revision of users and roles.'),
    ...compactionMetrics(make),
    ...watchMetrics(make),
    ...leaseMetrics(make),
  };
}

function compactionMetrics(make: Instruments) {
  return {
    compactedKeys: make.counter(
      'etcd_debugging_mvcc_db_compaction_keys_total',
      'Versions of keys that compaction removed.',
    ),
    lastCompaction: make.gauge(
      'etcd_debugging_mvcc_db_compaction_last',
      'Unix time of the last compaction; 0 since the start.',
    ),
    compactionPauseMs: make.histogram(
      'etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds',
      'How long one batch of a compaction held the store.',
      doubling(1, 13),
    ),
    compactionMs: make.histogram(
      'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds',
      'How long a compaction took.',
      doubling(100, 14),
    ),
  };
}

function watchMetrics(make: Instruments) {
  return {
    watchStreams: make.gauge('etcd_debugging_mvcc_watch_stream_total', 'Watch streams open.'),
    watchers: make.gauge('etcd_debugging_mvcc_watcher_total', 'Watchers.'),
    slowWatchers: make.gauge(
      'etcd_debugging_mvcc_slow_watcher_total',
      'Watchers that have not caught up.',
    ),
    events: make.counter('etcd_debugging_mvcc_events_total', 'Events sent to watchers.'),
    pendingEvents: make.gauge(
      'etcd_debugging_mvcc_pending_events_total',
      'Events that wait to be sent.',
    ),
  };
}

function leaseMetrics(make: Instruments) {
  return {
    leasesGranted: make.counter('etcd_debugging_lease_granted_total', 'Leases granted.'),
    leasesRevoked: make.counter('etcd_debugging_lease_revoked_total', 'Leases revoked.'),
    leasesRenewed: make.counter(
      'etcd_debugging_lease_renewed_total',
      'Renewals of leases while this member led.',
    ),
    leaseTtlSeconds: make.histogram(
      'etcd_debugging_lease_ttl_total',
      'Leases by the time they were granted for.',
      doubling(1, 24),
    ),
  };
}
