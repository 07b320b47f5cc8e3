import { crc32c } from '@node-rs/crc32';
import { etcdKeyBytes, writeEtcdRevisionKey } from './revision.ts';

/** Enough that the call into native code costs nothing per record. */
const bufferBytes = 64 * 1024;

/**
 * etcd's HashKV over records in revision order: CRC-32C of the bucket's name and then of each
 * record's key and value as they stand in etcd's bbolt bucket.
 */
export class HashFeed {
  readonly #buffer = Buffer.allocUnsafe(bufferBytes);
  #used = 0;
  #crc = 0;

  constructor() {
    this.#add(Buffer.from('key'));
  }

  record(main: number, sub: number, tombstone: boolean, keyValue: Uint8Array): void {
    if (this.#used + etcdKeyBytes + 1 > bufferBytes) this.#flush();
    this.#used += writeEtcdRevisionKey(this.#buffer, this.#used, main, sub, tombstone);
    this.#add(keyValue);
  }

  sum(): number {
    this.#flush();
    return this.#crc;
  }

  #add(bytes: Uint8Array): void {
    if (this.#used + bytes.length > bufferBytes) this.#flush();
    if (bytes.length > bufferBytes) {
      this.#crc = crc32c(bytes, this.#crc);
      return;
    }
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #flush(): void {
    if (this.#used > 0) this.#crc = crc32c(this.#buffer.subarray(0, this.#used), this.#crc);
    this.#used = 0;
  }
}
