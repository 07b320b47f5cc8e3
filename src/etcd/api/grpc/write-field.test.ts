import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../base/random.ts';
import { encodeLeaseKeepAliveResponse } from '../../proto/generated/etcdserverpb.ts';
import { FIELD_BYTES_MAX, writeField, writeField64 } from './write-field.ts';

/** LeaseKeepAliveResponse.ID and .TTL, both int64. */
const ID_TAG = 0x10;
const TTL_TAG = 0x18;

function written(write: (out: Uint8Array) => number): Uint8Array {
  const out = new Uint8Array(2 * FIELD_BYTES_MAX);
  return out.subarray(0, write(out));
}

test('a field written in place has the bytes that the encoder gives it, at every bit length', (t) => {
  const seed = Math.floor(Math.random() * 0x1_0000_0000);
  t.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  for (let bits = 0n; bits <= 64n; bits += 1n) {
    for (let i = 0; i < 20; i += 1) {
      const high = BigInt(random.below(0x1_0000_0000));
      const any = (high << 32n) | BigInt(random.below(0x1_0000_0000));
      const unsigned = bits === 0n ? 0n : (any | (1n << 63n)) >> (64n - bits);
      const ID = BigInt.asIntN(64, unsigned);
      assert.deepEqual(
        written((out) => writeField64(out, 0, ID_TAG, ID)),
        encodeLeaseKeepAliveResponse({ ID }),
        `${ID}`,
      );
      if (bits > 53n) continue;
      const TTL = Number(unsigned);
      assert.deepEqual(
        written((out) => writeField(out, 0, TTL_TAG, TTL)),
        encodeLeaseKeepAliveResponse({ TTL }),
        `${TTL}`,
      );
    }
  }
});
