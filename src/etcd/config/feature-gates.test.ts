import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FeatureGates, mergeGates, parseGates, readGates } from './feature-gates.ts';
import { parseServerCommand } from './server-command.ts';

function onOf(gates: FeatureGates): string[] {
  return Object.entries(gates).flatMap(([name, on]) => (on ? [name] : []));
}

const byDefault = ['FastLeaseKeepAlive', 'TxnModeWriteWithSharedBuffer'];

function configOf(argv: readonly string[], env: Record<string, string> = {}, file = '') {
  const command = parseServerCommand(argv, env, () => file);
  assert.equal(command.kind, 'config', JSON.stringify(command));
  return command;
}

test('without a word the beta gates are on and the alpha gates off', () => {
  assert.deepEqual(onOf(readGates('')), byDefault);
});

test('a stage sets those of its gates that nobody named, in whatever order they stand', () => {
  for (const text of [
    'AllAlpha=true,PriorityRequest=false',
    'PriorityRequest=false,AllAlpha=true',
  ]) {
    const gates = readGates(mergeGates('', text));
    assert.equal(gates.PriorityRequest, false, text);
    assert.equal(gates.InitialCorruptCheck, true, text);
    assert.equal(gates.AllAlpha, true, text);
    assert.equal(gates.AllBeta, false, text);
  }
  assert.deepEqual(onOf(readGates(mergeGates('', 'AllBeta=false'))), []);
});

test('gates add up; a stage that was set before is not set back as a whole', () => {
  const first = mergeGates('', 'AllAlpha=true');
  const second = readGates(mergeGates(first, 'AllAlpha=false,PriorityRequest=false'));
  assert.equal(second.AllAlpha, false);
  assert.equal(second.PriorityRequest, false);
  assert.equal(second.CompactHashCheck, true);
});

test('what is no gate is refused with etcd’s words, what is empty is not', () => {
  assert.deepEqual(parseGates('CompactHashCheck=T, '), refusedAs('missing bool value for '));
  assert.ok(parseGates('').ok);
  assert.ok(parseGates(',CompactHashCheck = T,').ok);
  const unknown = refusedAs('unrecognized feature gate: toString');
  assert.deepEqual(parseGates('toString=true'), unknown);
});

function refusedAs(error: string) {
  return { ok: false, error };
}

test('flags, variables, files and the flags of 3.6 set the same gates', () => {
  const set = 'CompactHashCheck=true,InitialCorruptCheck=true';
  const expected = readGates(set);
  const flags = ['--feature-gates=CompactHashCheck=true', '--feature-gates=InitialCorruptCheck=1'];
  assert.deepEqual(configOf(flags).config.gates, expected);
  assert.deepEqual(configOf([], { ETCD_FEATURE_GATES: set }).config.gates, expected);
  const file = `feature-gates: ${set}\ncorrupt-check-time: 60000000000\n`;
  const read = configOf(['--config-file=x'], {}, file).config;
  assert.deepEqual(read.gates, expected);
  assert.equal(read.corruptCheckMs, 60_000);
  const old = configOf([
    '--experimental-compact-hash-check-enabled',
    '--experimental-initial-corrupt-check=true',
    '--experimental-corrupt-check-time=1m',
  ]);
  assert.deepEqual(old.config.gates, expected);
  assert.equal(old.config.corruptCheckMs, 60_000);
  assert.match(old.warnings.join('\n'), /old name of --feature-gates=InitialCorruptCheck/);
});

test('checkpoints of leases that are not stored are warned of', () => {
  const words = /checkpointing is enabled without persistence/;
  assert.match(configOf(['--feature-gates=LeaseCheckpoint=true']).warnings.join(), words);
  for (const gates of ['LeaseCheckpoint=true,LeaseCheckpointPersist=true', 'AllAlpha=true']) {
    assert.doesNotMatch(configOf([`--feature-gates=${gates}`]).warnings.join(), words);
  }
});
