import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { repositoryRoot } from '../../../test/support/peers.ts';
import { etcdClusterCrd } from './crd.ts';
import { parseEtcdCluster } from './parse.ts';

const manifest = (spec: unknown, name = 'main'): object => ({
  apiVersion: 'etcd-ts.dev/v1alpha1',
  kind: 'EtcdCluster',
  metadata: { name },
  spec,
});

test('an empty spec is three members on claims of 8Gi, with fast failover', () => {
  const parsed = parseEtcdCluster(manifest({}));
  assert.ok(parsed.kind === 'cluster');
  assert.deepEqual(parsed.cluster.spec, {
    size: 3,
    version: undefined,
    imageRegistry: undefined,
    image: undefined,
    storageSpec: {
      medium: '',
      accessModes: 'ReadWriteOnce',
      storageClassName: undefined,
      volumeSizeRequest: '8Gi',
      retentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
    },
    etcdOptions: [],
    podTemplate: { metadata: { labels: {}, annotations: {} }, spec: {} },
    fastFailover: { enabled: true },
  });
});

test('the quickstart is accepted', () => {
  const text = readFileSync(join(repositoryRoot, 'examples/quickstart.yaml'), 'utf8');
  const parsed = parseEtcdCluster(parse(text));
  assert.equal(parsed.kind === 'cluster' && parsed.cluster.spec.size, 3);
});

const refused: readonly [string, object, RegExp][] = [
  ['no member', manifest({ size: 0 }), /size/],
  ['half a member', manifest({ size: 1.5 }), /size/],
  ['a version that is a word', manifest({ version: 'latest' }), /version/],
  ['two images', manifest({ image: 'a:b', version: 'v1.0.0' }), /excludes/],
  ['a flag of the operator', manifest({ etcdOptions: ['--name=x'] }), /--name belongs/],
  ['a flag without dashes', manifest({ etcdOptions: ['name'] }), /form --flag=value/],
  ['two words as one option', manifest({ etcdOptions: ['--a b'] }), /form --flag=value/],
  ['an unknown medium', manifest({ storageSpec: { medium: 'Disk' } }), /medium/],
  [
    'a size that is no quantity',
    manifest({ storageSpec: { volumeSizeRequest: 'big' } }),
    /quantity/,
  ],
  ['a typing error in a field', manifest({ sise: 3 }), /spec\.sise is not a field/],
  [
    'a label of the operator',
    manifest({ podTemplate: { metadata: { labels: { 'etcd-ts.dev/member': 'x' } } } }),
    /belongs/,
  ],
  ['a name with a dot', manifest({}, 'a.b'), /DNS label/],
  ['another kind', { ...manifest({}), kind: 'Other' }, /apiVersion and kind/],
  ['a text', { ...manifest('x') }, /spec must be a map/],
];

for (const [what, object, why] of refused) {
  test(`the parser refuses ${what}`, () => {
    const parsed = parseEtcdCluster(object);
    assert.ok(parsed.kind === 'refused');
    assert.match(parsed.problems.join('; '), why);
  });
}

test('every field of a parsed spec is in the CRD, and no other', () => {
  const parsed = parseEtcdCluster(manifest({}));
  assert.ok(parsed.kind === 'cluster');
  const crd = etcdClusterCrd() as unknown as {
    spec: {
      versions: { schema: { openAPIV3Schema: { properties: { spec: Schema } } } }[];
    };
  };
  const schema = crd.spec.versions[0]?.schema.openAPIV3Schema.properties.spec;
  assert.deepEqual(fields(schema), Object.keys(parsed.cluster.spec).sort());
  assert.deepEqual(
    fields(schema?.properties['storageSpec']),
    Object.keys(parsed.cluster.spec.storageSpec).sort(),
  );
});

type Schema = { readonly properties: Readonly<Record<string, Schema>> };

function fields(schema: Schema | undefined): readonly string[] {
  return Object.keys(schema?.properties ?? {}).sort();
}
