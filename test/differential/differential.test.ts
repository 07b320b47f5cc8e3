/**
 * A small form of `make differential` on fixed seeds, and proof that it would find something: a
 * wrong answer of ours, made up here, is found and its program becomes short.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingPeers } from '../support/peers.ts';
import { Campaign, type CampaignOptions, type Finding } from './campaign.ts';
import { generate, settingOf } from './generate.ts';
import { toText } from './operation.ts';
import { reportOf } from './report.ts';
import type { Tamper } from './run.ts';

const skip = missingPeers('etcd');
const seed = Number(process.env['SEED'] ?? 20261126);
const operations = 2_000;
const budget = { tries: 150, milliseconds: 60_000 };
const base: CampaignOptions = { seed, operations, pairs: 2, findingsMax: 1, budget };

test(`${operations} operations are answered alike (SEED=${seed})`, { skip }, async () => {
  const campaign = new Campaign(base);
  await campaign.run();
  assert.deepEqual(
    campaign.findings.map((finding) => reportOf(seed, finding)),
    [],
  );
});

test('the same seed gives the same programs', () => {
  for (const group of [0, 1, 3, 4]) {
    const [first, again] = [generate(seed, group, 2), generate(seed, group, 2)].map(toText);
    assert.equal(first, again, settingOf(group).name);
    assert.notEqual(first, toText(generate(seed + 1, group, 2)));
  }
});

/** The first difference that the tampering makes; there is no other (see above). */
async function found(tamper: Tamper): Promise<Finding> {
  const campaign = new Campaign({ ...base, pairs: 1, tamper });
  await campaign.run();
  const [finding] = campaign.findings;
  assert.ok(finding !== undefined, 'it was not found');
  return finding;
}

type Deleted = { readonly deleted: number };

test('a wrong count of deleted keys is found, and shrinks to a put and a delete', {
  skip,
}, async () => {
  const finding = await found({
    answer: (operation, answer) => {
      const isDelete = operation.kind === 'call' && operation.path.endsWith('/DeleteRange');
      if (!isDelete || operation.way !== 'grpc' || !('ok' in answer)) return answer;
      const { deleted } = answer.ok as Deleted;
      return deleted === 0 ? answer : { ok: { ...(answer.ok as Deleted), deleted: deleted + 1 } };
    },
  });
  const { program = [], difference } = finding.shrunk ?? {};
  assert.match(difference?.what ?? '', /at \.ok\.deleted/);
  assert.equal(program.length <= 3, true, toText(program));
});

test('a watch that keeps back a previous value is found, and shrinks to a few operations', {
  skip,
}, async () => {
  const finding = await found({
    watch: (response) => ({
      ...response,
      events: response.events.map((event) => ({ ...event, prevKv: undefined })),
    }),
  });
  const { program = [], difference } = finding.shrunk ?? {};
  assert.match(difference?.what ?? '', /prevKv/);
  assert.equal(program.length <= 5, true, toText(program));
});

test('a number that JSON has as a string, sent as a number, is found and shrinks to one request', {
  skip,
}, async () => {
  const finding = await found({
    answer: (operation, answer) => {
      const isRange = operation.kind === 'call' && operation.path.endsWith('/Range');
      if (!isRange || operation.way !== 'json' || !('ok' in answer)) return answer;
      const { count, ...rest } = answer.ok as { readonly count?: string };
      return count === undefined ? answer : { ok: { ...rest, count: Number(count) } };
    },
  });
  const { program = [], difference } = finding.shrunk ?? {};
  assert.match(difference?.what ?? '', /at \.ok\.count/);
  assert.equal(program.length <= 3, true, toText(program));
});
