/** Every command of the real etcdctl on Go etcd and on etcd-ts: the outputs must be equal. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { missingPeers } from '../support/peers.ts';
import { type CaseFile, readCaseFiles } from './case-file.ts';
import { runCases } from './run-cases.ts';

const skip = missingPeers('etcd', 'etcdctl');
/** `CASES=auth,leases` runs only these files. */
const wanted = process.env['CASES']?.split(',');

/** `check datascale` writes as fast as it can: beside it a slow disk leaves the others no time. */
const isHog = (file: CaseFile): boolean => file.name === 'check';

function compare(files: readonly CaseFile[]): void {
  for (const file of files) {
    if (wanted !== undefined && !wanted.includes(file.name)) continue;
    test(file.name, { skip }, async (t) => {
      const { ran, differences } = await runCases(file);
      t.diagnostic(`${ran} commands`);
      assert.equal(differences.length, 0, differences.join('\n'));
    });
  }
}

// Most of the time one side waits for the other, or both for the minute of `check perf`.
describe('etcdctl prints the same', { concurrency: 3 }, () => {
  compare(readCaseFiles().filter((file) => !isHog(file)));
});

describe('etcdctl prints the same of what takes the whole machine', () => {
  compare(readCaseFiles().filter(isHog));
});
