import {
  AlarmRequest_AlarmAction as AlarmAction,
  decodeAlarmRequest,
  decodeDefragmentRequest,
  decodeDowngradeRequest,
  decodeHashKVRequest,
  decodeHashRequest,
  decodeMoveLeaderRequest,
  decodeSnapshotRequest,
  decodeStatusRequest,
} from '../../proto/generated/etcdserverpb.ts';
import type { Access } from '../../service/access.ts';
import type { DowngradeService } from '../../service/downgrade.ts';
import type { MaintenanceService } from '../../service/maintenance.ts';
import type { Call, RpcStream, StreamRpc, UnaryRpc } from '../rpc.ts';
import { forRoot, forUsers } from './access-rules.ts';
import { decodeMessage, type Interceptors } from './interceptors.ts';
import type { ResponseHeader } from './response-header.ts';

const service = '/etcdserverpb.Maintenance';

export function maintenanceRpcs(
  around: Interceptors,
  header: ResponseHeader,
  maintenance: MaintenanceService,
  downgrade: DowngradeService,
  access: Access,
): (UnaryRpc | StreamRpc)[] {
  return [
    around.unary(
      `${service}/Status`,
      decodeStatusRequest,
      forUsers(access, () => header.prepend(maintenance.status())),
      () => true,
    ),
    around.unary(`${service}/Alarm`, decodeAlarmRequest, async (request, call) => {
      if (access.isEnabled) {
        const isRead = request.action === AlarmAction.GET;
        await (isRead ? access.requireUser(call) : access.requireRoot(call));
      }
      return header.prepend(await maintenance.alarm(request, call.signal));
    }),
    around.unary(
      `${service}/HashKV`,
      decodeHashKVRequest,
      forRoot(access, async (request, call) =>
        header.prepend(await maintenance.hashKv(request, call.signal)),
      ),
    ),
    around.unary(
      `${service}/Hash`,
      decodeHashRequest,
      forRoot(access, async (_request, call) =>
        header.prepend(await maintenance.hash(call.signal)),
      ),
    ),
    // The responses of these two have no header.
    around.unary(
      `${service}/Defragment`,
      decodeDefragmentRequest,
      forRoot(access, async () => {
        const answer = await maintenance.defragment();
        return answer.body;
      }),
    ),
    around.unary(
      `${service}/MoveLeader`,
      decodeMoveLeaderRequest,
      forRoot(access, async (request, call) => {
        const answer = await maintenance.moveLeader(request, call.signal);
        return answer.body;
      }),
    ),
    around.unary(
      `${service}/Downgrade`,
      decodeDowngradeRequest,
      forRoot(access, async (request, call) =>
        header.prepend(await downgrade.answer(request, call.signal)),
      ),
    ),
    around.stream(
      'server-stream',
      `${service}/Snapshot`,
      (stream, call) => serveSnapshot(stream, call, maintenance, access),
      true,
    ),
  ];
}

/** Responses without a header, written only as fast as the client takes them. */
function serveSnapshot(
  stream: RpcStream,
  call: Call,
  maintenance: MaintenanceService,
  access: Access,
): void {
  stream.onMessage = (bytes) => {
    stream.onMessage = () => {};
    streamSnapshot(stream, call, maintenance, access, bytes).then(
      () => stream.end(),
      (error: unknown) => stream.fail(error),
    );
  };
}

async function streamSnapshot(
  stream: RpcStream,
  call: Call,
  maintenance: MaintenanceService,
  access: Access,
  request: Uint8Array,
): Promise<void> {
  decodeMessage(decodeSnapshotRequest, request);
  if (access.isEnabled) await access.requireRoot(call);
  for await (const response of maintenance.snapshot()) {
    call.signal.throwIfAborted();
    if (!stream.write(response)) await stream.drained();
  }
}
