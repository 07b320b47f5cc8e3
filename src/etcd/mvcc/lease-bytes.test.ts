import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../base/random.ts';
import { readLeaseId, writeLeaseId, writeLeaseVarint } from './lease-bytes.ts';

/** As protobuf defines it. */
function varintOf(lease: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, lease); ; rest >>= 7n) {
    if (rest < 0x80n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

void test('leases in any order are read and written as if none were remembered', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`lease bytes seed ${seed}`);
  const random = seededRandom(seed);
  const edges = [0n, 1n, -1n, 127n, 128n, 2n ** 32n, 2n ** 63n - 1n, -(2n ** 63n)];
  const leases = [...edges, ...edges.map((edge) => BigInt.asIntN(64, edge + 12_345n))];
  for (let round = 0; round < 5_000; round++) {
    const lease = leases[random.below(leases.length)] as bigint;
    const at = random.below(5);
    const bytes = Buffer.alloc(30);
    switch (random.below(3)) {
      case 0:
        bytes.writeBigInt64BE(lease, at);
        assert.equal(readLeaseId(bytes, at), lease);
        break;
      case 1:
        assert.equal(writeLeaseId(bytes, at, lease), at + 8);
        assert.equal(bytes.readBigInt64BE(at), lease);
        break;
      default: {
        const end = writeLeaseVarint(bytes, at, lease);
        assert.deepEqual([...bytes.subarray(at, end)], varintOf(lease));
      }
    }
  }
});
