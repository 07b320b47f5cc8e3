import { utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import type { EtcdClient } from '../support/etcd-client.ts';

/**
 * Every write that was acknowledged, with the revision the answer named. Keys are never written
 * twice, so whatever happens to writes without an answer, an acknowledged one must be there for
 * ever, at that very revision.
 */
export class Ledger {
  readonly #prefix: string;
  readonly #acknowledged = new Map<string, number>();
  #issuedCount = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get acknowledgedCount(): number {
    return this.#acknowledged.size;
  }

  get issuedCount(): number {
    return this.#issuedCount;
  }

  /** Every acknowledged write as "key@revision". */
  acknowledged(): string[] {
    return Array.from(this.#acknowledged, ([key, revision]) => `${key}@${revision}`);
  }

  /** Writes the next key; throws what the client throws, and then nothing is known of the key. */
  async writeNext(client: EtcdClient, valueBytes: number): Promise<void> {
    const number = this.#issuedCount;
    this.#issuedCount += 1;
    const key = `${this.#prefix}${number.toString().padStart(9, '0')}`;
    const answer = await client.put(key, valueOf(key, valueBytes));
    this.#acknowledged.set(key, answer.header?.revision ?? -1);
  }

  /** What the store lost or changed of the acknowledged writes; empty when all is well. */
  async complaints(client: EtcdClient): Promise<string[]> {
    const found = await this.#readAll(client);
    const complaints: string[] = [];
    for (const [key, revision] of this.#acknowledged) {
      const kv = found.get(key);
      if (kv === undefined) complaints.push(`${key}: lost (acknowledged at ${revision})`);
      else if (kv.modRevision !== revision) {
        complaints.push(`${key}: at revision ${kv.modRevision}, acknowledged at ${revision}`);
      } else if (kv.value !== valueOf(key, kv.value.length)) {
        complaints.push(`${key}: another value`);
      }
    }
    return complaints;
  }

  async #readAll(client: EtcdClient): Promise<Map<string, { modRevision: number; value: string }>> {
    const found = new Map<string, { modRevision: number; value: string }>();
    let from = utf8Bytes(this.#prefix);
    const rangeEnd = utf8Bytes(`${this.#prefix}~`);
    for (;;) {
      const page = await client.range({ key: from, rangeEnd, limit: 2_000 });
      for (const kv of page.kvs) {
        found.set(utf8Text(kv.key), { modRevision: kv.modRevision, value: utf8Text(kv.value) });
      }
      const last = page.kvs.at(-1);
      if (!page.more || last === undefined) return found;
      from = Buffer.concat([last.key, Buffer.of(0)]);
    }
  }
}

/** The key again and again: a value that came to the wrong key is seen. */
function valueOf(key: string, bytes: number): string {
  return key.repeat(Math.ceil(bytes / key.length)).slice(0, bytes);
}
