import type { V1Probe } from '@kubernetes/client-node';

/**
 * The three questions kubelet asks, all on the metrics port.
 *
 * Startup leaves out the linearizable read and the learner check: a member that restarts while the
 * quorum is lost, and a learner that is still catching up, have started well and must not be
 * killed for it. For the same reason liveness is `/livez` alone, which never needs a quorum.
 * Readiness is the whole `/readyz`, so clients reach voters that can serve; learners stay out.
 */
export const startupProbe: V1Probe = {
  httpGet: { path: '/readyz?exclude=linearizable_read&exclude=non_learner', port: 'metrics' },
  periodSeconds: 1,
  timeoutSeconds: 5,
  // Ten minutes: replaying a long log or receiving a large snapshot is not a failure.
  failureThreshold: 600,
};

export const readinessProbe: V1Probe = {
  httpGet: { path: '/readyz', port: 'metrics' },
  periodSeconds: 2,
  // Longer than an election: a read that waits for a new leader should be answered, not counted.
  timeoutSeconds: 5,
  failureThreshold: 3,
  successThreshold: 1,
};

export const livenessProbe: V1Probe = {
  httpGet: { path: '/livez', port: 'metrics' },
  periodSeconds: 10,
  timeoutSeconds: 10,
  failureThreshold: 6,
};
