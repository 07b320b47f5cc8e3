import { Session } from 'node:inspector/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../../../base/clock.ts';

/** As Go's: how long a CPU profile runs when the request does not say. */
const SECONDS_DEFAULT = 30;
const SECONDS_MAX = 600;
/** Bytes allocated between two samples of the heap, V8's default. */
const HEAP_SAMPLE_BYTES = 32_768;

const index = `<html>
<head><title>/debug/pprof/</title></head>
<body>
<p>Profiles of this process, for the panels of Chromium's developer tools.</p>
<ul>
<li><a href="profile?seconds=10">profile</a>: where CPU time goes (.cpuprofile)</li>
<li><a href="heap?seconds=10">heap</a>: what allocates (.heapprofile)</li>
<li><a href="cmdline">cmdline</a>: how the process was started</li>
</ul>
</body>
</html>
`;

export type ProfilesParts = { readonly clock: Clock; readonly commandLine: readonly string[] };

/**
 * The counterpart of Go’s pprof under its paths (`--enable-pprof`). The profiles are V8’s, made
 * on demand, one at a time; while none is made nothing is measured.
 */
export function registerProfiles(app: FastifyInstance, parts: ProfilesParts): void {
  let isBusy = false;
  const profile = async (
    reply: FastifyReply,
    name: string,
    record: () => Promise<unknown>,
  ): Promise<FastifyReply> => {
    if (isBusy) return reply.code(503).send('Could not enable profiling: already in use\n');
    isBusy = true;
    const made = await record().finally(() => {
      isBusy = false;
    });
    reply.header('content-disposition', `attachment; filename="${name}"`);
    return reply.header('content-type', 'application/octet-stream').send(JSON.stringify(made));
  };
  app.get('/debug/pprof/', (_request, reply) =>
    reply.header('content-type', 'text/html; charset=utf-8').send(index),
  );
  app.get('/debug/pprof/cmdline', (_request, reply) =>
    reply.header('content-type', 'text/plain; charset=utf-8').send(parts.commandLine.join('\0')),
  );
  app.get('/debug/pprof/profile', (request, reply) =>
    profile(reply, 'etcd-ts.cpuprofile', () => cpuProfile(parts.clock, secondsOf(request.query))),
  );
  app.get('/debug/pprof/heap', (request, reply) =>
    profile(reply, 'etcd-ts.heapprofile', () => heapProfile(parts.clock, secondsOf(request.query))),
  );
}

function secondsOf(query: unknown): number {
  const seconds = Number((query as { seconds?: string }).seconds ?? SECONDS_DEFAULT);
  return seconds > 0 ? Math.min(seconds, SECONDS_MAX) : SECONDS_DEFAULT;
}

async function cpuProfile(clock: Clock, seconds: number): Promise<unknown> {
  return await withSession(async (session) => {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await clock.after(seconds * 1_000);
    return (await session.post('Profiler.stop')).profile;
  });
}

async function heapProfile(clock: Clock, seconds: number): Promise<unknown> {
  return await withSession(async (session) => {
    await session.post('HeapProfiler.startSampling', { samplingInterval: HEAP_SAMPLE_BYTES });
    await clock.after(seconds * 1_000);
    return (await session.post('HeapProfiler.stopSampling')).profile;
  });
}

async function withSession<T>(record: (session: Session) => Promise<T>): Promise<T> {
  const session = new Session();
  session.connect();
  try {
    return await record(session);
  } finally {
    session.disconnect();
  }
}
