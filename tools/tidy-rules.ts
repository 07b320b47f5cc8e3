/**
 * The house rules as data: which module may import which, and where effects are allowed.
 * ARCHITECTURE.md explains them; this table is what is enforced.
 */

export type ImportRule = {
  /** A folder (`src/etcd/raft/`) or a file. The longest match decides. */
  readonly module: string;
  /** Folders and files it may import, besides itself. */
  readonly may: readonly string[];
  /** npm packages and `node:` modules; `node:*` allows all of Node. */
  readonly packages?: readonly string[];
  /** Imported for their types only. */
  readonly types?: readonly string[];
};

const base = 'src/base/';
const proto = 'src/etcd/proto/';
const errors = 'src/etcd/errors.ts';
const limits = 'src/etcd/config/limits.ts';
const version = 'src/version.ts';
const timing = 'src/etcd/timing/timing.ts';

/** What every module of the server may use: effects come in through these interfaces. */
const common = [base, proto, errors, limits, version];

/** raft may not even name a clock, a log or a source of randomness, except as a type. */
const pureBase = ['src/base/assert.ts', 'src/base/bytes.ts', 'src/base/bounded-queue.ts'];

const etcd = (folder: string): string => `src/etcd/${folder}/`;
const operator = (folder: string): string => `src/operator/${folder}/`;

const state = ['mvcc', 'lease', 'auth', 'alarm', 'membership'].map(etcd);
const backend = [etcd('backend')];
const operatorPure = ['api', 'resources', 'status', 'reconcile', 'failover'].map(operator);

const etcdRules: readonly ImportRule[] = [
  { module: 'src/base/', may: [], packages: ['node:crypto', 'pino'] },
  { module: 'src/base/node-http.ts', may: [], packages: ['node:*'] },
  { module: 'src/base/container-limits.ts', may: [base], packages: ['node:*'] },
  { module: 'src/version.ts', may: [] },
  {
    module: 'src/cli.ts',
    may: [version, 'src/etcd/main.ts', 'src/etcd/db/db.ts', 'src/operator/'],
    packages: ['node:module', 'node:path'],
  },
  { module: 'src/etcd/main.ts', may: ['src/etcd/', base, version], packages: ['*'] },
  { module: 'src/etcd/errors.ts', may: [] },
  { module: proto, may: [base, errors] },
  { module: limits, may: [] },
  {
    module: etcd('config'),
    may: common,
    types: ['src/etcd/transport/listen.ts'],
    packages: ['node:*', 'yaml'],
  },
  { module: etcd('raft'), may: [...pureBase, proto, limits], types: [base] },
  { module: etcd('io'), may: common, packages: ['node:*'] },
  { module: etcd('wal'), may: [...common, etcd('io')], packages: ['node:*', '@node-rs/crc32'] },
  {
    module: etcd('snap'),
    may: [...common, etcd('io'), etcd('wal')],
    packages: ['node:*', '@node-rs/crc32'],
    types: backend,
  },
  {
    module: etcd('backend'),
    may: [...common, etcd('io')],
    packages: ['node:*', '@node-rs/crc32'],
  },
  {
    module: 'src/etcd/backend/lmdb-backend.ts',
    may: [...common, etcd('backend'), etcd('io')],
    packages: ['node:*', 'lmdb'],
  },
  { module: etcd('mvcc'), may: [...common, ...backend], packages: ['@node-rs/crc32'] },
  { module: etcd('lease'), may: [...common, ...backend] },
  {
    module: etcd('auth'),
    may: [...common, ...backend],
    packages: ['node:crypto', '@node-rs/bcrypt', 'jose'],
  },
  { module: etcd('alarm'), may: [...common, ...backend, etcd('membership')] },
  { module: etcd('membership'), may: [...common, ...backend], packages: ['node:crypto'] },
  { module: etcd('apply'), may: [...common, ...backend, ...state, timing] },
  { module: etcd('watch'), may: [...common, etcd('mvcc')] },
  {
    module: etcd('consensus'),
    may: [
      ...common,
      ...['raft', 'wal', 'snap', 'apply', 'watch', 'membership', 'lease', 'io'].map(etcd),
      'src/etcd/peer/transport.ts',
      timing,
    ],
    types: ['src/etcd/metrics/', 'src/etcd/config/config.ts', ...backend, etcd('mvcc')],
    packages: ['node:*'],
  },
  {
    module: etcd('service'),
    may: [
      ...common,
      ...['consensus', 'auth', 'watch', 'mvcc', 'membership', 'lease', 'alarm', 'config'].map(etcd),
      timing,
    ],
    types: ['src/etcd/metrics/', etcd('snap')],
    packages: ['node:crypto'],
  },
  {
    module: etcd('transport'),
    may: common,
    types: ['src/etcd/config/tls-settings.ts'],
    packages: ['node:*'],
  },
  {
    module: etcd('api'),
    may: [...common, ...['transport', 'service', 'config', 'membership'].map(etcd), timing],
    types: ['src/etcd/consensus/consensus.ts', 'src/etcd/metrics/'],
    packages: ['node:*', '@grpc/grpc-js', 'fastify'],
  },
  {
    module: etcd('peer'),
    may: [...common, ...['transport', 'membership'].map(etcd)],
    types: [etcd('consensus'), 'src/etcd/metrics/', 'src/etcd/config/tls-settings.ts'],
    packages: ['node:*'],
  },
  { module: etcd('timing'), may: common, types: [etcd('metrics')] },
  {
    module: etcd('tracing'),
    may: [...common, etcd('transport'), 'src/etcd/api/rpc.ts', 'src/etcd/api/forwarded-stream.ts'],
    types: ['src/etcd/config/tracing-settings.ts'],
    packages: [
      '@opentelemetry/api',
      '@opentelemetry/core',
      '@opentelemetry/exporter-trace-otlp-grpc',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace',
    ],
  },
  { module: etcd('metrics'), may: common, packages: ['prom-client'] },
  {
    module: etcd('logging'),
    may: [...common, 'src/etcd/config/log-settings.ts'],
    packages: ['node:*'],
  },
  { module: 'src/etcd/', may: ['src/etcd/', base, version], packages: ['*'] },
];

