import type { FastifyInstance } from 'fastify';
import { refuse } from './plain-answer.ts';

/** Where etcd has nothing, so that no client of etcd's can miss it. */
export const openApiPath = '/openapi.json';

export function registerOpenApi(app: FastifyInstance): void {
  let document: Promise<Buffer> | undefined;
  app.all(openApiPath, async (request, reply) => {
    if (request.method !== 'GET') return refuse(reply);
    document ??= writeDocument();
    return reply.header('content-type', 'application/json').send(await document);
  });
}

async function writeDocument(): Promise<Buffer> {
  const { openApiDocument } = await import('./openapi.ts');
  return Buffer.from(JSON.stringify(openApiDocument()));
}
