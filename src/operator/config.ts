import type { LogLevel } from '../base/log.ts';

/** What `etcd-ts operator` can be told; frozen once parsed. */
export type OperatorConfig = {
  /** Namespaces whose EtcdClusters are looked after; empty means all of them. */
  readonly watchNamespaces: readonly string[];
  /** `repository:tag` for members of clusters that name no image of their own. */
  readonly defaultImage: string;
  readonly fastFailover: boolean;
  readonly leaderElect: boolean;
  /** Where the Lease lives; '' means the operator's own namespace. */
  readonly leaderElectionNamespace: string;
  readonly leaderElectionName: string;
  /** undefined: not served. The two may be the same address. */
  readonly metricsAddress: ListenAddress | undefined;
  readonly healthAddress: ListenAddress | undefined;
  /** '' means: KUBECONFIG, ~/.kube/config, or the pod's own account, in this order. */
  readonly kubeconfig: string;
  readonly logLevel: LogLevel;
};

/** `host` '' is every address of the machine. */
export type ListenAddress = { readonly host: string; readonly port: number };

export type ParsedOperatorConfig =
  | { readonly kind: 'config'; readonly config: OperatorConfig }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly message: string };

type Environment = Readonly<Record<string, string | undefined>>;

type Flag = {
  readonly name: string;
  readonly value: string;
  readonly fallback: string;
  readonly text: string;
};

const flags: readonly Flag[] = [
  {
    name: 'watch-namespace',
    value: 'NAMES',
    fallback: '',
    text: 'namespaces to look after, separated by commas (default: all); also --namespace',
  },
  {
    name: 'default-image',
    value: 'IMAGE',
    fallback: '',
    text: 'image of members whose cluster names none; required',
  },
  {
    name: 'fast-failover',
    value: 'BOOL',
    fallback: 'true',
    text: 'call ForgetLeader on the survivors of a dead leader (default: true)',
  },
  {
    name: 'leader-elect',
    value: 'BOOL',
    fallback: 'false',
    text: 'act only while holding the Lease; needed for more than one replica',
  },
  {
    name: 'leader-election-namespace',
    value: 'NAME',
    fallback: '',
    text: "namespace of the Lease (default: the operator's own)",
  },
  {
    name: 'leader-election-name',
    value: 'NAME',
    fallback: 'etcd-ts-operator',
    text: 'name of the Lease (default: etcd-ts-operator)',
  },
  {
    name: 'metrics-address',
    value: 'HOST:PORT',
    fallback: ':8080',
    text: 'where /metrics is served (default: :8080); 0 serves none',
  },
  {
    name: 'health-address',
    value: 'HOST:PORT',
    fallback: ':8081',
    text: 'where /healthz and /readyz are served (default: :8081); 0 serves none',
  },
  {
    name: 'kubeconfig',
    value: 'FILE',
    fallback: '',
    text: "default: KUBECONFIG, ~/.kube/config, or the pod's own account",
  },
  {
    name: 'log-level',
    value: 'LEVEL',
    fallback: 'info',
    text: 'debug, info, warn or error (default: info)',
  },
];

const booleanFlags: ReadonlySet<string> = new Set(['fast-failover', 'leader-elect']);

const prefix = 'ETCD_TS_OPERATOR_';

export const operatorUsage = `usage: etcd-ts operator [flags]

Looks after the EtcdClusters of a Kubernetes cluster: the current kubeconfig's, or the one whose pod
this is. Every flag can be given as a variable, too: --default-image as ${prefix}DEFAULT_IMAGE.

${flags.map(({ name, value, text }) => `  --${`${name} ${value}`.padEnd(32)} ${text}`).join('\n')}
`;

/** A flag stands above its variable, the variable above the default. */
export function parseOperatorConfig(
  argv: readonly string[],
  environment: Environment,
): ParsedOperatorConfig {
  const values = new Map(
    flags.map(({ name, fallback }) => [name, environment[variableOf(name)] ?? fallback]),
  );
  const rest = argv.flatMap((argument) => {
    const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
    return equals < 0 ? [argument] : [argument.slice(0, equals), argument.slice(equals + 1)];
  });
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '-h' || word === '--help') return { kind: 'help' };
    const name = word === '--namespace' ? 'watch-namespace' : word.replace(/^--/, '');
    if (!word.startsWith('--') || !values.has(name)) {
      return { kind: 'refused', message: `unknown argument "${word}"` };
    }
    const isBare = booleanFlags.has(name) && (rest[0] === undefined || rest[0].startsWith('--'));
    const value = isBare ? 'true' : rest.shift();
    if (value === undefined) return { kind: 'refused', message: `${word} needs a value` };
    values.set(name, value);
  }
  return validated((name) => values.get(name) ?? '');
}

function validated(text: (name: string) => string): ParsedOperatorConfig {
  const problems: string[] = [];
  const boolean = (name: string): boolean => {
    const value = text(name);
    if (value !== 'true' && value !== 'false') problems.push(`--${name} must be true or false`);
    return value === 'true';
  };
  const address = (name: string): ListenAddress | undefined => {
    const value = text(name);
    if (value === '0') return undefined;
    const parsed = parseAddress(value);
    if (parsed === undefined) problems.push(`--${name} must be HOST:PORT, :PORT or 0`);
    return parsed;
  };
  const logLevel = text('log-level');
  if (!isLogLevel(logLevel)) problems.push('--log-level must be debug, info, warn or error');
  if (text('default-image') === '') {
    problems.push('--default-image is required: which image do members run?');
  }
  const config: OperatorConfig = {
    watchNamespaces: text('watch-namespace').split(',').map(trimmed).filter(isNotEmpty),
    defaultImage: text('default-image'),
    fastFailover: boolean('fast-failover'),
    leaderElect: boolean('leader-elect'),
    leaderElectionNamespace: text('leader-election-namespace'),
    leaderElectionName: text('leader-election-name'),
    metricsAddress: address('metrics-address'),
    healthAddress: address('health-address'),
    kubeconfig: text('kubeconfig'),
    logLevel: isLogLevel(logLevel) ? logLevel : 'info',
  };
  if (problems.length > 0) return { kind: 'refused', message: problems.join('; ') };
  return { kind: 'config', config: Object.freeze(config) };
}

/** `host:port`, `[v6]:port`, or `:port`. */
function parseAddress(text: string): ListenAddress | undefined {
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (found === null) return undefined;
  const port = Number(found[3]);
  return port > 65_535 ? undefined : { host: found[1] ?? found[2] ?? '', port };
}

function variableOf(name: string): string {
  return `${prefix}${name.toUpperCase().replaceAll('-', '_')}`;
}

function isLogLevel(text: string): text is LogLevel {
  return ['debug', 'info', 'warn', 'error'].includes(text);
}

function trimmed(text: string): string {
  return text.trim();
}

function isNotEmpty(text: string): boolean {
  return text !== '';
}
