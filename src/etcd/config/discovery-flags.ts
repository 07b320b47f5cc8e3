import type { Flag, FlagKind } from './flag-table.ts';

function flag(name: string, kind: FlagKind, byDefault: string, usage: string): Flag {
  return { name, kind, group: 'Clustering', byDefault, usage };
}

/** How the first members of a cluster learn of each other without a list. */
export const discoveryFlags: readonly Flag[] = [
  flag('discovery-token', 'string', '', 'Name of the new cluster at the discovery service.'),
  flag('discovery-endpoints', 'list', '', 'Endpoints of the discovery service, an etcd cluster.'),
  flag('discovery-dial-timeout', 'duration', '2s', 'Patience when logging in there.'),
  flag('discovery-request-timeout', 'duration', '5s', 'Patience with one request there.'),
  flag('discovery-keepalive-time', 'duration', '2s', 'Silence after which it is pinged.'),
  flag('discovery-keepalive-timeout', 'duration', '6s', 'Patience for the answer to a ping.'),
  flag(
    'discovery-insecure-transport',
    'bool',
    'true',
    'No TLS to endpoints without a scheme, unless certificates are named.',
  ),
  flag(
    'discovery-insecure-skip-tls-verify',
    'bool',
    'false',
    'Take any certificate of the discovery service; for tests.',
  ),
  flag('discovery-cert', 'string', '', 'Certificate shown to the discovery service.'),
  flag('discovery-key', 'string', '', 'Key of that certificate.'),
  flag('discovery-cacert', 'string', '', 'Authorities that sign its certificates.'),
  flag('discovery-user', 'string', '', 'User of the discovery service.'),
  flag('discovery-password', 'string', '', 'Password of that user.'),
  flag('discovery-fallback', 'fallback', 'exit', "What a failed discovery does: 'exit'."),
  flag('discovery-srv', 'string', '', 'DNS domain whose SRV records name the first members.'),
  flag('discovery-srv-name', 'string', '', 'Suffix of the names of those records.'),
];
