/**
 * Command lines, environments, YAML files and manifests, random and damaged: a configuration or a
 * refusal with words and an exit code, never an exception.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { flagTable } from '../../src/etcd/config/flag-table.ts';
import { environmentName } from '../../src/etcd/config/flags.ts';
import { parseServerCommand } from '../../src/etcd/config/server-command.ts';
import { parseEtcdCluster } from '../../src/operator/api/parse.ts';
import { damaged, hangAfter, parameters } from './mutation.ts';

const file = '/etc/etcd.yaml';

const flagNames = flagTable.map((flag) => flag.name);

const values = fc.oneof(
  fc.constantFrom(
    ...['', '0', '1', '-1', 'true', 'false', 'none', '5s', '10', '1h', '-1s', '1e3', '0x10'],
    ...['9223372036854775807', '18446744073709551616', '99999999999999999999999h', '*', ',', '='],
    ...['http://localhost:2380', 'http://127.0.0.1:0', 'https://[::1]:2379', 'unix:///s', '://'],
    ...['default=http://localhost:2380', 'a=http://x:1,a=http://x:2', 'simple', 'jwt,sign-method='],
    ...['new', 'existing', 'periodic', 'revision', 'debug', 'zap', 'TLS1.2', 'AllAlpha=true', '{}'],
  ),
  fc.string(),
  fc.integer().map(String),
);

/** `undefined …` is how etcd calls a mode that is missing. */
const leak = /undefined(?! auto-compaction-mode)|\[object/;

const argument = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...flagNames), values).map(([n, v]) => `--${n}=${v}`),
  },
  { weight: 2, arbitrary: fc.constantFrom(...flagNames).map((name) => `--${name}`) },
  values,
  fc.string().map((text) => `-${text}`),
);

const environments = fc.dictionary(
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...flagNames).map(environmentName) },
    fc.string().map((text) => `ETCD_${text}`),
  ),
  values,
  { maxKeys: 3 },
);

function survive(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  yaml: string,
): void {
  const command = parseServerCommand(argv, env, (path) => {
    if (path === file) return yaml;
    throw Object.assign(new Error(path), { code: 'ENOENT' });
  });
  if (command.kind !== 'refused') return;
  assert.ok(command.exitCode === 1 || command.exitCode === 2, JSON.stringify(command));
  assert.ok(command.message.trim() !== '' && !leak.test(command.message), command.message);
}

test('command lines and environments', hangAfter, () => {
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 6 }), environments, (argv, env) => {
      survive(argv, env, '');
    }),
    { ...parameters, numRuns: parameters.numRuns * 10 },
  );
});

const yamlFiles = [
  `name: m1\ndata-dir: /d\nlisten-client-urls: http://127.0.0.1:1,http://127.0.0.1:2\nadvertise-client-urls: http://127.0.0.1:1\nelection-timeout: 1000\nheartbeat-interval: 100\n`,
  `auto-compaction-mode: periodic\nauto-compaction-retention: "1"\nlog-outputs: [stderr, stdout]\nquota-backend-bytes: 8589934592\nfeature-gates: AllAlpha=false\n`,
  `client-transport-security:\n  cert-file: c.pem\n  key-file: k.pem\n  client-cert-auth: true\npeer-transport-security: {auto-tls: true}\nself-signed-cert-validity: 1\n`,
  `{"name": "m2", "max-txn-ops": 10, "watch-progress-notify-interval": 5000000000, "cors": "*"}`,
  `a: &a [1, 2]\nb: &b [*a, *a]\nc: [*b, *b]\nname: *a\n`,
].map(utf8Bytes);

const yamlBytes = fc.oneof(
  fc.constantFrom(...Buffer.from(`:-{}[],&*#?|>!%@'"\n\t \\0~`)),
  fc.nat(255),
);

const someValue = fc.anything({ maxDepth: 2, withNullPrototype: false });

test('configuration files with damage', hangAfter, () => {
  fc.assert(
    fc.property(damaged(yamlFiles, 4, yamlBytes), (bytes) => {
      survive([`--config-file=${file}`], {}, utf8Text(bytes));
    }),
    { ...parameters, numRuns: parameters.numRuns * 5 },
  );
});

test('configuration files with any value for every key', hangAfter, () => {
  const keys = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.constantFrom(...flagNames, 'client-transport-security', 'log-outputs'),
    },
    fc.string(),
  );
  const json = fc.dictionary(keys, fc.oneof(values, fc.jsonValue({ maxDepth: 2 })), { maxKeys: 5 });
  fc.assert(
    fc.property(json, (document) => {
      survive([], { ETCD_CONFIG_FILE: file }, JSON.stringify(document));
    }),
    { ...parameters, numRuns: parameters.numRuns * 10 },
  );
});

test('YAML that means much more than it says is refused, quickly', hangAfter, () => {
  const levels = Array.from(
    { length: 30 },
    (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}]`,
  );
  const laughs = [`l0: &l0 [lol, lol]`, ...levels].join('\n');
  for (const yaml of [laughs, '['.repeat(50_000), '- '.repeat(50_000), 'a: '.repeat(20_000)]) {
    survive([`--config-file=${file}`], {}, yaml);
  }
});

const quickstart = readFileSync(join(import.meta.dirname, '../../examples/quickstart.yaml'));

test('manifests with damage, and manifests that are anything', hangAfter, () => {
  const judge = (manifest: unknown): void => {
    const parsed = parseEtcdCluster(manifest);
    if (parsed.kind === 'cluster') return;
    assert.ok(parsed.problems.length > 0 && parsed.problems.every((problem) => problem !== ''));
  };
  fc.assert(
    fc.property(damaged([quickstart], 3, yamlBytes), (bytes) => {
      let manifest: unknown;
      try {
        manifest = parse(utf8Text(bytes), { logLevel: 'error' });
      } catch {
        return; // Not YAML: `up` names the line.
      }
      judge(manifest);
    }),
    { ...parameters, numRuns: parameters.numRuns * 5 },
  );
  fc.assert(fc.property(someValue, judge), parameters);
  const spec = fc.dictionary(
    fc.constantFrom(
      'size',
      'version',
      'image',
      'storage',
      'podTemplate',
      'etcdOptions',
      'failover',
      'x',
    ),
    fc.jsonValue({ maxDepth: 3 }),
  );
  fc.assert(
    fc.property(spec, fc.jsonValue(), (value, status) => {
      const { apiVersion, kind, metadata } = parse(utf8Text(quickstart)) as Record<string, unknown>;
      judge({ apiVersion, kind, metadata, spec: value, status });
    }),
    { ...parameters, numRuns: parameters.numRuns * 5 },
  );
});
