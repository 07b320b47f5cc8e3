/** Members with every feature gate switched on, or off; SERVER=etcd runs it on etcd. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemberProcess } from '../support/member-process.ts';
import { missingPeers } from '../support/peers.ts';
import { withCluster } from '../support/process-cluster.ts';

const skip = missingPeers('etcdctl');

async function gatesOf(member: MemberProcess): Promise<string[]> {
  const metrics = await (await fetch(`${member.clientUrl}/metrics`)).text();
  const gates = metrics.matchAll(/^etcd_server_feature_enabled\{(.*)\} (.*)$/gm);
  return [...gates].map(([, labels, value]) => `${labels} ${value}`).sort();
}

function expected(isOn: (name: string, stage: string) => boolean): string[] {
  const stages = {
    ALPHA:
      'AllAlpha CompactHashCheck InitialCorruptCheck LeaseCheckpoint LeaseCheckpointPersist ' +
      'PriorityRequest SetMemberLocalAddr StopGRPCServiceOnDefrag',
    BETA: 'AllBeta FastLeaseKeepAlive TxnModeWriteWithSharedBuffer',
  };
  return Object.entries(stages)
    .flatMap(([stage, names]) =>
      names.split(' ').map((name) => {
        return `name="${name}",stage="${stage}" ${isOn(name, stage) ? 1 : 0}`;
      }),
    )
    .sort();
}

for (const [text, isOn] of [
  ['', (name: string, stage: string) => stage === 'BETA' && name !== 'AllBeta'],
  ['AllAlpha=true,AllBeta=true', () => true],
  ['AllBeta=false', () => false],
  ['AllAlpha=true,PriorityRequest=false,AllBeta=false', allAlphaButOne],
] as const) {
  test(`members with the gates '${text}' say so, serve and come back`, { skip }, async (t) => {
    const flags = [`--feature-gates=${text}`];
    await withCluster(t, { size: 2, flags }, async (cluster) => {
      const member = cluster.member(1);
      assert.deepEqual(await gatesOf(member), expected(isOn));
      await cluster.etcdctl('lease', 'grant', '600');
      await cluster.client(member).put('key', 'value');
      await cluster.etcdctl('defrag');
      await member.stop();
      await cluster.restart(member);
      assert.equal(await cluster.client(member).get('key'), 'value');
    });
  });
}

function allAlphaButOne(name: string, stage: string): boolean {
  return stage === 'ALPHA' && name !== 'PriorityRequest';
}
