/** Every command of the real etcdctl on Go etcd and on etcd-ts: the outputs must be equal. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { missingPeers } from '../support/peers.ts';
import { readCaseFiles } from './case-file.ts';
import { runCases } from './run-cases.ts';

const skip = missingPeers('etcd', 'etcdctl');
/** `CASES=auth,leases` runs only these files. */
const wanted = process.env['CASES']?.split(',');

// Most of the time one side waits for the other, or both for the minute of `check perf`.
describe('etcdctl prints the same', { concurrency: 3 }, () => {
  for (const file of readCaseFiles()) {
    if (wanted !== undefined && !wanted.includes(file.name)) continue;
    test(file.name, { skip }, async (t) => {
      const { ran, differences } = await runCases(file);
      t.diagnostic(`${ran} commands`);
      assert.equal(differences.length, 0, differences.join('\n'));
    });
  }
});
