/** docs/compatibility.md says exactly which methods are missing: no more and no fewer. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { services } from '../../src/etcd/proto/generated/descriptors.ts';
import { EtcdClient } from '../support/etcd-client.ts';
import { repositoryRoot } from '../support/peers.ts';
import { withCluster } from '../support/process-cluster.ts';

const skip = process.env['SERVER'] === 'etcd' ? 'about etcd-ts only' : false;
const unimplemented = 12;

async function isMissing(client: EtcdClient, path: string): Promise<boolean> {
  try {
    await client.call(path, new Uint8Array(0), (bytes) => bytes);
    return false;
  } catch (error) {
    return (error as { code?: number }).code === unimplemented;
  }
}

test('the methods listed as missing are the ones answered with Unimplemented', {
  skip,
}, async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    // A stream called as if it were not one never ends by itself.
    const client = new EtcdClient(cluster.member(0).endpoint, 500);
    const missing: string[] = [];
    try {
      for (const { methods } of services) {
        for (const { path } of methods) {
          if (await isMissing(client, path)) missing.push(path.slice(path.indexOf('.') + 1));
        }
      }
    } finally {
      client.close();
    }
    const document = readFileSync(join(repositoryRoot, 'docs/compatibility.md'), 'utf8');
    const block = /<!-- missing methods -->\n+```text\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
    const listed = block.split(/\s+/).filter((word) => word !== '');
    assert.deepEqual(listed.toSorted(), missing.toSorted());
  });
});
