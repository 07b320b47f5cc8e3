import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeConsensus } from '../../../test/support/rpc-member.ts';
import { silentLog } from '../../base/log.ts';
import type { Downgrade } from '../membership/membership.ts';
import {
  DowngradeRequest_DowngradeAction as Action,
  decodeDowngradeResponse,
} from '../proto/generated/etcdserverpb.ts';
import { DowngradeService } from './downgrade.ts';

function setUp() {
  const world = {
    clusterVersion: '3.7.0' as string | undefined,
    downgrade: { enabled: false, targetVersion: '' } as Downgrade,
  };
  const consensus = new FakeConsensus(({ downgradeInfoSet }) => {
    const { enabled = false, ver = '' } = downgradeInfoSet ?? {};
    world.downgrade = { enabled, targetVersion: ver };
    return { body: new Uint8Array(0), revision: 9 };
  });
  const service = new DowngradeService({
    consensus,
    clusterVersion: () => world.clusterVersion,
    downgrade: () => world.downgrade,
    currentRevision: () => 9,
    log: silentLog,
  });
  /** The version that is answered, or the error's name. */
  const ask = async (action: number, version = ''): Promise<string> => {
    try {
      const { body } = await service.answer({ action, version });
      return decodeDowngradeResponse(body).version;
    } catch (error) {
      return (error as Error).name;
    }
  };
  return { world, consensus, ask };
}

test('only the minor version before is a target, and only once', async () => {
  const { world, consensus, ask } = setUp();
  for (const version of ['3.6', '3.6.0', '3.6.7']) {
    assert.equal(await ask(Action.VALIDATE, version), '3.7');
  }
  for (const version of ['3.5', '3.7', '2.6']) {
    assert.equal(await ask(Action.ENABLE, version), 'InvalidDowngradeTargetVersion');
  }
  assert.equal(await ask(Action.ENABLE, 'x'), 'WrongDowngradeVersionFormat');
  assert.deepEqual(consensus.proposed, []);
  assert.equal(await ask(Action.ENABLE, '3.6.7'), '3.7');
  assert.deepEqual(consensus.proposed, [{ downgradeInfoSet: { enabled: true, ver: '3.6.0' } }]);
  assert.equal(await ask(Action.ENABLE, '3.6'), 'DowngradeInProcess');
  world.clusterVersion = '3.6.0';
  assert.equal(await ask(Action.VALIDATE, '3.5'), 'DowngradeInProcess');
  assert.equal(await ask(Action.VALIDATE, '3.6'), 'InvalidDowngradeTargetVersion');
});

test('every answer stands behind a barrier: another member may know more', async () => {
  const { consensus, ask } = setUp();
  for (const action of [Action.VALIDATE, Action.ENABLE, Action.CANCEL]) {
    const before = consensus.barriers;
    await ask(action, '3.6');
    assert.equal(consensus.barriers, before + 1);
  }
  consensus.become({ leader: 0n });
  assert.equal(await ask(Action.VALIDATE, '3.6'), 'Timeout');
});

test('cancelling succeeds even when there is nothing to cancel or nobody to ask', async () => {
  const { world, consensus, ask } = setUp();
  assert.equal(await ask(Action.CANCEL), '3.7');
  assert.deepEqual(consensus.proposed, []);
  await ask(Action.ENABLE, '3.6');
  assert.equal(await ask(Action.CANCEL), '3.7');
  assert.equal(world.downgrade.enabled, false);
  consensus.become({ leader: 0n });
  assert.equal(await ask(Action.CANCEL), '3.7');
});

test('a cluster without a version has nothing to go down from', async () => {
  const { world, ask } = setUp();
  world.clusterVersion = undefined;
  for (const action of [Action.VALIDATE, Action.ENABLE, Action.CANCEL]) {
    assert.equal(await ask(action, '3.6'), 'ClusterVersionUnavailable');
  }
});

test('an unknown action is an unknown method', async () => {
  assert.equal(await setUp().ask(7, '3.6'), 'UnknownMethod');
});
