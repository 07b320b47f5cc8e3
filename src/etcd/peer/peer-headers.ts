import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { formatId, maybeParseId } from '../proto/ids.ts';
import type { PeerIdentity } from './transport.ts';

/** The oldest cluster version a server of line 3 can work in; the same for all of them. */
const minClusterVersion = '3.0.0';

/** What a member says about itself with every raft request. */
export function identityHeaders(identity: PeerIdentity): OutgoingHttpHeaders {
  return {
    'X-Server-From': formatId(identity.memberId),
    'X-Server-Version': identity.serverVersion,
    'X-Min-Cluster-Version': minClusterVersion,
    'X-Etcd-Cluster-ID': formatId(identity.clusterId),
    'X-PeerURLs': identity.advertisePeerUrls.join(','),
  };
}

/** The two refusals callers recognise by their exact words. */
export type Incompatibility = 'incompatible version' | 'cluster ID mismatch';

/**
 * Whether the sender's version and cluster fit ours. A missing version header means etcd 2.0, a
 * malformed one is treated as too old instead of crashing, as Go does.
 */
export function findIncompatibility(
  headers: IncomingHttpHeaders,
  identity: PeerIdentity,
): Incompatibility | undefined {
  const server = majorMinor(header(headers, 'x-server-version') || '2.0.0');
  const oldest = majorMinor(header(headers, 'x-min-cluster-version') || '2.0.0');
  const tooOld = server === undefined || server < (majorMinor(minClusterVersion) as number);
  const tooNew = oldest === undefined || oldest > (majorMinor(identity.serverVersion) ?? 0);
  if (tooOld || tooNew) return 'incompatible version';
  const clusterId = header(headers, 'x-etcd-cluster-id');
  return clusterId === formatId(identity.clusterId) ? undefined : 'cluster ID mismatch';
}

/** The sender as it introduces itself; undefined when it does not say how to reach it. */
export function readSender(
  headers: IncomingHttpHeaders,
): { readonly id: bigint; readonly peerUrls: readonly string[] } | undefined {
  const id = maybeParseId(header(headers, 'x-server-from'));
  const urls = header(headers, 'x-peerurls');
  return id === undefined || id === 0n || urls === ''
    ? undefined
    : { id, peerUrls: urls.split(',') };
}

export function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
}

/** Major and minor as one comparable number; undefined unless the version has three parts. */
function majorMinor(version: string): number | undefined {
  const parts = /^([0-9]+)\.([0-9]+)\.[0-9]+(?:[-+].*)?$/.exec(version);
  return parts === null ? undefined : Number(parts[1]) * 1_000_000 + Number(parts[2]);
}
