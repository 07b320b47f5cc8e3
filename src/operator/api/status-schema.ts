/** An OpenAPI v3 schema as the API server reads it. */
export type Schema = { readonly [key: string]: unknown };

/** The schema of EtcdClusterStatus (etcd-cluster.ts). Unknown fields are pruned, so all are here. */
export function statusSchema(): Schema {
  return object({
    observedGeneration: integer,
    phase: text,
    currentReplicas: integer,
    readyReplicas: integer,
    ready: text,
    memberCount: integer,
    updatedMembers: integer,
    currentVersion: text,
    leaderID: text,
    clusterID: text,
    selector: text,
    endpoints: object({ client: text, members: list(text) }),
    members: {
      ...list(memberSchema),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
    conditions: {
      ...list(conditionSchema),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    },
    warnings: list(text),
    failover: object({
      count: integer,
      lastTime: time,
      leader: text,
      term: integer,
      candidate: text,
      evidence: text,
    }),
  });
}

const text: Schema = { type: 'string' };
const boolean: Schema = { type: 'boolean' };
const integer: Schema = { type: 'integer', format: 'int64' };
const time: Schema = { type: 'string', format: 'date-time' };

const memberSchema: Schema = {
  ...object({
    name: text,
    id: text,
    phase: text,
    role: text,
    version: text,
    isHealthy: boolean,
    isLearner: boolean,
    isLeader: boolean,
    revision: integer,
    raftTerm: integer,
    raftIndex: integer,
    raftAppliedIndex: integer,
    dbSize: integer,
    dbSizeInUse: integer,
    alarms: list(text),
    templateHash: text,
    volume: text,
    node: text,
    reason: text,
    lastTransitionTime: time,
  }),
  required: ['name'],
};

const conditionSchema: Schema = {
  ...object({
    type: text,
    status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
    reason: text,
    message: text,
    observedGeneration: integer,
    lastTransitionTime: time,
  }),
  required: ['type', 'status'],
};

function object(properties: Record<string, Schema>): Schema {
  return { type: 'object', properties };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}
