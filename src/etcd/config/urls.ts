import { isIP } from 'node:net';
import {
  clientSocketFile,
  parseSocketUrl,
  peerSocketFile,
  type SocketUrl,
} from '../../base/socket-url.ts';
import type { ListenAddress } from '../transport/listen.ts';
import { type Parsed, parsed, refused } from './go-values.ts';

/**
 * Peer and client URLs in the form Go prints them. Member ids are hashes over these strings, so two
 * spellings of one address make two different members; only the scheme is lower-cased, the host
 * stays as written.
 */
export type MemberUrl = {
  readonly text: string;
  readonly scheme: 'http' | 'https' | 'unix' | 'unixs';
  /** Without brackets around an IPv6 address. Empty when the URL names no host. */
  readonly host: string;
  readonly port: string;
};

export type NamedPeerUrls = { readonly name: string; readonly peerUrls: readonly string[] };

/** Parses a comma separated list; the result is sorted by text, as etcd sorts every URL list. */
export function parseUrls(list: string): Parsed<readonly MemberUrl[]> {
  return parseUrlList(list.split(','));
}

export function parseUrlList(texts: readonly string[]): Parsed<readonly MemberUrl[]> {
  const urls: MemberUrl[] = [];
  for (const text of texts) {
    const url = parseUrl(text.trim());
    if (!url.ok) return url;
    urls.push(url.value);
  }
  urls.sort((a, b) => compareText(a.text, b.text));
  return parsed(urls);
}

/** The same list without repeated URLs: command line flags drop them, config files do not. */
export function uniqueUrls(urls: readonly MemberUrl[]): readonly MemberUrl[] {
  return urls.filter((url, at) => urls.findIndex((other) => other.text === url.text) === at);
}

export function parseUrl(text: string): Parsed<MemberUrl> {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    if (/^[^/]*:/.test(text)) {
      return refused(`parse "${text}": first path segment in URL cannot contain colon`);
    }
    return refused(`URL scheme must be http, https, unix, or unixs: ${text}`);
  }
  const rest = text.slice(scheme.length + 1);
  const authority = /^\/\/([^/?#]*)/.exec(rest)?.[1] ?? '';
  const bad = authorityProblem(authority);
  if (bad !== undefined) return refused(`parse "${text}": ${bad}`);
  const canonical = `${scheme}:${rest}`;
  if (scheme === 'unix' || scheme === 'unixs') {
    return parsed({ text: canonical, scheme, host: authority, port: '' });
  }
  if (scheme !== 'http' && scheme !== 'https') {
    return refused(`URL scheme must be http, https, unix, or unixs: ${text}`);
  }
  const address = splitHostPort(authority.slice(authority.lastIndexOf('@') + 1));
  if (address === undefined) {
    return refused(`URL address does not have the form "host:port": ${text}`);
  }
  const path = rest.slice(2 + authority.length).replace(/[?#].*$/, '');
  if (path !== '') return refused(`URL must not contain a path: ${text}`);
  return parsed({ text: canonical, scheme, ...address });
}

/**
 * `initial-cluster`: `name=url` pairs, where a name may repeat to give one member several URLs. The
 * result is sorted by name and, within a member, by URL.
 */
export function parseInitialCluster(text: string): Parsed<readonly NamedPeerUrls[]> {
  const byName = new Map<string, string[]>();
  for (const pair of text.split(',')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    const url = at < 0 ? '' : pair.slice(at + 1);
    const urls = byName.get(name);
    if (urls === undefined) byName.set(name, [url]);
    else urls.push(url);
  }
  const members: NamedPeerUrls[] = [];
  for (const [name, texts] of byName) {
    const urls = parseUrlList(texts);
    if (!urls.ok) return urls;
    members.push({ name, peerUrls: urls.value.map((url) => url.text) });
  }
  return parsed(members.sort((a, b) => compareText(a.name, b.name)));
}

/** `initial-cluster` as etcd prints it in its messages. */
export function formatInitialCluster(members: readonly NamedPeerUrls[]): string {
  const pairs = members.flatMap((member) => member.peerUrls.map((url) => `${member.name}=${url}`));
  return pairs.sort(compareText).join(',');
}

export function isSecured({ scheme }: MemberUrl): boolean {
  return scheme === 'https' || scheme === 'unixs';
}

/** Where to listen for clients. `isShared`: with SO_REUSEPORT. */
export function clientAddress(url: MemberUrl, isShared: boolean): ListenAddress {
  return addressOf(url, isShared, clientSocketFile);
}

/** Where to listen for members, and for probes. */
export function peerAddress(url: MemberUrl, isShared: boolean): ListenAddress {
  return addressOf(url, isShared, peerSocketFile);
}

/** `localhost` means the IPv4 loopback, the address Go picks for it. */
function addressOf(
  { text, host, port }: MemberUrl,
  isShared: boolean,
  fileOf: (url: SocketUrl) => string,
): ListenAddress {
  const socket = parseSocketUrl(text);
  if (socket !== undefined) return { kind: 'unix', path: fileOf(socket) };
  return {
    kind: 'tcp',
    host: host === 'localhost' ? '127.0.0.1' : host,
    port: Number(port),
    isShared,
  };
}

/**
 * etcd's rule for listen URLs: names may resolve differently at the next start, so only addresses
 * bind.
 */
export function bindProblem(urls: readonly MemberUrl[]): string | undefined {
  const bad = urls.find((url) => !bindsToAddress(url));
  return bad === undefined ? undefined : `expected IP in URL for binding (${bad.text})`;
}

/** etcd's rule for advertised URLs: others must be able to dial them. */
export function advertiseProblem(urls: readonly MemberUrl[]): string | undefined {
  const bad = urls.find((url) => isHttp(url) && url.host === '');
  return bad === undefined ? undefined : `unexpected empty host (${bad.text})`;
}

function bindsToAddress(url: MemberUrl): boolean {
  return !isHttp(url) || url.host === 'localhost' || isIP(url.host) !== 0;
}

function isHttp(url: MemberUrl): boolean {
  return url.scheme === 'http' || url.scheme === 'https';
}

function authorityProblem(authority: string): string | undefined {
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const strange = /[\s"<>\\^`{|}]/.exec(host)?.[0];
  if (strange !== undefined) return `invalid character ${JSON.stringify(strange)} in host name`;
  if (host.startsWith('[') && !host.includes(']')) return "missing ']' in host";
  const afterHost = host.startsWith('[')
    ? host.slice(host.indexOf(']') + 1)
    : host.slice(host.lastIndexOf(':') < 0 ? host.length : host.lastIndexOf(':'));
  if (!/^(:[0-9]*)?$/.test(afterHost)) {
    return `invalid port ${JSON.stringify(afterHost)} after host`;
  }
  return undefined;
}

function splitHostPort(address: string): { host: string; port: string } | undefined {
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):([0-9]*)$/.exec(address);
  if (parts === null) return undefined;
  return { host: parts[1] ?? parts[2] ?? '', port: parts[3] ?? '' };
}

/** Byte order for the ASCII texts that URLs and names are; never the locale's order. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
