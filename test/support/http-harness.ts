/** Our HTTP server on a port of its own, with the RPCs that a test names. */
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { HealthSource } from '../../src/etcd/api/http/health.ts';
import { HttpServer } from '../../src/etcd/api/http/server.ts';
import { type Call, type Rpc, rpcTable } from '../../src/etcd/api/rpc.ts';
import { EtcdError } from '../../src/etcd/errors.ts';
import { EtcdMetrics } from '../../src/etcd/metrics/etcd-metrics.ts';
import {
  decodeWatchRequest,
  encodeWatchResponse,
} from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { PortMux } from '../../src/etcd/transport/port-mux.ts';

export const receiveBytesMax = 100_000;
const healthy: HealthSource = {
  memberId: 1n,
  serializableRead: async () => {},
  linearizableRead: async () => {},
  isLearner: () => false,
  hasLeader: () => true,
  alarms: () => [],
};
export const cors = {
  'access-control-allow-headers': 'accept, content-type, authorization',
  'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE',
  'access-control-allow-origin': '*',
};

type Parts = {
  readonly rpcs?: readonly Rpc[];
  readonly health?: Partial<HealthSource>;
  readonly clock?: Clock;
  readonly metricsOnly?: boolean;
};
type Running = {
  readonly url: string;
  readonly port: number;
  readonly metrics: EtcdMetrics;
  readonly http: HttpServer;
};

export async function withServer(
  parts: Parts,
  run: (running: Running) => Promise<void>,
): Promise<void> {
  const metrics = new EtcdMetrics();
  const http = new HttpServer({
    health: { ...healthy, ...parts.health },
    healthObserver: metrics,
    healthTimeoutMs: 60_000,
    metrics,
    client: parts.metricsOnly
      ? undefined
      : {
          rpcs: rpcTable(parts.rpcs ?? []),
          receiveBytesMax,
          version: { clusterVersion: () => '3.7.0', storageVersion: () => undefined },
          servesGateway: true,
          isAuthEnabled: () => true,
          servesProfiles: true,
          debug: { commandLine: ['etcd-ts', 'server'], raftStatus: () => ({ term: 7 }) },
        },
    browsers: { allowedOrigins: ['*'], allowedHosts: ['*'] },
    clock: parts.clock ?? systemClock,
    log: silentLog,
  });
  const mux = await PortMux.listen(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    {
      http1: (socket) => http.accept(socket),
      http2: (socket) => socket.destroy(),
    },
  );
  try {
    await run({ url: `http://127.0.0.1:${mux.port}`, port: mux.port, metrics, http });
  } finally {
    await http.stop();
    await mux.close();
  }
}

export type Answer = { status: number; headers: Record<string, string>; body: string };

export async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const headers = Object.fromEntries(response.headers);
  delete headers['date'];
  delete headers['connection'];
  delete headers['keep-alive'];
  return { status: response.status, headers, body: await response.text() };
}

export const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers,
});
export const put = (
  handle: (request: Uint8Array, call: Call) => Uint8Array | Promise<Uint8Array>,
): Rpc => ({
  kind: 'unary',
  path: '/etcdserverpb.KV/Put',
  handle,
});

export const watch = (onAbort: (reason: unknown) => void = () => {}): Rpc => ({
  kind: 'bidi-stream',
  path: '/etcdserverpb.Watch/Watch',
  open: (stream, call) => {
    call.signal.addEventListener('abort', () => onAbort(call.signal.reason));
    stream.onMessage = (message) => {
      const { createRequest, cancelRequest } = decodeWatchRequest(message);
      if (createRequest !== undefined) stream.write(encodeWatchResponse({ created: true }));
      else if (cancelRequest !== undefined) stream.fail(new EtcdError('Corrupt'));
      else stream.end();
    };
  },
});
