/** A collector that keeps the spans it is sent: OTLP over gRPC, in plain text. */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

export type ReceivedSpan = {
  readonly name: string;
  readonly scope: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly events: readonly string[];
  readonly status: number;
  readonly resource: Readonly<Record<string, string | number | boolean>>;
};

/** As much of opentelemetry.proto as is looked at. */
const root = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
  message Scope { string name = 1; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5;
    int32 kind = 6; repeated KeyValue attributes = 9; repeated Event events = 11;
    Status status = 15;
  }
  message Event { string name = 2; }
  message Status { int32 code = 3; }
  message KeyValue { string key = 1; Value value = 2; }
  message Value { oneof value { string text = 1; bool flag = 2; int64 whole = 3; } }
`).root;
const requestType = root.lookupType('Request');

type KeyValues = readonly { key: string; value: Record<string, string | boolean> }[];
type Exported = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: KeyValues };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly {
        readonly name: string;
        readonly kind: number;
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId: string;
        readonly attributes: KeyValues;
        readonly events: readonly { readonly name: string }[];
        readonly status: { readonly code: number } | null;
      }[];
    }[];
  }[];
};

export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly #server = new Server();
  #port = 0;

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    const credentials = ServerCredentials.createInsecure();
    receiver.#port = await new Promise((resolve, reject) => {
      receiver.#server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
    return receiver;
  }

  private constructor() {
    const service = {
      Export: {
        path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        requestStream: false,
        responseStream: false,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes: Buffer) =>
          requestType.toObject(requestType.decode(bytes), {
            longs: Number,
            bytes: String,
            arrays: true,
            defaults: true,
            oneofs: false,
          }),
        responseSerialize: () => Buffer.alloc(0),
        responseDeserialize: () => ({}),
      },
    };
    this.#server.addService(service, {
      Export: (
        { request }: { request: Exported },
        done: (error: null, response: object) => void,
      ) => {
        this.#take(request);
        done(null, {});
      },
    });
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  close(): void {
    this.#server.forceShutdown();
  }

  #take({ resourceSpans }: Exported): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { scope, spans } of scopeSpans) {
        for (const span of spans) {
          this.spans.push({
            ...span,
            scope: scope.name,
            attributes: plain(span.attributes),
            events: span.events.map(({ name }) => name),
            status: span.status?.code ?? 0,
            resource: plain(resource.attributes),
          });
        }
      }
    }
  }
}

function plain(pairs: KeyValues): Record<string, string | number | boolean> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0] ?? '']));
}
