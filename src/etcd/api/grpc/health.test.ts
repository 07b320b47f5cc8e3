import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcMember } from '../../../../test/support/rpc-member.ts';
import {
  decodeHealthCheckResponse,
  decodeHealthListResponse,
  encodeHealthCheckRequest,
  HealthCheckResponse_ServingStatus as Status,
} from '../../proto/generated/healthpb.ts';

const health = '/grpc.health.v1.Health';
const wholeServer = encodeHealthCheckRequest({});

test('who watches the health hears when the member does not want to be asked, and when again', async () => {
  const member = new RpcMember();
  const stream = member.open(`${health}/Watch`);
  const unknown = member.open(`${health}/Watch`);
  stream.onMessage(wholeServer);
  unknown.onMessage(encodeHealthCheckRequest({ service: 'etcdserverpb.KV' }));
  const resume = member.serving.suspend();
  const checked = await member.call(`${health}/Check`, wholeServer, decodeHealthCheckResponse);
  assert.deepEqual(checked, { status: Status.NOT_SERVING });
  const listed = await member.call(`${health}/List`, new Uint8Array(0), decodeHealthListResponse);
  assert.ok(typeof listed !== 'string');
  assert.equal(listed.statuses[0]?.value?.status, Status.NOT_SERVING);
  resume();
  const told = stream.written.map((bytes) => decodeHealthCheckResponse(bytes).status);
  assert.deepEqual(told, [Status.SERVING, Status.NOT_SERVING, Status.SERVING]);
  const toldUnknown = unknown.written.map((bytes) => decodeHealthCheckResponse(bytes).status);
  assert.deepEqual(toldUnknown, [Status.SERVICE_UNKNOWN]);
});

test('who has gone away hears nothing more', () => {
  const member = new RpcMember();
  const stream = member.open(`${health}/Watch`);
  stream.onMessage(wholeServer);
  stream.controller.abort();
  member.serving.suspend();
  assert.equal(stream.written.length, 1);
});
