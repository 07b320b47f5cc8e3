import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimalSize, hasSpace, quotaNotices } from './quota.ts';

test('a store that is full has room for what costs nothing', () => {
  assert.ok(hasSpace(100, 0, 100));
  assert.ok(!hasSpace(100, 1, 100));
  assert.ok(!hasSpace(99, 1, 100));
  assert.ok(hasSpace(98, 1, 100));
  assert.ok(hasSpace(1e18, 1e18, undefined));
});

for (const [setting, notices] of [
  [-1, ['info disabled backend quota -1']],
  [0, ['info enabled backend quota with default value 2147483648 2.1 GB']],
  [1, ['info enabled backend quota 1 1 B']],
  [8_589_934_592, ['info enabled backend quota 8589934592 8.6 GB']],
  [
    17_179_869_184,
    [
      'warn quota exceeds the maximum value 17179869184 17 GB',
      'info enabled backend quota 17179869184 17 GB',
    ],
  ],
] as const) {
  test(`a start tells of the quota ${setting}`, () => {
    const told = quotaNotices(setting).map(({ level, message, fields }) =>
      [level, message, fields['quota-size-bytes'], fields['quota-size'] ?? ''].join(' ').trim(),
    );
    assert.deepEqual(told, notices);
  });
}

test('sizes are written as etcd writes them', () => {
  const sizes = [0, 9, 10, 999, 1_000, 1_500, 10_000, 82_854_982, 1e15];
  assert.deepEqual(sizes.map(decimalSize), [
    '0 B',
    '9 B',
    '10 B',
    '999 B',
    '1.0 kB',
    '1.5 kB',
    '10 kB',
    '83 MB',
    '1.0 PB',
  ]);
});
