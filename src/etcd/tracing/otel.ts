import {
  type Context,
  context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type TextMapGetter,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { limits } from '../config/limits.ts';
import type { TracingSettings } from '../config/tracing-settings.ts';

/** The names under which etcd's spans come: of the RPC and of what it does. */
const rpcScope = 'go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc';
const etcdScope = 'go.etcd.io/etcd';

/** Something with gRPC metadata. */
export type Carrier = { metadata(name: string): string | undefined };

const metadataOf: TextMapGetter<Carrier> = {
  keys: () => ['traceparent', 'tracestate'],
  get: (carrier, name) => carrier.metadata(name),
};

/**
 * OpenTelemetry as etcd sets it up: spans go in batches to a collector by OTLP over gRPC, in plain
 * text. What waits for the collector is bounded by the library: 2,048 spans, then some are lost.
 * Loaded only when tracing is on.
 */
export class OpenTelemetry {
  readonly #provider: TracerProvider;
  readonly #propagator = new W3CTraceContextPropagator();
  readonly #rpcs: Tracer;
  readonly #inner: Tracer;
  readonly #clock: Clock;

  constructor(settings: TracingSettings, log: Log, clock: Clock) {
    const warn = (message: string): void => log.warn('tracing', { message });
    const quiet = (): void => {};
    const logger = { error: warn, warn, info: quiet, debug: quiet, verbose: quiet };
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    const { serviceName, instanceId } = settings;
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({
        'service.name': serviceName,
        ...(instanceId === '' ? {} : { 'service.instance.id': instanceId }),
      }),
      sampler: new ParentBasedSampler({ root: rootSampler(settings.samplesPerMillion) }),
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new OTLPTraceExporter({ url: `http://${settings.address}` }),
        }),
      ],
    });
    this.#rpcs = this.#provider.getTracer(rpcScope);
    this.#inner = this.#provider.getTracer(etcdScope);
    this.#clock = clock;
  }

  /** The span of a call; its parent is what the client sent. Undefined: it is not recorded. */
  startCall(name: string, carrier: Carrier, attributes: SpanAttributes): CallSpan | undefined {
    const parent = this.#propagator.extract(ROOT_CONTEXT, carrier, metadataOf);
    const span = this.#rpcs.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
    return span.isRecording() ? new CallSpan(span, this.#inner, this.#clock) : undefined;
  }

  /** Sends what is left, as long as that does not take too long. */
  async stop(): Promise<void> {
    const late = new AbortController();
    const patience = this.#clock.after(limits.tracingStopMs, late.signal).catch(() => {});
    await Promise.race([this.#provider.shutdown().catch(() => {}), patience]);
    late.abort();
  }
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** What a call does, as a span below the call's. Ends exactly once. */
export type InnerSpan = {
  readonly name: string;
  readonly attributes: SpanAttributes;
};

type SpanEvent = readonly [name: string, atMs: number];

export class CallSpan {
  readonly #span: Span;
  readonly #inner: Tracer;
  readonly #below: Context;
  readonly #clock: Clock;

  constructor(span: Span, inner: Tracer, clock: Clock) {
    this.#span = span;
    this.#inner = inner;
    this.#below = trace.setSpan(context.active(), span);
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.wallMs();
  }

  /** What was done since `startMs`, with what happened in between. */
  did({ name, attributes }: InnerSpan, startMs: number, events: readonly SpanEvent[] = []): void {
    const options = { kind: SpanKind.INTERNAL, attributes, startTime: startMs };
    const span = this.#inner.startSpan(name, options, this.#below);
    for (const [event, atMs] of events) span.addEvent(event, atMs);
    span.end();
  }

  happened(events: readonly SpanEvent[]): void {
    for (const [event, atMs] of events) this.#span.addEvent(event, atMs);
  }

  end(status: { readonly code: number; readonly message: string }): void {
    this.#span.setAttribute('rpc.response.status_code', codeNames[status.code] ?? 'UNKNOWN');
    if (serverFaults.has(status.code)) this.#span.setStatus({ code: 2, message: status.message });
    this.#span.end();
  }
}

/** gRPC's names, as OpenTelemetry writes them. */
const codeNames = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND'],
  ...['ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION'],
  ...['ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS'],
  'UNAUTHENTICATED',
];

/** Codes that are the server's fault: Unknown, DeadlineExceeded, Unimplemented, Internal, … */
const serverFaults: ReadonlySet<number> = new Set([2, 4, 12, 13, 14, 15]);

function rootSampler(samplesPerMillion: number): Sampler {
  if (samplesPerMillion === 0) return new AlwaysOffSampler();
  return new TraceIdRatioBasedSampler(samplesPerMillion / 1_000_000);
}
