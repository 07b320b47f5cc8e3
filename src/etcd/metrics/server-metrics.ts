import { doubling, type Instruments } from './instruments.ts';

export type ServerMetrics = ReturnType<typeof serverMetrics>;

/** Leadership, proposals, reads through the leader, versions and health. */
export function serverMetrics(make: Instruments) {
  return {
    ...leadershipMetrics(make),
    ...requestMetrics(make),
    ...identityMetrics(make),
  };
}

function leadershipMetrics(make: Instruments) {
  return {
    hasLeader: make.gauge('etcd_server_has_leader', '1 while this member knows a leader.'),
    isLeader: make.gauge('etcd_server_is_leader', '1 while this member leads.'),
    isLearner: make.gauge('etcd_server_is_learner', '1 while this member is a learner.'),
    leaderChanges: make.counter(
      'etcd_server_leader_changes_seen_total',
      'Times this member saw another leader than before.',
    ),
    learnerPromoteSuccesses: make.counter(
      'etcd_server_learner_promote_successes',
      'Learners promoted while this member led.',
    ),
    learnerPromoteFailures: make.counter(
      'etcd_server_learner_promote_failures',
      'Learners not promoted while this member led.',
      ['Reason'],
    ),
    heartbeatSendFailures: make.counter(
      'etcd_server_heartbeat_send_failures_total',
      'Heartbeats the leader could not send in time.',
    ),
  };
}

function requestMetrics(make: Instruments) {
  return {
    slowApplies: make.counter(
      'etcd_server_slow_apply_total',
      'Applied requests that took longer than the warning duration.',
    ),
    applySeconds: make.histogram(
      'etcd_server_apply_duration_seconds',
      'How long applying a request took.',
      doubling(0.0001, 20),
      ['version', 'op', 'success'],
    ),
    rangeSeconds: make.histogram(
      'etcd_server_range_duration_seconds',
      'How long a range took in the store.',
      doubling(0.0001, 20),
      ['success'],
    ),
    requestSeconds: make.histogram(
      'etcd_server_request_duration_seconds',
      'How long a request took from its arrival in the server to its answer.',
      doubling(0.001, 14),
      ['type', 'success'],
    ),
    proposalsCommitted: make.gauge('etcd_server_proposals_committed_total', 'The commit index.'),
    proposalsApplied: make.gauge('etcd_server_proposals_applied_total', 'The applied index.'),
    proposalsPending: make.gauge(
      'etcd_server_proposals_pending',
      'Proposals that wait for their entry to be applied.',
    ),
    proposalsFailed: make.counter(
      'etcd_server_proposals_failed_total',
      'Proposals that were given up.',
    ),
    readIndexesFailed: make.counter(
      'etcd_server_read_indexes_failed_total',
      'Read barriers that failed.',
    ),
    slowReadIndexes: make.counter(
      'etcd_server_slow_read_indexes_total',
      'Read barriers that were late or timed out.',
    ),
    snapshotApplying: make.gauge(
      'etcd_server_snapshot_apply_in_progress_total',
      '1 while a received snapshot is being applied.',
    ),
    quotaBytes: make.gauge(
      'etcd_server_quota_backend_bytes',
      'Size of the backend above which writes are refused.',
    ),
  };
}

function identityMetrics(make: Instruments) {
  return {
    filesOpen: make.gauge('os_fd_used', 'Files and sockets that this process has open.'),
    filesMax: make.gauge('os_fd_limit', 'Files and sockets that this process may have open.'),
    clientRequests: make.counter(
      'etcd_server_client_requests_total',
      'Requests by the API version their client names.',
      ['type', 'client_api_version'],
    ),
    version: make.gauge('etcd_server_version', 'The etcd version served.', ['server_version']),
    id: make.gauge('etcd_server_id', 'The id of this member in hexadecimal.', ['server_id']),
    featureEnabled: make.gauge('etcd_server_feature_enabled', '1: the feature is on.', [
      'name',
      'stage',
    ]),
    clusterVersion: make.gauge('etcd_cluster_version', 'The version the cluster agreed on.', [
      'cluster_version',
    ]),
    alarms: make.gauge('etcd_debugging_server_alarms', 'Alarms that are active.', [
      'server_id',
      'alarm_type',
    ]),
    leaseExpired: make.counter(
      'etcd_debugging_server_lease_expired_total',
      'Leases this member revoked because their time was up.',
    ),
    healthSuccess: make.counter('etcd_server_health_success', 'Times /health said healthy.'),
    healthFailures: make.counter('etcd_server_health_failures', 'Times /health said unhealthy.'),
    healthcheck: make.gauge('etcd_server_healthcheck', 'The last result of a probe check.', [
      'type',
      'name',
    ]),
    healthchecks: make.counter('etcd_server_healthchecks_total', 'Probe checks by their result.', [
      'type',
      'name',
      'status',
    ]),
  };
}
