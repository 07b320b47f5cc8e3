/** A certificate authority for tests, with the files that servers and tools want. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CertificateName,
  type CertificatePair,
  issueCertificate,
} from '../../src/etcd/transport/tls/issue-certificate.ts';

export type CertificateFiles = { readonly cert: string; readonly key: string };

const hourMs = 3_600_000;

export class CertificateAuthority {
  readonly file: string;
  readonly #folder: string;
  readonly #name: CertificateName;
  readonly #pair: CertificatePair;
  #serial = 1;

  /** Writes `NAME.pem` into the folder. */
  constructor(folder: string, name = 'ca') {
    this.#folder = folder;
    this.#name = { commonName: name };
    this.#pair = this.#issue(this.#name, [], true);
    this.file = join(folder, `${name}.pem`);
    writeFileSync(this.file, this.#pair.certPem);
  }

  /** Writes `FILE.pem` and `FILE.key`, over what is there. */
  issue(file: string, commonName: string, hosts: readonly string[]): CertificateFiles {
    const pair = this.#issue({ commonName }, hosts, false);
    const files = {
      cert: join(this.#folder, `${file}.pem`),
      key: join(this.#folder, `${file}.key`),
    };
    writeFileSync(files.key, pair.keyPem);
    writeFileSync(files.cert, pair.certPem);
    return files;
  }

  #issue(subject: CertificateName, hosts: readonly string[], isAuthority: boolean) {
    const now = Date.now();
    const issuer = this.#pair as CertificatePair | undefined;
    return issueCertificate({
      subject,
      hosts,
      notBefore: new Date(now - hourMs),
      notAfter: new Date(now + 24 * hourMs),
      serial: Buffer.of(this.#serial++),
      forClients: true,
      isAuthority,
      ...(issuer === undefined ? {} : { issuer: { name: this.#name, keyPem: issuer.keyPem } }),
    });
  }
}
