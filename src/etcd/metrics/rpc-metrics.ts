import { services } from '../proto/generated/descriptors.ts';
import type { Instruments } from './instruments.ts';

/** gRPC's names for its codes, by number. */
const codeNames = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
] as const;

const grpcTypes = {
  unary: 'unary',
  'server-stream': 'server_stream',
  'bidi-stream': 'bidi_stream',
} as const;

/** Counts of one method. Plain numbers, because every request passes; read out at a scrape. */
export class MethodMeter {
  started = 0;
  received = 0;
  receivedBytes = 0;
  sent = 0;
  sentBytes = 0;
  readonly handled: number[] = codeNames.map(() => 0);

  begin(): void {
    this.started++;
  }

  messageIn(bytes: number): void {
    this.received++;
    this.receivedBytes += bytes;
  }

  messageOut(bytes: number): void {
    this.sent++;
    this.sentBytes += bytes;
  }

  end(code: number): void {
    const at = code < codeNames.length ? code : 2;
    this.handled[at] = (this.handled[at] ?? 0) + 1;
  }
}

/** All methods by path, also those nobody called yet: alert rules divide by these counters. */
export type RpcMeters = ReadonlyMap<string, MethodMeter>;

/** The grpc_server_… and client traffic counters; `sample` is called before each scrape. */
export function rpcMetrics(make: Instruments): {
  readonly meters: RpcMeters;
  readonly sample: () => void;
} {
  const labels = ['grpc_type', 'grpc_service', 'grpc_method'] as const;
  const started = make.counter('grpc_server_started_total', 'RPCs started.', labels);
  const handled = make.counter('grpc_server_handled_total', 'RPCs ended, by code.', [
    ...labels,
    'grpc_code',
  ] as const);
  const received = make.counter('grpc_server_msg_received_total', 'Messages received.', labels);
  const sent = make.counter('grpc_server_msg_sent_total', 'Messages sent.', labels);
  const bytesIn = make.counter(
    'etcd_network_client_grpc_received_bytes_total',
    'Bytes of messages received from clients.',
  );
  const bytesOut = make.counter(
    'etcd_network_client_grpc_sent_bytes_total',
    'Bytes of messages sent to clients.',
  );
  const meters = new Map<string, MethodMeter>();
  const rows = services.flatMap(({ name: service, methods }) =>
    methods.map((method) => {
      const meter = new MethodMeter();
      meters.set(method.path, meter);
      const row = {
        grpc_type: grpcTypes[method.kind],
        grpc_service: service,
        grpc_method: method.name,
      };
      return { row, meter };
    }),
  );
  const sample = () => {
    for (const counter of [started, handled, received, sent, bytesIn, bytesOut]) counter.reset();
    for (const { row, meter } of rows) {
      started.inc(row, meter.started);
      received.inc(row, meter.received);
      sent.inc(row, meter.sent);
      bytesIn.inc(meter.receivedBytes);
      bytesOut.inc(meter.sentBytes);
      codeNames.forEach((grpc_code, code) =>
        handled.inc({ ...row, grpc_code }, meter.handled[code] ?? 0),
      );
    }
  };
  return { meters, sample };
}
