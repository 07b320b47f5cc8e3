import type { X509Certificate } from 'node:crypto';
import { lookup, reverse } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TlsSettings } from '../../config/tls-settings.ts';
import { revokedSerials } from './revocation-list.ts';

/**
 * What is asked of a certificate besides a trusted signature, which the handshake has checked: its
 * name, that it is not revoked and, between members, that it belongs to the address it comes from.
 * The reason for a refusal in etcd's words, or undefined.
 */
export async function certificateProblem(
  socket: TLSSocket,
  settings: TlsSettings,
): Promise<string | undefined> {
  const shown = socket.getPeerX509Certificate();
  if (!isAllowed(shown, settings)) return 'client certificate authentication failed';
  if (shown === undefined) return undefined;
  if (settings.verifiesClientAddress) {
    const problem = await addressProblem(shown, plainAddress(socket.remoteAddress ?? ''));
    if (problem !== undefined) return problem;
  }
  return settings.crlFile === '' ? undefined : await revocationProblem(shown, settings.crlFile);
}

function isAllowed(shown: X509Certificate | undefined, settings: TlsSettings): boolean {
  const { allowedCommonNames, allowedHostnames } = settings;
  if (allowedCommonNames.length > 0) {
    return shown !== undefined && allowedCommonNames.includes(commonNameOf(shown) ?? '');
  }
  if (allowedHostnames.length === 0) return true;
  return allowedHostnames.some((name) => shown !== undefined && isFor(shown, name));
}

/**
 * Whom a client's certificate names, for ports that ask for one: a user of that name, when auth is
 * on. Empty when it names nobody.
 */
export function certificateSubject(socket: TLSSocket): string | undefined {
  const shown = socket.getPeerX509Certificate();
  return shown && (commonNameOf(shown) ?? '');
}

/** The subject's CN; undefined when it has none. */
function commonNameOf(certificate: X509Certificate): string | undefined {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1];
}

function isFor(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return certificate.checkHost(name, { subject: 'never' }) !== undefined;
}

/** A certificate without addresses and names may come from anywhere. */
async function addressProblem(
  certificate: X509Certificate,
  address: string,
): Promise<string | undefined> {
  const names = altNames(certificate, 'DNS');
  const addresses = altNames(certificate, 'IP Address');
  if (names.length === 0 && addresses.length === 0) return undefined;
  if (addresses.length > 0) {
    if (certificate.checkIP(address) !== undefined) return undefined;
    if (names.length === 0) {
      return `tls: failed to verify certificate: x509: certificate is valid for ${addresses.join(', ')}, not ${address}`;
    }
  }
  if (await namesResolveTo(names, address)) return undefined;
  const list = names.map((name) => JSON.stringify(name)).join(' ');
  return `tls: ${JSON.stringify(address)} does not match any of DNSNames [${list}]`;
}

/** By the address's name first, then by the names' addresses; only the former fits a wildcard. */
async function namesResolveTo(names: readonly string[], address: string): Promise<boolean> {
  const found = await reverse(address).catch(() => []);
  const fits = (host: string): boolean =>
    names.some((name) => (name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name));
  if (found.some((host) => fits(host.replace(/\.$/, '')))) return true;
  for (const name of names) {
    if (name.startsWith('*.')) continue;
    const resolved = await lookup(name, { all: true }).catch(() => []);
    if (resolved.some((each) => each.address === address)) return true;
  }
  return false;
}

async function revocationProblem(
  shown: X509Certificate,
  crlFile: string,
): Promise<string | undefined> {
  const revoked = revokedSerials(await readFile(crlFile));
  for (let at: X509Certificate | undefined = shown; at !== undefined; at = at.issuerCertificate) {
    if (revoked.has(at.serialNumber)) {
      return `transport: certificate serial ${at.serialNumber.toLowerCase()} revoked`;
    }
    if (at.issuerCertificate?.fingerprint256 === at.fingerprint256) break;
  }
  return undefined;
}

function altNames(certificate: X509Certificate, kind: 'DNS' | 'IP Address'): readonly string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .filter((name) => name.startsWith(`${kind}:`))
    .map((name) => name.slice(kind.length + 1));
}

/** IPv4 connections to an IPv6 socket are named by mapped addresses. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
