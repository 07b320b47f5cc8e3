import { type Flag, flagsOf } from './flag.ts';

const clustering = flagsOf('Clustering');

/** How the first members of a cluster learn of each other without a list. */
export const discoveryFlags: readonly Flag[] = [
  clustering('discovery-token', 'string', '', 'Name of the new cluster at the discovery service.'),
  clustering(
    'discovery-endpoints',
    'list',
    '',
    'Endpoints of the discovery service, an etcd cluster.',
  ),
  clustering('discovery-dial-timeout', 'duration', '2s', 'Patience when logging in there.'),
  clustering('discovery-request-timeout', 'duration', '5s', 'Patience with one request there.'),
  clustering('discovery-keepalive-time', 'duration', '2s', 'Silence after which it is pinged.'),
  clustering('discovery-keepalive-timeout', 'duration', '6s', 'Patience for the answer to a ping.'),
  clustering(
    'discovery-insecure-transport',
    'bool',
    'true',
    'No TLS to endpoints without a scheme, unless certificates are named.',
  ),
  clustering(
    'discovery-insecure-skip-tls-verify',
    'bool',
    'false',
    'Take any certificate of the discovery service; for tests.',
  ),
  clustering('discovery-cert', 'string', '', 'Certificate shown to the discovery service.'),
  clustering('discovery-key', 'string', '', 'Key of that certificate.'),
  clustering('discovery-cacert', 'string', '', 'Authorities that sign its certificates.'),
  clustering('discovery-user', 'string', '', 'User of the discovery service.'),
  clustering('discovery-password', 'string', '', 'Password of that user.'),
  clustering('discovery-fallback', 'fallback', 'exit', "What a failed discovery does: 'exit'."),
  clustering('discovery-srv', 'string', '', 'DNS domain whose SRV records name the first members.'),
  clustering('discovery-srv-name', 'string', '', 'Suffix of the names of those records.'),
];
