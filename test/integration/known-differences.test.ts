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
    // All at once: a stream called as if it were not one never ends by itself.
    const client = new EtcdClient(cluster.member(0).endpoint, 10_000);
    const paths = services.flatMap(({ methods }) => methods.map(({ path }) => path));
    const answers = await Promise.all(paths.map((path) => isMissing(client, path)));
    client.close();
    const missing = paths
      .filter((_, i) => answers[i])
      .map((path) => path.slice(path.indexOf('.') + 1));
    const document = readFileSync(join(repositoryRoot, 'docs/compatibility.md'), 'utf8');
    const block = /<!-- missing methods -->\n+```text\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
    const listed = block.split(/\s+/).filter((word) => word !== '');
    assert.deepEqual(listed.toSorted(), missing.toSorted());
  });
});
