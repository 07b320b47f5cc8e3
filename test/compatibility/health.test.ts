/** gRPC's health service, as load balancers and probes ask it. */
import { test } from 'node:test';
import { withTwins } from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';

const skip = missingPeers('etcd');
const health = '/grpc.health.v1.Health';

test('the server as a whole serves, and no other name is known', { skip }, async () => {
  await withTwins(async (twins) => {
    await twins.same(`${health}/Check`, {});
    await twins.same(`${health}/Check`, { service: 'etcdserverpb.KV' });
    await twins.same(`${health}/List`, {});
  });
});
