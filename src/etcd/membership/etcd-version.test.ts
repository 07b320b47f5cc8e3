import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareVersions,
  isDowngrade,
  lowestVersion,
  maybeParseTarget,
  maybeParseVersion,
  shortVersion,
  versionText,
} from './etcd-version.ts';

const v = (minor: number, major = 3) => ({ major, minor });

test('a version has three numbers, and may have a pre-release and metadata', () => {
  for (const text of ['3.7.0', '3.7.12', '3.7.0-rc.1', '3.7.0+git', '3.7.0-a.b-c+d.e', '03.07.1']) {
    assert.deepEqual(maybeParseVersion(text), v(7), text);
  }
  const wrong = ['', '3', '3.7', '3.7.0.1', 'v3.7.0', '3.7.x', '3.-7.0', ' 3.7.0', '3.7.0\n'];
  wrong.push('not_decided', '3.7.0-a..b', '3.7.0+a_b', '3.7.99999999999999999999');
  for (const text of wrong) assert.equal(maybeParseVersion(text), undefined, text);
});

test('the target of a downgrade may leave out the third number', () => {
  assert.deepEqual(maybeParseTarget('3.6'), v(6));
  assert.deepEqual(maybeParseTarget('3.6.9'), v(6));
  for (const text of ['', '3', '3.6-rc', '3.', 'x.y']) {
    assert.equal(maybeParseTarget(text), undefined, text);
  }
});

test('a downgrade is one minor version down', () => {
  assert.equal(isDowngrade(v(7), v(6)), true);
  for (const to of [v(7), v(8), v(5), v(6, 2)]) assert.equal(isDowngrade(v(7), to), false);
});

test('versions are ordered by major, then minor', () => {
  const sorted = [v(10), v(9), v(0, 4), v(10, 2)].toSorted(compareVersions);
  assert.deepEqual(sorted, [v(10, 2), v(9), v(10), v(0, 4)]);
  assert.deepEqual([versionText(v(10)), shortVersion(v(10))], ['3.10.0', '3.10']);
});

test('the lowest version is known only when all are', () => {
  assert.deepEqual(lowestVersion([v(7), v(6), v(10)]), v(6));
  assert.equal(lowestVersion([v(7), undefined]), undefined);
  assert.equal(lowestVersion([]), undefined);
});
