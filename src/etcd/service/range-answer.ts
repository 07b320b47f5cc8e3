import type { RangeResult } from '../mvcc/store.ts';
import { bytesFieldSize, varintField, writeBytesField } from '../watch/wire.ts';

/** RangeResponse.kvs, more, count */
const KVS = 2;
const MORE = 3;
const COUNT = 4;

/** A RangeResponse without its header: the stored KeyValue bytes one after another. */
export function rangeBody(result: RangeResult): Uint8Array {
  const more = varintField(MORE, result.more ? 1 : 0);
  const count = varintField(COUNT, result.count);
  let size = more.length + count.length;
  for (const kv of result.kvs) size += bytesFieldSize(KVS, kv.length);
  const body = Buffer.allocUnsafe(size);
  let at = 0;
  for (const kv of result.kvs) at = writeBytesField(body, at, KVS, kv);
  body.set(more, at);
  body.set(count, at + more.length);
  return body;
}
