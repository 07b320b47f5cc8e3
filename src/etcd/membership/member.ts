import { createHash } from 'node:crypto';
import { compareBytes, utf8Bytes } from '../../base/bytes.ts';

export type Member = {
  readonly id: bigint;
  /** Empty until the member has started and published its attributes. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
};

/**
 * etcd's member id: the first eight bytes of SHA-1 over the sorted peer URLs, the cluster token
 * and, for a member added at run time (with an empty token), the second at which it was added.
 */
export function memberIdFor(
  peerUrls: readonly string[],
  token: string,
  unixSeconds?: number,
): bigint {
  const hash = createHash('sha1');
  for (const url of sortedUrls(peerUrls)) hash.update(url);
  hash.update(token);
  if (unixSeconds !== undefined) hash.update(String(unixSeconds));
  return hash.digest().readBigUInt64BE(0);
}

/** etcd's cluster id: over the ids of the initial members only, so it never changes later. */
export function clusterIdFor(memberIds: readonly bigint[]): bigint {
  const ids = [...memberIds].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const bytes = Buffer.alloc(8 * ids.length);
  ids.forEach((id, i) => bytes.writeBigUInt64BE(id, 8 * i));
  return createHash('sha1').update(bytes).digest().readBigUInt64BE(0);
}

/** Lower-case hexadecimal without leading zeros: how ids look in paths, headers and bucket keys. */
export function idHex(id: bigint): string {
  return id.toString(16);
}

/** By id, the order of every member list that etcd shows. */
export function sortMembers(members: Iterable<Member>): Member[] {
  return [...members].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function sortedUrls(urls: readonly string[]): string[] {
  return [...urls].sort((a, b) => compareBytes(utf8Bytes(a), utf8Bytes(b)));
}
