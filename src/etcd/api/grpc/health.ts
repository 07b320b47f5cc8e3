import { Code, StatusError } from '../../errors.ts';
import {
  decodeHealthCheckRequest,
  decodeHealthListRequest,
  encodeHealthCheckResponse,
  encodeHealthListResponse,
  HealthCheckResponse_ServingStatus as Status,
} from '../../proto/generated/healthpb.ts';
import type { ServingStatus } from '../../service/serving-status.ts';
import type { Rpc } from '../rpc.ts';
import { decodeMessage, type Interceptors } from './interceptors.ts';

const service = '/grpc.health.v1.Health';

/** The server as a whole: the only name that etcd knows. */
const wholeServer = '';

/**
 * gRPC's health protocol: a member that answers serves. Whether it has a leader and could write is
 * what `/readyz` tells.
 */
export function healthRpcs(around: Interceptors, serving: ServingStatus): Rpc[] {
  const status = (): Status => (serving.isServing ? Status.SERVING : Status.NOT_SERVING);
  return [
    around.unary(`${service}/Check`, decodeHealthCheckRequest, ({ service: name }) => {
      if (name !== wholeServer) throw new StatusError(Code.notFound, 'unknown service');
      return encodeHealthCheckResponse({ status: status() });
    }),
    around.unary(`${service}/List`, decodeHealthListRequest, () =>
      encodeHealthListResponse({
        statuses: [{ key: wholeServer, value: { status: status() } }],
      }),
    ),
    around.stream('server-stream', `${service}/Watch`, (stream, call) => {
      const tell = (what: Status): void => {
        stream.write(encodeHealthCheckResponse({ status: what }));
      };
      stream.onMessage = (bytes) => {
        const { service: name } = decodeMessage(decodeHealthCheckRequest, bytes);
        if (name !== wholeServer) {
          tell(Status.SERVICE_UNKNOWN);
          return;
        }
        tell(status());
        const stop = serving.onChange(() => tell(status()));
        call.signal.addEventListener('abort', stop, { once: true });
      };
    }),
  ];
}
