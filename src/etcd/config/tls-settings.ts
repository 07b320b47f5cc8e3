import { clientCommonNames, type Settings } from './settings.ts';
import { isSecured, type MemberUrl } from './urls.ts';

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** How one kind of connection (clients' or peers') is secured. Paths are as the user wrote them. */
export type TlsSettings = {
  readonly certFile: string;
  readonly keyFile: string;
  /** Shown to other servers; empty: the server's own pair is. */
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
  /** Whoever connects must show a certificate that an authority in here signed. */
  readonly trustedCaFile: string;
  readonly clientCertAuth: boolean;
  readonly crlFile: string;
  readonly allowedCommonNames: readonly string[];
  readonly allowedHostnames: readonly string[];
  /** The address a peer connects from has to be in its certificate. */
  readonly verifiesClientAddress: boolean;
  /** Certificates that sign themselves: nobody can verify them. */
  readonly isSelfSigned: boolean;
  /** OpenSSL's names; empty: the library's choice. */
  readonly cipherSuites: readonly string[];
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
};

export type Security = {
  readonly clients: TlsSettings;
  readonly peers: TlsSettings;
  readonly clientAutoTls: boolean;
  readonly peerAutoTls: boolean;
  readonly selfSignedValidityYears: number;
};

const versions: Readonly<Record<string, TlsVersion>> = {
  'TLS1.2': 'TLSv1.2',
  'TLS1.3': 'TLSv1.3',
};

/** Suites that cannot be switched off: TLS 1.3 has no choice, in Go neither. */
const suitesOfTls13 = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
];

/** Go's names of the suites that both libraries have, and OpenSSL's. */
const suites: Readonly<Record<string, string>> = {
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
  TLS_RSA_WITH_AES_128_CBC_SHA256: 'AES128-SHA256',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: 'ECDHE-ECDSA-AES128-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: 'ECDHE-RSA-AES128-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  ...Object.fromEntries(suitesOfTls13.map((name) => [name, name])),
};

/** etcd's checks of the security flags, in its order and with its words. */
export function securityProblem(settings: Settings): string | undefined {
  for (const name of ['tls-min-version', 'tls-max-version'] as const) {
    const text = settings.text(name);
    if (text !== '' && versions[text] === undefined) {
      return `unexpected TLS version ${JSON.stringify(text)} (must be one of: TLS1.2, TLS1.3)`;
    }
  }
  const min = settings.text('tls-min-version');
  const max = settings.text('tls-max-version');
  if (max !== '' && min > max) return `min version (${min}) is greater than max version (${max})`;
  const chosen = filled(settings.list('cipher-suites'));
  if (chosen.length > 0 && min === 'TLS1.3') {
    return 'cipher suites cannot be configured when only TLS1.3 is enabled';
  }
  return undefined;
}

/** Problems that etcd meets only when it starts to listen. */
export function listenerProblem(settings: Settings): string | undefined {
  const unknown = filled(settings.list('cipher-suites')).find((name) => suites[name] === undefined);
  if (unknown !== undefined) return `unexpected TLS cipher suite ${JSON.stringify(unknown)}`;
  const commonNames = filled(settings.list('peer-cert-allowed-cn'));
  const hostnames = filled(settings.list('peer-cert-allowed-hostname'));
  if (commonNames.length > 0 && hostnames.length > 0) {
    return (
      'AllowedCNs and AllowedHostnames are mutually exclusive ' +
      `(cns=${goList(commonNames)}, hostnames=${goList(hostnames)})`
    );
  }
  const validity = settings.number('self-signed-cert-validity');
  if (validity === 0 && (settings.flag('auto-tls') || settings.flag('peer-auto-tls'))) {
    return 'selfSignedCertValidity is invalid,it should be greater than 0';
  }
  return (
    sharedHttpProblem(settings) ??
    pairProblem(settings, '', 'TLS key/cert (--cert-file, --key-file) must be provided') ??
    pairProblem(settings, 'peer-', 'cannot listen on TLS')
  );
}

export function readSecurity(settings: Settings): Security {
  return {
    clients: {
      ...commonSettings(settings, ''),
      crlFile: settings.text('client-crl-file'),
      allowedCommonNames: filled(settings.list(clientCommonNames.name)),
      allowedHostnames: filled(settings.list('client-cert-allowed-hostname')),
      verifiesClientAddress: false,
    },
    peers: {
      ...commonSettings(settings, 'peer-'),
      crlFile: settings.text('peer-crl-file'),
      allowedCommonNames: filled(settings.list('peer-cert-allowed-cn')),
      allowedHostnames: filled(settings.list('peer-cert-allowed-hostname')),
      verifiesClientAddress: !settings.flag('peer-skip-client-san-verification'),
    },
    clientAutoTls: settings.flag('auto-tls') && !hasPair(settings, ''),
    peerAutoTls: settings.flag('peer-auto-tls') && !hasPair(settings, 'peer-'),
    selfSignedValidityYears: settings.number('self-signed-cert-validity'),
  };
}

