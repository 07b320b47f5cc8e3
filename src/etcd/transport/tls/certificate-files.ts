import { readFileSync, statSync } from 'node:fs';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import type { Log } from '../../../base/log.ts';
import { nodeTls } from '../../../base/node-http.ts';
import type { TlsSettings } from '../../config/tls-settings.ts';

/** Which certificate is shown: the server's, or to other servers, which may want another. */
export type ShownTo = 'clients' | 'servers';

/**
 * Certificate, key and authorities as they are on disk now. Like etcd's, they are looked at for
 * every handshake, so a renewed certificate needs no restart; unlike etcd's, the authorities are
 * too, and files that are broken for a moment (half a renewal) leave the last good ones in use.
 */
export class CertificateFiles {
  readonly #settings: TlsSettings;
  readonly #log: Log;
  readonly #certFile: string;
  readonly #keyFile: string;
  #stamp: string;
  #options: SecureContextOptions;
  #context: SecureContext;

  /** Throws when a file is missing or does not fit the others. */
  constructor(settings: TlsSettings, shownTo: ShownTo, log: Log) {
    this.#settings = settings;
    this.#log = log;
    const hasOwn = shownTo === 'servers' && settings.clientCertFile !== '';
    this.#certFile = hasOwn ? settings.clientCertFile : settings.certFile;
    this.#keyFile = hasOwn ? settings.clientKeyFile : settings.keyFile;
    this.#stamp = this.#currentStamp();
    this.#options = this.#read();
    this.#context = nodeTls().createSecureContext(this.#options);
  }

  get options(): SecureContextOptions {
    return this.#options;
  }

  /** Whether anything is new since the last call. */
  refresh(): boolean {
    const stamp = this.#currentStamp();
    if (stamp === this.#stamp) return false;
    this.#stamp = stamp;
    try {
      const options = this.#read();
      this.#context = nodeTls().createSecureContext(options);
      this.#options = options;
      this.#log.info('certificate files have changed and were read anew', this.#names());
      return true;
    } catch (error) {
      this.#log.warn('failed to read certificate files, the ones read before stay in use', {
        ...this.#names(),
        error,
      });
      return false;
    }
  }

  context(): SecureContext {
    this.refresh();
    return this.#context;
  }

  #names() {
    const { trustedCaFile } = this.#settings;
    return {
      'cert-file': this.#certFile,
      'key-file': this.#keyFile,
      'trusted-ca-file': trustedCaFile,
    };
  }

  #read(): SecureContextOptions {
    const { trustedCaFile, cipherSuites, minVersion, maxVersion } = this.#settings;
    const options: SecureContextOptions = {
      minVersion,
      maxVersion,
      ...(cipherSuites.length === 0 ? {} : { ciphers: cipherSuites.join(':') }),
    };
    if (this.#certFile !== '' || this.#keyFile !== '') {
      options.cert = readPart(this.#certFile);
      options.key = readPart(this.#keyFile);
    }
    if (trustedCaFile !== '') options.ca = readPart(trustedCaFile);
    return options;
  }

  /** Changes whenever one of the files does, also by a link that points elsewhere. */
  #currentStamp(): string {
    const { trustedCaFile } = this.#settings;
    const files = [this.#certFile, this.#keyFile, trustedCaFile].filter((path) => path !== '');
    return files.map(stampOf).join(' ');
  }
}

function readPart(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`open ${path}: ${code === 'ENOENT' ? 'no such file or directory' : message}`);
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? 'missing' : `${stat.ino}.${stat.size}.${stat.mtimeNs}`;
}
