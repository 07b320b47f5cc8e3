import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { services } from '../../proto/generated/descriptors.ts';
import { openApiDocument } from './openapi.ts';

type Operation = { readonly operationId: string };
const document = openApiDocument() as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

test('the document is valid OpenAPI, and its references lead somewhere', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, '3.1');
  const text = JSON.stringify(document);
  for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/([\w.]+)/g)) {
    assert.ok(name in document.components.schemas, name);
  }
});

test('every route of the gateway is in it, and no other', () => {
  const routes = services.flatMap(({ methods }) => methods.flatMap(({ routes: of }) => of));
  const described = Object.keys(document.paths).filter((path) => path.startsWith('/v3/'));
  assert.deepEqual(described.sort(), [...routes].sort());
  for (const path of described) assert.deepEqual(Object.keys(document.paths[path] ?? {}), ['post']);
});

test('operations have names of their own, those of etcd', () => {
  const names = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.includes('KV_Range') && names.includes('Lease_LeaseRevoke2'));
});

test('schemas have the names that etcd’s own document has', () => {
  const { schemas } = document.components;
  for (const name of ['etcdserverpbRangeRequest', 'mvccpbKeyValue', 'AlarmRequestAlarmAction']) {
    assert.ok(name in schemas, name);
  }
  assert.deepEqual(schemas['etcdserverpbDeleteRangeRequest'], {
    type: 'object',
    properties: {
      key: { type: 'string', format: 'byte', contentEncoding: 'base64' },
      range_end: { type: 'string', format: 'byte', contentEncoding: 'base64' },
      prev_kv: { type: 'boolean' },
    },
  });
});
