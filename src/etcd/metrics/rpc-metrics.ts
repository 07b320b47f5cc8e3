import { services } from '../proto/generated/descriptors.ts';
import type { Distribution, Instruments } from './instruments.ts';

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

/** The usual ones of Prometheus' clients. */
const handlingBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts of one method. Plain numbers, because every request passes; read out at a scrape. */
export class MethodMeter {
  started = 0;
  received = 0;
  receivedBytes = 0;
  sent = 0;
  sentBytes = 0;
  readonly handled: number[] = codeNames.map(() => 0);
  /** With `--metrics=extensive` alone. */
  readonly #handlingSeconds: Distribution | undefined;

  constructor(handlingSeconds?: Distribution) {
    this.#handlingSeconds = handlingSeconds;
  }

  begin(): void {
    this.started++;
  }

  messageIn(bytes: number): void {
    this.received++;
    this.receivedBytes += bytes;
  }

  /** It turned out that there was no request in it, which is no call. */
  takeBack(): void {
    this.started--;
    this.received--;
  }

  messageOut(bytes: number): void {
    this.sent++;
    this.sentBytes += bytes;
  }

  end(code: number, tookMs: number): void {
    const at = code < codeNames.length ? code : 2;
    this.handled[at] = (this.handled[at] ?? 0) + 1;
    this.#handlingSeconds?.observe(tookMs / 1_000);
  }
}

/** All methods by path, also those nobody called yet: alert rules divide by these counters. */
export type RpcMeters = ReadonlyMap<string, MethodMeter>;

/** The grpc_server_… and client traffic counters; `sample` is called before each scrape. */
export function rpcMetrics(
  make: Instruments,
  isExtensive: boolean,
): {
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
  const handling = isExtensive
    ? make.histogram(
        'grpc_server_handling_seconds',
        'How long RPCs took until they ended.',
        handlingBuckets,
        labels,
      )
    : undefined;
  const meters = new Map<string, MethodMeter>();
  const rows = services.flatMap(({ name: service, methods }) =>
    methods.map((method) => {
      const row = {
        grpc_type: grpcTypes[method.kind],
        grpc_service: service,
        grpc_method: method.name,
      };
      const meter = new MethodMeter(handling?.series(row));
      meters.set(method.path, meter);
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
