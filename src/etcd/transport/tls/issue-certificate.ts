import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { contextTag, der, derInteger, derObjectId, derTag, derTime } from './der.ts';

/*
 * RFC 5280, 4.1:
 *
 *   Certificate    = { TBSCertificate, algorithm, signature }
 *   TBSCertificate = { [0] version, serial, algorithm, issuer, { notBefore, notAfter }, subject,
 *                      public key, [3] { extension… } }
 *   extension      = { object id, critical?, octet string of the extension's own DER }
 */
const oid = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organizationName: '2.5.4.10',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};
const derTrue = der(derTag.boolean, Buffer.of(0xff));
const sanDnsName = 2;
const sanIpAddress = 7;

/** Whom a certificate names. */
export type CertificateName = { readonly organization?: string; readonly commonName?: string };

export type CertificateOptions = {
  readonly subject: CertificateName;
  /** Names and addresses that the certificate is for. */
  readonly hosts: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly serial: Uint8Array;
  /** Members show the certificate in both directions. */
  readonly forClients: boolean;
  /** Others may be signed with it. */
  readonly isAuthority?: boolean;
  /** Who signs; left out, the certificate signs itself. */
  readonly issuer?: { readonly name: CertificateName; readonly keyPem: string };
};

export type CertificatePair = { readonly certPem: string; readonly keyPem: string };

/** A certificate with a new ECDSA key: what `--auto-tls` serves with. */
export function issueCertificate(options: CertificateOptions): CertificatePair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  const algorithm = der(derTag.sequence, derObjectId(oid.ecdsaWithSha256));
  const toBeSigned = der(
    derTag.sequence,
    der(contextTag(0, true), derInteger(Buffer.of(2))),
    derInteger(options.serial),
    algorithm,
    nameOf(options.issuer?.name ?? options.subject),
    der(derTag.sequence, derTime(options.notBefore), derTime(options.notAfter)),
    nameOf(options.subject),
    publicKey,
    der(contextTag(3, true), der(derTag.sequence, ...extensions(options))),
  );
  const signature = sign(
    'sha256',
    toBeSigned,
    createPrivateKey(options.issuer?.keyPem ?? privateKey),
  );
  const certificate = der(derTag.sequence, toBeSigned, algorithm, bitString(signature));
  return { certPem: pem('CERTIFICATE', certificate), keyPem: privateKey };
}

function extensions({ hosts, forClients, isAuthority }: CertificateOptions): Buffer[] {
  if (isAuthority === true) {
    const signsCertificates = Buffer.of(2, 0b0000_0100);
    return [
      extension(oid.keyUsage, true, der(derTag.bitString, signsCertificates)),
      extension(oid.basicConstraints, true, der(derTag.sequence, derTrue)),
    ];
  }
  const names = hosts.length === 0 ? [] : [der(derTag.sequence, ...hosts.map(altName))];
  const usages = forClients ? [oid.serverAuth, oid.clientAuth] : [oid.serverAuth];
  const digitalSignatureAndKeyEncipherment = Buffer.of(5, 0b1010_0000);
  return [
    extension(oid.keyUsage, true, der(derTag.bitString, digitalSignatureAndKeyEncipherment)),
    extension(oid.extendedKeyUsage, false, der(derTag.sequence, ...usages.map(derObjectId))),
    extension(oid.basicConstraints, true, der(derTag.sequence)),
    ...names.map((content) => extension(oid.subjectAltName, false, content)),
  ];
}

function extension(id: string, isCritical: boolean, content: Buffer): Buffer {
  const critical = isCritical ? [derTrue] : [];
  return der(derTag.sequence, derObjectId(id), ...critical, der(derTag.octetString, content));
}

function altName(host: string): Buffer {
  const version = isIP(host);
  if (version === 0) return der(contextTag(sanDnsName, false), Buffer.from(host, 'latin1'));
  const bytes = version === 4 ? host.split('.').map(Number) : ipv6Bytes(host);
  return der(contextTag(sanIpAddress, false), Buffer.from(bytes));
}

function ipv6Bytes(host: string): number[] {
  // The URL parser writes addresses in one form: hex groups, at most one "::".
  const text = new URL(`http://[${host}]`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const groups = (part: string | undefined): number[] =>
    part === undefined || part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
  const front = groups(head);
  const back = groups(tail);
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => 0);
  return [...front, ...zeros, ...back].flatMap((group) => [group >>> 8, group & 0xff]);
}

function nameOf({ organization, commonName }: CertificateName): Buffer {
  const attribute = (id: string, text: string | undefined): Buffer[] => {
    if (text === undefined) return [];
    const value = der(derTag.utf8String, Buffer.from(text, 'utf8'));
    return [der(derTag.set, der(derTag.sequence, derObjectId(id), value))];
  };
  return der(
    derTag.sequence,
    ...attribute(oid.organizationName, organization),
    ...attribute(oid.commonName, commonName),
  );
}

/** A whole number of bytes: no unused bits at the end. */
function bitString(bytes: Uint8Array): Buffer {
  return der(derTag.bitString, Buffer.of(0), bytes);
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
