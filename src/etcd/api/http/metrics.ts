import type { FastifyInstance } from 'fastify';

/** Where /metrics gets its text; the metrics themselves live in metrics/. */
export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

export function registerMetrics(app: FastifyInstance, source: MetricsSource): void {
  app.all('/metrics', async (_request, reply) => {
    const text = await source.text();
    return reply.header('content-type', source.contentType).send(text);
  });
}