const operatorRules: readonly ImportRule[] = [
  { module: operator('api'), may: [base], types: ['@kubernetes/client-node'] },
  {
    module: operator('resources'),
    may: [base, operator('api')],
    types: ['@kubernetes/client-node'],
  },
  { module: operator('failover'), may: [base, operator('api'), operator('reconcile')] },
  {
    module: operator('status'),
    may: [base, ...['api', 'reconcile', 'resources'].map(operator)],
    types: ['@kubernetes/client-node'],
  },
  {
    module: operator('reconcile'),
    may: [base, ...operatorPure],
    types: ['@kubernetes/client-node'],
  },
  {
    module: operator('member-client'),
    may: [base, proto, errors, operator('api')],
    packages: ['@grpc/grpc-js'],
  },
  {
    module: operator('local'),
    may: [base, proto, version, 'src/operator/'],
    packages: ['node:*', 'yaml', 'pino'],
  },
  { module: 'src/operator/', may: [base, proto, version, 'src/operator/'], packages: ['*'] },
];

export const importRules: readonly ImportRule[] = [...etcdRules, ...operatorRules];

/** Only the program's entry may import these: they build the whole. */
export const rootModules: Readonly<Record<string, readonly string[]>> = {
  'src/etcd/main.ts': ['src/cli.ts'],
  'src/etcd/member.ts': ['src/etcd/main.ts'],
  'src/operator/main.ts': ['src/cli.ts'],
};

export type EffectRule = {
  readonly name: string;
  readonly pattern: RegExp;
  /** Files and folders of src/ that may do it. */
  readonly allowed: readonly string[];
  /** When given, the rule holds only there. */
  readonly only?: readonly string[];
};

const programs = ['src/cli.ts', 'src/etcd/main.ts', 'src/operator/main.ts', 'src/operator/local/'];
const pure = [
  etcd('raft'),
  etcd('apply'),
  ...state,
  etcd('watch'),
  ...operatorPure.filter((folder) => folder !== operator('api')),
  'src/operator/api/',
];

export const effectRules: readonly EffectRule[] = [
  {
    name: 'reads a clock (take a Clock or a time as an argument)',
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bprocess\.hrtime\b/,
    allowed: [
      'src/base/clock.ts',
      'src/base/log.ts',
      'src/etcd/live-state.ts',
      operator('member-client'),
      ...programs,
    ],
  },
  {
    name: 'draws at random (take a Random as an argument)',
    pattern: /\bMath\.random\(|\brandomBytes\(|\brandomUUID\(|\brandomInt\(|\bgetRandomValues\(/,
    allowed: ['src/base/random.ts', ...programs],
  },
  {
    name: 'sets a timer (take a Clock)',
    pattern: /(?<![.\w])(?:setTimeout|setInterval)\(/,
    allowed: ['src/base/clock.ts', ...programs],
  },
  {
    name: 'reads the environment (configuration comes as an argument)',
    pattern: /\bprocess\.env\b|\bprocess\.argv\b/,
    allowed: programs,
  },
  { name: 'writes to the console (take a Log)', pattern: /\bconsole\.\w+\(/, allowed: [] },
  {
    name: 'waits or defers in a deterministic module',
    pattern: /\bsetImmediate\(|\bqueueMicrotask\(|\bprocess\.nextTick\(/,
    allowed: [],
    only: pure,
  },
  {
    name: 'uses a promise in the raft machine',
    pattern: /\bPromise\b|\basync\b|\bawait\b/,
    allowed: [],
    only: [etcd('raft')],
  },
];

/** Names that say nothing about what a file holds. */
export const emptyNames = /(^|\/)(utils?|helpers?|common|misc|index|manager)(\.ts$|\/)/;

export const lineColumnsMax = 100;