/** What is given and will not be used, in etcd's words. */
export function securityAdvice(settings: Settings): readonly string[] {
  const advice: string[] = [];
  if (settings.flag('auto-tls') && hasPair(settings, '')) {
    advice.push('ignoring client auto TLS since certs given');
  }
  if (settings.flag('peer-auto-tls') && hasPair(settings, 'peer-')) {
    advice.push('ignoring peer auto TLS since certs given');
  }
  const plain = settings.urls('listen-client-urls').find((url) => !isSecured(url));
  if (plain !== undefined && hasPair(settings, '')) {
    advice.push(
      `scheme is http or unix while key and cert files are present; ignoring key and cert files for ${plain.text}`,
    );
  }
  if (plain !== undefined && settings.flag('client-cert-auth')) {
    advice.push(
      `scheme is http or unix while --client-cert-auth is enabled; ignoring client cert auth for ${plain.text}`,
    );
  }
  return advice;
}

type Prefix = '' | 'peer-';

function commonSettings(settings: Settings, prefix: Prefix) {
  return {
    certFile: settings.text(`${prefix}cert-file`),
    keyFile: settings.text(`${prefix}key-file`),
    clientCertFile: settings.text(`${prefix}client-cert-file`),
    clientKeyFile: settings.text(`${prefix}client-key-file`),
    trustedCaFile: settings.text(`${prefix}trusted-ca-file`),
    clientCertAuth: settings.flag(`${prefix}client-cert-auth`),
    isSelfSigned: false,
    cipherSuites: cipherSuites(settings),
    minVersion: versions[settings.text('tls-min-version')] ?? 'TLSv1.2',
    maxVersion: versions[settings.text('tls-max-version')] ?? 'TLSv1.3',
  };
}

function cipherSuites(settings: Settings): readonly string[] {
  const chosen = filled(settings.list('cipher-suites'));
  if (chosen.length === 0) return [];
  const names = chosen.map((name) => suites[name] ?? name);
  return [...new Set([...names, ...suitesOfTls13])];
}

/** One address serves clients with everything, or with HTTP alone. */
function sharedHttpProblem(settings: Settings): string | undefined {
  const withGrpc = settings.urls('listen-client-urls').map(placeOf);
  const shared = settings
    .urls('listen-client-http-urls')
    .find((url) => withGrpc.includes(placeOf(url)));
  return (
    shared &&
    'cannot bind both --listen-client-urls and --listen-client-http-urls on the same url ' +
      shared.text
  );
}

/** A secured URL needs a certificate and its key. */
function pairProblem(settings: Settings, prefix: Prefix, words: string): string | undefined {
  const lists = prefix === '' ? ['listen-client-urls', 'listen-client-http-urls'] : peerLists;
  const secured = lists.flatMap((list) => settings.urls(list)).find(isSecured);
  if (secured === undefined || settings.flag(`${prefix}auto-tls`)) return undefined;
  const cert = settings.text(`${prefix}cert-file`);
  const key = settings.text(`${prefix}key-file`);
  if (cert === '' && key === '') {
    return prefix === ''
      ? `${words} for client url ${secured.text} with HTTPS scheme`
      : `${words} for ${placeOf(secured)}: KeyFile and CertFile are not presented`;
  }
  if (cert !== '' && key !== '') return undefined;
  return `KeyFile and CertFile must both be present[key: ${key}, cert: ${cert}]`;
}

const peerLists = ['listen-peer-urls'];

/** Host and port, or the socket's file. */
function placeOf({ scheme, text, host, port }: MemberUrl): string {
  return scheme.startsWith('unix') ? text.replace(/^unixs?:/, '') : `${host}:${port}`;
}

function hasPair(settings: Settings, prefix: Prefix): boolean {
  return settings.text(`${prefix}cert-file`) !== '' || settings.text(`${prefix}key-file`) !== '';
}

function filled(list: readonly string[]): readonly string[] {
  return list.filter((text) => text !== '');
}

function goList(list: readonly string[]): string {
  return `[${list.map((text) => JSON.stringify(text)).join(' ')}]`;
}
