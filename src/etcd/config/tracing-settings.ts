import type { Settings } from './settings.ts';

/** Spans for an OpenTelemetry collector. */
export type TracingSettings = {
  /** `host:port`, spoken to in plain text. */
  readonly address: string;
  readonly serviceName: string;
  /** Empty: none. */
  readonly instanceId: string;
  /** Of requests whose client says nothing about it. */
  readonly samplesPerMillion: number;
};

/** Undefined: requests are not traced. */
export function readTracing(settings: Settings): TracingSettings | undefined {
  if (!settings.flag('enable-distributed-tracing')) return undefined;
  return {
    address: settings.text('distributed-tracing-address'),
    serviceName: settings.text('distributed-tracing-service-name'),
    instanceId: settings.text('distributed-tracing-instance-id'),
    samplesPerMillion: settings.number('distributed-tracing-sampling-rate'),
  };
}

export function tracingProblem(settings: Settings): string | undefined {
  const rate = settings.number('distributed-tracing-sampling-rate');
  if (!settings.flag('enable-distributed-tracing') || (rate >= 0 && rate <= 1_000_000)) {
    return undefined;
  }
  const reason = rate < 0 ? 'must be positive' : 'must be less than 1000000';
  return `distributed tracing configurition is not valid: (tracing sampling rate ${reason})`;
}
