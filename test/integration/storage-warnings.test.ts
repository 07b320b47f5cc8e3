/** A member on storage that it warns about, as the log, the metrics and the operator see it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ObserveResponse } from '../../src/etcd/proto/generated/etcdtspb.ts';
import { MemberClient } from '../../src/operator/member-client/member-client.ts';
import { withCluster } from '../support/process-cluster.ts';

/** A tmpfs that everybody may write to, on Linux. */
const memoryDir = '/dev/shm';
const isOurs = process.env['SERVER'] !== 'etcd';
const skip = isOurs && existsSync(memoryDir) ? false : 'a warning of ours, made with /dev/shm';

test('a log in memory is a line, a metric and a field for the operator', { skip }, async (t) => {
  const dir = mkdtempSync(join(memoryDir, 'storage-warnings-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  await withCluster(t, { size: 1, flags: [`--wal-dir=${dir}/wal`] }, async (cluster) => {
    const { clientUrl, config } = cluster.member(0);
    const metrics = await (await fetch(`${clientUrl}/metrics`)).text();
    assert.match(metrics, /^etcd_ts_storage_warning\{warning="memory"\} 1$/m);
    assert.match(metrics, /^etcd_ts_storage_warning\{warning="network-file-system"\} 0$/m);
    assert.match(
      readFileSync(config.logPath, 'utf8'),
      /"warning":"memory".*is in memory \(tmpfs\)/,
    );

    const client = new MemberClient(clientUrl);
    const report = await new Promise<ObserveResponse>((resolve, reject) => {
      const cancel = client.observe((first) => {
        cancel();
        resolve(first);
      }, reject);
    });
    client.close();
    const found = report.storageWarnings.find(({ name }) => name === 'memory');
    assert.match(found?.message ?? '', /^\/dev\/shm\/.*\/wal is in memory/);
  });
});
