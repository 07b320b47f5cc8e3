import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { assertGolden } from '../test/support/golden.ts';
import { repositoryRoot } from '../test/support/peers.ts';

const chart = join(repositoryRoot, 'charts/etcd-operator');
const helm = helmProgram();
const skip = helm === undefined ? 'needs helm: put it on PATH or name it in HELM' : false;

test('the chart lints without a complaint', { skip }, () => {
  const text = run(['lint', '--strict', chart]);
  assert.match(text, /1 chart\(s\) linted, 0 chart\(s\) failed/);
});

test('the chart with its defaults renders these objects', { skip }, () => {
  assertGolden(join(chart, 'testdata/defaults.yaml'), withoutCrd(render([])));
});

test('the chart for two namespaces asks for no right elsewhere', { skip }, () => {
  const values = [
    'watchNamespaces={a,b}',
    'rbac.readNodes=false',
    'replicas=1',
    'crds.install=false',
  ];
  const text = render(values.flatMap((value) => ['--set', value]));
  assert.doesNotMatch(text, /kind: ClusterRole/);
  assertGolden(join(chart, 'testdata/namespaced.yaml'), text);
});

test('the chart installs the same CRD as crds/', { skip }, () => {
  const written = parse(
    readFileSync(join(repositoryRoot, 'crds/etcd-ts.dev_etcdclusters.yaml'), 'utf8'),
  ) as { spec: unknown };
  const rendered = documents(render([])).find(({ kind }) => kind === 'CustomResourceDefinition');
  assert.deepEqual(rendered?.['spec'], written.spec);
});

test('a value nobody reads is refused', { skip }, () => {
  assert.throws(() => render(['--set', 'replicaCount=3']), /replicaCount/);
});

test('the chart and the program have one version', () => {
  const { version, appVersion } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as {
    version: string;
    appVersion: string;
  };
  const program = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  assert.deepEqual([version, appVersion], [program.version, `v${program.version}`]);
});

function render(more: readonly string[]): string {
  return run(['template', 'etcd-operator', chart, '--namespace', 'etcd-system', ...more]);
}

function withoutCrd(text: string): string {
  return text
    .split(/^---$/m)
    .filter((part) => !part.includes('kind: CustomResourceDefinition'))
    .join('---');
}

function documents(text: string): Record<string, unknown>[] {
  return parseAllDocuments(text).map((one) => one.toJS() as Record<string, unknown>);
}

function run(args: readonly string[]): string {
  return execFileSync(helm ?? '', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function helmProgram(): string | undefined {
  const named = process.env['HELM'];
  if (named !== undefined) return named;
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.map((folder) => join(folder, 'helm')).find((path) => existsSync(path));
}
