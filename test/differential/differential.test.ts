/**
 * A small form of `make differential` on fixed seeds, and proof that it would find something: a
 * wrong answer of ours, made up here, is found and its program becomes short.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { missingPeers } from '../support/peers.ts';
import { Campaign, type CampaignOptions, runAlone } from './campaign.ts';
import { generate, settingOf } from './generate.ts';
import { type Operation, type Program, toText, type Way } from './operation.ts';
import { reportOf } from './report.ts';
import type { Tamper } from './run.ts';

const skip = missingPeers('etcd');
const seed = Number(process.env['SEED'] ?? 20261126);
const operations = 2_000;
// The tries are the bound: time must not decide.
const budget = { tries: 120, milliseconds: 600_000 };
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

/**
 * Operations that meet the tampering, among forty that do not matter; none of which may keep the
 * others from having their effect.
 */
function hidden(core: Program): Program {
  const noise = generate(seed, 0, 0).filter(
    (operation) =>
      operation.kind !== 'restart' && !('path' in operation && operation.path.endsWith('/Alarm')),
  );
  const spread = Math.floor(40 / core.length);
  return core.flatMap((operation, i) => [...noise.slice(i * spread, (i + 1) * spread), operation]);
}

/** What is left of the program when the difference is found. */
async function shrunk(core: Program, tamper: Tamper): Promise<{ program: Program; what: string }> {
  const result = await runAlone(settingOf(0), hidden(core), budget, tamper);
  assert.ok(result !== 'equal' && result !== undefined, 'it was not found');
  return { program: result.program, what: result.difference.what };
}

const call = (path: string, request: object, way: Way = 'grpc'): Operation => ({
  kind: 'call',
  path: `/etcdserverpb.KV/${path}`,
  request,
  way,
});
const key = utf8Bytes('canary');

type Deleted = { readonly deleted: number };

const wrongCount: Tamper = {
  answer: (operation, answer) => {
    const isDelete = operation.kind === 'call' && operation.path.endsWith('/DeleteRange');
    if (!isDelete || operation.way !== 'grpc' || !('ok' in answer)) return answer;
    const { deleted } = answer.ok as Deleted;
    return deleted === 0 ? answer : { ok: { ...(answer.ok as Deleted), deleted: deleted + 1 } };
  },
};

test('a wrong count of deleted keys is found by the programs as they come', { skip }, async () => {
  const budget = { tries: 0, milliseconds: 0 };
  const campaign = new Campaign({ ...base, budget, tamper: wrongCount });
  await campaign.run();
  assert.match(campaign.findings[0]?.difference.what ?? '', /at \.ok\.deleted/);
});

test('a wrong count of deleted keys shrinks to a put and a delete', { skip }, async () => {
  const core = [call('Put', { key, value: key }), call('DeleteRange', { key, prevKv: true })];
  const { program, what } = await shrunk(core, wrongCount);
  assert.match(what, /at \.ok\.deleted/);
  assert.equal(program.length <= 3, true, toText(program));
});

test('a watch that keeps back a previous value is found, and shrinks to a few operations', {
  skip,
}, async () => {
  const watch: Operation = {
    kind: 'watch',
    stream: 9,
    requests: [{ createRequest: { key, prevKv: true } }],
    way: 'grpc',
  };
  const put = call('Put', { key, value: key, prevKv: true });
  const { program, what } = await shrunk([watch, put, put], {
    watch: (response) => ({
      ...response,
      events: response.events.map((event) => ({ ...event, prevKv: undefined })),
    }),
  });
  assert.match(what, /prevKv/);
  assert.equal(program.length <= 4, true, toText(program));
});

test('a number that JSON has as a string, sent as a number, is found and shrinks to a put and a range', {
  skip,
}, async () => {
  const core = [call('Put', { key }), call('Range', { key, limit: 3 }, 'json')];
  const { program, what } = await shrunk(core, {
    answer: (operation, answer) => {
      const isRange = operation.kind === 'call' && operation.path.endsWith('/Range');
      if (!isRange || operation.way !== 'json' || !('ok' in answer)) return answer;
      const { count, ...rest } = answer.ok as { readonly count?: string };
      return count === undefined ? answer : { ok: { ...rest, count: Number(count) } };
    },
  });
  assert.match(what, /at \.ok\.count/);
  assert.equal(program.length <= 3, true, toText(program));
});
