import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import type { Config } from './config/config.ts';
import type { TlsSettings } from './config/tls-settings.ts';
import { isSecured, type MemberUrl, peerAddress } from './config/urls.ts';
import { replaceFile } from './io/disk.ts';
import { nodeDisk } from './io/node-disk.ts';
import type { PeerListener } from './peer/http-transport.ts';
import { findLocalAddress } from './peer/local-address.ts';
import { PeerDialer } from './peer/peer-dialer.ts';
import { issueCertificate } from './transport/tls/issue-certificate.ts';

/** The member's certificates as they are used: those it was given, or those it made itself. */
export type MemberSecurity = {
  readonly clients: TlsSettings;
  readonly peers: TlsSettings;
  readonly dialer: PeerDialer;
};

/** Throws in etcd's words when certificate files cannot be used. */
export async function openSecurity(config: Config, log: Log): Promise<MemberSecurity> {
  const { security } = config;
  const clients = security.clientAutoTls
    ? await withOwnCertificate(config, security.clients, 'client', log)
    : security.clients;
  const peers = security.peerAutoTls
    ? await withOwnCertificate(config, security.peers, 'peer', log)
    : security.peers;
  const peerLog = log.child('peer');
  const localAddress = config.gates.SetMemberLocalAddr
    ? findLocalAddress(config.initialAdvertisePeerUrls, peerLog)
    : undefined;
  return { clients, peers, dialer: new PeerDialer({ tls: peers, log: peerLog, localAddress }) };
}

/** Who comes over a unix socket has no address that a certificate could name. */
export function peerListeners(config: Config, { peers }: MemberSecurity): readonly PeerListener[] {
  const local = { ...peers, verifiesClientAddress: false };
  return config.listenPeerUrls.map((url) => {
    const secured = url.scheme === 'unixs' ? local : peers;
    return {
      address: peerAddress(url, config.sharesPorts),
      tls: isSecured(url) ? secured : undefined,
    };
  });
}

/** Without the port that names of sockets carry; where only a path is named, any name serves. */
function certifiedHosts(urls: readonly MemberUrl[]): string[] {
  const hosts = urls.map(({ scheme, host }) =>
    scheme.startsWith('unix') ? host.replace(/:\d*$/, '') : host,
  );
  const named = [...new Set(hosts)].filter((host) => host !== '');
  return named.length === 0 ? ['localhost'] : named;
}

const msPerYear = 365 * 24 * 3_600_000;
const serialBytes = 16;

/** As etcd: made once under the data directory, then found there by every later start. */
async function withOwnCertificate(
  config: Config,
  settings: TlsSettings,
  kind: 'client' | 'peer',
  log: Log,
): Promise<TlsSettings> {
  const urls = kind === 'client' ? config.listenClientUrls : config.listenPeerUrls;
  const dir = join(config.dataDir, 'fixtures', kind);
  const certFile = join(dir, 'cert.pem');
  const keyFile = join(dir, 'key.pem');
  const own = { ...settings, certFile, keyFile, isSelfSigned: true };
  if ((await nodeDisk.exists(certFile)) && (await nodeDisk.exists(keyFile))) return own;
  await nodeDisk.makeDir(dir);
  const nowMs = systemClock.wallMs();
  const notAfter = new Date(nowMs + config.security.selfSignedValidityYears * msPerYear);
  const pair = issueCertificate({
    subject: { organization: 'etcd' },
    hosts: certifiedHosts(urls),
    notBefore: new Date(nowMs),
    notAfter,
    serial: Uint8Array.from({ length: serialBytes }, () => systemRandom.below(256)),
    forClients: kind === 'peer',
  });
  // The key first: with a certificate alone the next start makes a new pair.
  await replaceFile(nodeDisk, dir, 'key.pem', Buffer.from(pair.keyPem));
  await replaceFile(nodeDisk, dir, 'cert.pem', Buffer.from(pair.certPem));
  log.warn('automatically generate certificates', {
    'certificate-validity-bound-not-after': notAfter.toISOString(),
    'cert-file': certFile,
  });
  return own;
}
