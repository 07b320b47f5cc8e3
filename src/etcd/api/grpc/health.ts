import { Code, StatusError } from '../../errors.ts';
import {
  decodeHealthCheckRequest,
  decodeHealthListRequest,
  encodeHealthCheckResponse,
  encodeHealthListResponse,
  HealthCheckResponse_ServingStatus as Status,
} from '../../proto/generated/healthpb.ts';
import type { Rpc } from '../rpc.ts';
import { decodeMessage, type Interceptors } from './interceptors.ts';

const service = '/grpc.health.v1.Health';

/** The server as a whole: the only name that etcd knows. */
const wholeServer = '';

/**
 * gRPC's health protocol: a member that answers serves. Whether it has a leader and could write is
 * what `/readyz` tells.
 */
export function healthRpcs(around: Interceptors): Rpc[] {
  return [
    around.unary(`${service}/Check`, decodeHealthCheckRequest, ({ service: name }) => {
      if (name !== wholeServer) throw new StatusError(Code.notFound, 'unknown service');
      return encodeHealthCheckResponse({ status: Status.SERVING });
    }),
    around.unary(`${service}/List`, decodeHealthListRequest, () =>
      encodeHealthListResponse({
        statuses: [{ key: wholeServer, value: { status: Status.SERVING } }],
      }),
    ),
    around.stream('server-stream', `${service}/Watch`, (stream) => {
      // Nothing changes while the member runs: one answer, and the stream stays open.
      stream.onMessage = (bytes) => {
        const { service: name } = decodeMessage(decodeHealthCheckRequest, bytes);
        const status = name === wholeServer ? Status.SERVING : Status.SERVICE_UNKNOWN;
        stream.write(encodeHealthCheckResponse({ status }));
      };
    }),
  ];
}
