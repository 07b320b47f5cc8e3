import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

const compress = promisify(gzip);

/** Where /metrics gets its text; the metrics themselves live in metrics/. */
export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

export function registerMetrics(app: FastifyInstance, source: MetricsSource): void {
  app.all('/metrics', async (request, reply) => {
    const text = await source.text();
    reply.header('content-type', source.contentType);
    if (!takesGzip(request.headers['accept-encoding'])) return reply.send(text);
    return reply.header('content-encoding', 'gzip').send(await compress(text));
  });
}

/** Some three hundred kilobytes with every scrape are a tenth of that when compressed. */
function takesGzip(accepted: string | string[] | undefined): boolean {
  const offers = String(accepted ?? '')
    .split(',')
    .map((offer) => offer.replaceAll(' ', ''));
  return offers.some((offer) => /^gzip(?:;q=(?:1|0?\.0*[1-9]).*)?$/.test(offer));
}
