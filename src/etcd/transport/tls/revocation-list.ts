import { type DerValue, derTag, readDer } from './der.ts';

/*
 * RFC 5280, 5.1:
 *
 *   CertificateList = { TBSCertList, algorithm, signature }
 *   TBSCertList     = { version?, algorithm, issuer, thisUpdate, nextUpdate?,
 *                       revokedCertificates?: { { serial, revocationDate, extensions? }… }, [0]? }
 */

/**
 * Serial numbers, upper case hex as Node prints them, of a DER or PEM list. Like etcd's, the check
 * trusts whoever can write the file: the list's signature is not looked at.
 */
export function revokedSerials(file: Buffer): ReadonlySet<string> {
  const [list] = readDer(derOf(file));
  const [toBeSigned] = readDer(contentOf(list, derTag.sequence));
  const fields = readDer(contentOf(toBeSigned, derTag.sequence));
  const isTime = ({ tag }: DerValue): boolean =>
    tag === derTag.utcTime || tag === derTag.generalizedTime;
  const after = fields.findLastIndex(isTime) + 1;
  if (after === 0) throw new Error('malformed certificate revocation list');
  const revoked = fields[after];
  if (revoked === undefined || revoked.tag !== derTag.sequence) return new Set();
  return new Set(
    readDer(revoked.content).map((entry) => {
      const [serial] = readDer(contentOf(entry, derTag.sequence));
      return formatSerial(contentOf(serial, derTag.integer));
    }),
  );
}

/** Without the zero that only says that the number is not negative. */
function formatSerial(bytes: Buffer): string {
  const hex = bytes.toString('hex').toUpperCase();
  return hex.replace(/^(00)+(?=..)/, '');
}

function derOf(file: Buffer): Buffer {
  const pem = /-----BEGIN X509 CRL-----([^-]*)-----END X509 CRL-----/.exec(file.toString('latin1'));
  return pem === null ? file : Buffer.from(pem[1] as string, 'base64');
}

function contentOf(value: DerValue | undefined, tag: number): Buffer {
  if (value?.tag !== tag) throw new Error('malformed certificate revocation list');
  return value.content;
}
