/** The same command lines, variables and configuration files for etcd and for us. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { flagUsage } from '../../src/etcd/config/usage.ts';
import { missingPeers, peerProgram } from '../support/peers.ts';
import { brokenFiles, rows } from './flag-rows.ts';
import { type CommandLine, prepareFolder, verdictOfEtcd, verdictOfOurs } from './flags.ts';

const skip = missingPeers('etcd');
const together = 4;

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'flags-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  prepareFolder(folder, ['default', 'a', '']);
  return folder;
}

test('both take and refuse the same, with the same code and words', { skip }, async (t) => {
  const left = rows.values();
  const compare = async (folder: string): Promise<unknown[]> => {
    const differences: unknown[] = [];
    for (const line of left) {
      const [etcd, ours] = [await verdictOfEtcd(folder, line), verdictOfOurs(folder, line)];
      const isSame = etcd.exitCode === ours.exitCode && etcd.message === ours.message;
      if (!isSame) differences.push({ line, etcd, ours });
    }
    return differences;
  };
  const folders = Array.from({ length: together }, () => folderOf(t));
  assert.deepEqual((await Promise.all(folders.map(compare))).flat(), []);
});

test('what is no YAML is refused by both, each with its own reason', { skip }, async (t) => {
  const folder = folderOf(t);
  for (const text of brokenFiles) {
    const line: CommandLine = { argv: [], file: text };
    for (const verdict of [await verdictOfEtcd(folder, line), verdictOfOurs(folder, line)]) {
      assert.equal(verdict.exitCode, 1);
      assert.match(verdict.message, /^error converting YAML to JSON: yaml: /);
    }
  }
});

type Listed = { readonly group: string; readonly byDefault: string };

/** `Group:` and below it `  --flag 'default'`. */
function listedIn(help: string): ReadonlyMap<string, Listed> {
  const listed = new Map<string, Listed>();
  let group = '';
  for (const line of help.split('\n')) {
    group = /^(\S.*):$/.exec(line)?.[1] ?? group;
    const flag = /^ {2}--([\w.-]+)(?: '?(.*?)'?)?(?: \(no effect\))?$/.exec(line);
    if (flag !== null) listed.set(flag[1] ?? '', { group, byDefault: flag[2] ?? '' });
  }
  return listed;
}

/** etcd's help names flags of version 2 that etcd itself does not know any more. */
const goneFromEtcd: ReadonlySet<string> = new Set(['discovery', 'discovery-proxy']);

/** Flags whose default etcd's help leaves out or writes in another way. */
const otherNotation: ReadonlySet<string> = new Set([
  ...['max-concurrent-streams', 'backend-batch-interval', 'memory-mlock', 'enable-grpc-gateway'],
  ...['bootstrap-defrag-threshold-megabytes', 'compaction-sleep-interval', 'downgrade-check-time'],
  ...['snapshot-catchup-entries', 'corrupt-check-time'],
]);

test('our help has every flag of etcd’s, in the same group, with the same default', {
  skip,
}, async () => {
  const { stdout } = await promisify(execFile)(peerProgram('etcd'), ['--help']);
  const [etcd, ours] = [listedIn(stdout), listedIn(flagUsage())];
  const wanted = [...etcd].filter(([name]) => !goneFromEtcd.has(name));
  const missing = wanted.filter(([name]) => !ours.has(name)).map(([name]) => name);
  assert.deepEqual(missing, []);
  assert.deepEqual(
    [...ours.keys()].filter((name) => !etcd.has(name)),
    [],
  );
  for (const [name, { group, byDefault }] of wanted) {
    const found = ours.get(name);
    if (found === undefined) continue;
    assert.equal(found.group, group, name);
    if (!otherNotation.has(name)) assert.equal(found.byDefault, byDefault, name);
  }
});
