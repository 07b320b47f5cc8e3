import { flagTable } from './flag-table.ts';
import { clientCommonNames, flagsByName } from './settings.ts';

/** What a key of the configuration file stands for. */
export type FileKey =
  /** The setting of that name. */
  | { readonly kind: 'setting'; readonly name: string }
  /** Keys of their own, under the name of Go's type, which etcd's errors show. */
  | { readonly kind: 'section'; readonly goType: string; readonly keys: FileKeys }
  /** A setting of etcd that this server does not have: anything but emptiness is refused. */
  | { readonly kind: 'missing' }
  /** What this server does anyway. */
  | { readonly kind: 'always' };
export type FileKeys = ReadonlyMap<string, FileKey>;

function settings(names: Readonly<Record<string, string>>): [string, FileKey][] {
  return Object.entries(names).map(([key, name]) => [key, { kind: 'setting', name }]);
}

function section(goType: string, ...keys: readonly (readonly [string, FileKey])[]): FileKey {
  return { kind: 'section', goType, keys: new Map(keys) };
}

const missing: FileKey = { kind: 'missing' };

/** Keys that are strings, while Go's configuration holds something else under another name. */
const textKeys: ReadonlySet<string> = new Set([
  ...['listen-peer-urls', 'listen-client-urls', 'listen-client-http-urls'],
  ...['initial-advertise-peer-urls', 'advertise-client-urls', 'cors', 'host-whitelist'],
  ...['client-transport-security', 'peer-transport-security', 'feature-gates'],
]);

/** Flags of etcd whose names its file does not know, or has in a section. */
const commandLineOnly: ReadonlySet<string> = new Set([
  ...['socket-reuse-port', 'socket-reuse-address', 'raft-read-timeout', 'raft-write-timeout'],
  ...flagTable
    .map(({ name }) => name)
    .filter((name) => name.startsWith('discovery-') && !name.startsWith('discovery-srv')),
  ...flagTable
    .filter(({ group }) => group === 'Security')
    .map(({ name }) => name)
    .filter((name) => !/^(cors|host-whitelist|cipher-suites|tls-|self-signed)/.test(name)),
  'peer-skip-client-san-verification',
]);

/** Where etcd's error says that a key is. */
export function goPlace(key: string): 'Config' | 'configJSON' {
  return textKeys.has(key) ? 'configJSON' : 'Config';
}

const tlsKeys = (prefix: '' | 'peer-'): Record<string, string> => ({
  'cert-file': `${prefix}cert-file`,
  'key-file': `${prefix}key-file`,
  'client-cert-file': `${prefix}client-cert-file`,
  'client-key-file': `${prefix}client-key-file`,
  'client-cert-auth': `${prefix}client-cert-auth`,
  'trusted-ca-file': `${prefix}trusted-ca-file`,
  'auto-tls': `${prefix}auto-tls`,
});

const discoveryClient = section(
  'clientv3.ConfigSpec',
  ...settings({
    endpoints: 'discovery-endpoints',
    'request-timeout': 'discovery-request-timeout',
    'dial-timeout': 'discovery-dial-timeout',
    'keepalive-time': 'discovery-keepalive-time',
    'keepalive-timeout': 'discovery-keepalive-timeout',
  }),
  ['max-request-bytes', missing],
  ['max-recv-bytes', missing],
  [
    'secure',
    section(
      'clientv3.SecureConfig',
      ...settings({
        cert: 'discovery-cert',
        key: 'discovery-key',
        cacert: 'discovery-cacert',
        'insecure-transport': 'discovery-insecure-transport',
        'insecure-skip-tls-verify': 'discovery-insecure-skip-tls-verify',
      }),
      ['server-name', missing],
    ),
  ],
  [
    'auth',
    section(
      'clientv3.AuthConfig',
      ...settings({ username: 'discovery-user', password: 'discovery-password' }),
      ['token', missing],
    ),
  ],
);

export const fileKeys: FileKeys = new Map<string, FileKey>([
  ...[...flagsByName.keys()]
    .filter((name) => !commandLineOnly.has(name))
    .map((name): [string, FileKey] => [name, { kind: 'setting', name }]),
  [
    'socket-options',
    section(
      'transport.SocketOpts',
      ...settings({ 'reuse-port': 'socket-reuse-port', 'reuse-address': 'socket-reuse-address' }),
    ),
  ],
  [
    'discovery-config',
    section('v3discovery.DiscoveryConfig', ...settings({ token: 'discovery-token' }), [
      'client',
      discoveryClient,
    ]),
  ],
  [
    'client-transport-security',
    section(
      'embed.securityConfig',
      ...settings({
        ...tlsKeys(''),
        'allowed-cn': clientCommonNames.name,
        'allowed-hostname': 'client-cert-allowed-hostname',
      }),
      ['skip-client-san-verification', { kind: 'always' }],
    ),
  ],
  [
    'peer-transport-security',
    section(
      'embed.securityConfig',
      ...settings({
        ...tlsKeys('peer-'),
        'allowed-cn': 'peer-cert-allowed-cn',
        'allowed-hostname': 'peer-cert-allowed-hostname',
        'skip-client-san-verification': 'peer-skip-client-san-verification',
      }),
    ),
  ],
]);
