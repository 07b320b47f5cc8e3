import { decodeForgetLeaderRequest, decodeObserveRequest } from '../../proto/generated/etcdtspb.ts';
import type { Access } from '../../service/access.ts';
import type { FailoverService } from '../../service/failover.ts';
import type { Call, RpcStream, StreamRpc, UnaryRpc } from '../rpc.ts';
import { forRoot } from './access-rules.ts';
import { decodeMessage, type Interceptors } from './interceptors.ts';
import type { ResponseHeader } from './response-header.ts';

const service = '/etcdts.v1.Failover';

/** Ours, not etcd's. A learner serves it too: it follows a leader that may be dead. */
export function failoverRpcs(
  around: Interceptors,
  header: ResponseHeader,
  failover: FailoverService,
  access: Access,
): (UnaryRpc | StreamRpc)[] {
  return [
    around.unary(
      `${service}/ForgetLeader`,
      decodeForgetLeaderRequest,
      forRoot(access, (request) => header.prepend(failover.forgetLeader(request))),
      () => true,
    ),
    around.stream(
      'server-stream',
      `${service}/Observe`,
      (stream, call) => serveObserve(stream, call, header, failover, access),
      true,
    ),
  ];
}

/**
 * One request, then reports. While the client does not read, reports are dropped and the newest one
 * is sent when it reads again: only the present state matters.
 */
function serveObserve(
  stream: RpcStream,
  call: Call,
  header: ResponseHeader,
  failover: FailoverService,
  access: Access,
): void {
  stream.onMessage = (bytes) => {
    stream.onMessage = () => {};
    try {
      decodeMessage(decodeObserveRequest, bytes);
    } catch (error) {
      stream.fail(error);
      return;
    }
    const start = (): void => observe(stream, call, header, failover);
    if (!access.isEnabled) return start();
    access.requireRoot(call).then(start, (error: unknown) => stream.fail(error));
  };
}

function observe(
  stream: RpcStream,
  call: Call,
  header: ResponseHeader,
  failover: FailoverService,
): void {
  if (call.signal.aborted) return;
  let isFull = false;
  let missed: Uint8Array | undefined;
  const write = (report: Uint8Array): void => {
    if (isFull) {
      missed = report;
      return;
    }
    if (stream.write(report)) return;
    isFull = true;
    stream.drained().then(() => {
      isFull = false;
      const latest = missed;
      missed = undefined;
      if (latest !== undefined && !call.signal.aborted) write(latest);
    }, stop);
  };
  let stopObserving = (): void => {};
  const stop = (): void => stopObserving();
  call.signal.addEventListener('abort', stop, { once: true });
  stopObserving = failover.observe((answer) => write(header.prepend(answer)));
}
