import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../../test/support/parsed-command.ts';
import { newClusterProblem } from './bootstrap-checks.ts';

const own = 'http://127.0.0.1:29980';
const bootstrapRows: readonly (readonly [argv: string[], problem: string | undefined])[] = [
  [
    [`--initial-cluster=a=${own}`],
    'couldn\'t find local name "default" in the initial cluster configuration',
  ],
  [
    ['--initial-cluster=default=http://127.0.0.1:2390'],
    '--initial-cluster has default=http://127.0.0.1:2390 but missing from --initial-advertise-peer-urls=http://localhost:2380 (resolved urls: "http://localhost:2380" != "http://127.0.0.1:2390")',
  ],
  [
    ['--initial-cluster=default=http://x:1', '--initial-advertise-peer-urls=http://x:2,http://z:3'],
    '--initial-cluster has default=http://x:1 but missing from --initial-advertise-peer-urls=http://x:2,http://z:3 (len(["http://x:2" "http://z:3"]) != len(["http://x:1"]))',
  ],
  [
    [`--initial-cluster=default=${own},x=${own}`, `--initial-advertise-peer-urls=${own}`],
    `initial cluster default=${own},x=${own} has duplicate url`,
  ],
  [[`--initial-cluster=default=${own}`, `--initial-advertise-peer-urls=${own}`], undefined],
];

for (const [argv, problem] of bootstrapRows) {
  test(`a new cluster from ${argv.join(' ')}: ${problem ?? 'fine'}`, async () => {
    assert.equal(await newClusterProblem(configOf(argv), async (url) => url), problem);
  });
}

test('a host that cannot be looked up is named in etcd’s words', async () => {
  const argv = ['--initial-cluster=default=http://x:1', '--initial-advertise-peer-urls=http://x:2'];
  const problem = await newClusterProblem(configOf(argv), async () => {
    throw new Error('no such host');
  });
  assert.equal(
    problem,
    '--initial-cluster has default=http://x:1 but missing from ' +
      '--initial-advertise-peer-urls=http://x:2 (failed to resolve "http://x:2" (no such host))',
  );
});

test('advertised URLs match listed ones that resolve to the same address', async () => {
  const config = configOf(['--initial-cluster=default=http://127.0.0.1:2380']);
  const resolve = async (url: string): Promise<string> => url.replace('localhost', '127.0.0.1');
  assert.equal(await newClusterProblem(config, resolve), undefined);
});
