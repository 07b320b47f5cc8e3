import type { FastifyReply } from 'fastify';

/** A text answer, byte for byte as etcd gives it. */
export type PlainAnswer = {
  readonly status: number;
  readonly body: string;
  /** Go sets `X-Content-Type-Options` where it writes an error or a probe's answer. */
  readonly nosniff: boolean;
};

export function send(reply: FastifyReply, answer: PlainAnswer): FastifyReply {
  if (answer.nosniff) reply.header('x-content-type-options', 'nosniff');
  return reply
    .code(answer.status)
    .header('content-type', 'text/plain; charset=utf-8')
    .send(answer.body);
}

/** For everything but GET on a path that only knows GET. */
export function refuse(reply: FastifyReply): FastifyReply {
  reply.header('allow', 'GET');
  return send(reply, { status: 405, body: 'Method Not Allowed\n', nosniff: true });
}

export function notFound(reply: FastifyReply): FastifyReply {
  return send(reply, { status: 404, body: '404 page not found\n', nosniff: true });
}
