import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import { AlarmType } from '../../proto/generated/etcdserverpb.ts';
import { type PlainAnswer, refuse, send } from './plain-answer.ts';

/** What the health endpoints ask of the member. */
export interface HealthSource {
  readonly memberId: bigint;
  /** A read of the local state with root's rights. Rejects when it is impossible. */
  serializableRead(signal: AbortSignal): Promise<void>;
  /** The same through the leader. */
  linearizableRead(signal: AbortSignal): Promise<void>;
  isLearner(): boolean;
  hasLeader(): boolean;
  /** Of the whole cluster. */
  alarms(): readonly { readonly memberId: bigint; readonly alarm: number }[];
}

/** Where outcomes are counted; etcd's names in metrics/. */
export interface HealthObserver {
  health(ok: boolean): void;
  check(type: ProbeType, name: string, ok: boolean): void;
}

export type ProbeType = 'livez' | 'readyz';

export type HealthOptions = {
  readonly source: HealthSource;
  readonly observer: HealthObserver;
  /** Of /health only; the probes have none of their own, as in etcd. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
};

type Check = {
  readonly name: string;
  readonly run: (source: HealthSource, signal: AbortSignal) => Promise<void> | void;
};

const serializableRead: Check = {
  name: 'serializable_read',
  run: (source, signal) => source.serializableRead(signal),
};

/** Liveness never asks another member: restarting this one would not bring a quorum back. */
const checks: Readonly<Record<ProbeType, readonly Check[]>> = {
  livez: [serializableRead],
  readyz: [
    {
      // Only this member's alarm. etcd looks at the whole cluster's, which makes every member
      // unready because one is corrupt; see docs/compatibility.md.
      name: 'data_corruption',
      run: (source) => {
        for (const { memberId, alarm } of source.alarms()) {
          if (memberId === source.memberId && alarm === AlarmType.CORRUPT) {
            throw new Error('alarm activated: CORRUPT');
          }
        }
      },
    },
    serializableRead,
    {
      name: 'linearizable_read',
      run: (source, signal) => source.linearizableRead(signal),
    },
    {
      name: 'non_learner',
      run: (source) => {
        if (source.isLearner()) throw new Error('not supported for learner');
      },
    },
  ],
};

export function registerHealth(app: FastifyInstance, options: HealthOptions): void {
  app.all('/health', async (request, reply) => {
    if (request.method !== 'GET') return refuse(reply);
    const answer = await answerHealth(options, queryOf(request));
    return send(reply, answer);
  });
  for (const type of ['livez', 'readyz'] as const) {
    registerProbe(app, `/${type}`, type, checks[type], options);
    for (const check of checks[type]) {
      registerProbe(app, `/${type}/${check.name}`, type, [check], options);
    }
  }
}

function registerProbe(
  app: FastifyInstance,
  path: string,
  type: ProbeType,
  all: readonly Check[],
  options: HealthOptions,
): void {
  app.all(path, async (request, reply) => {
    if (request.method !== 'GET') return refuse(reply);
    const query = queryOf(request);
    const excluded = path === `/${type}` ? query.getAll('exclude') : [];
    const chosen = all.filter((check) => !excluded.includes(check.name));
    return withAbort(reply, async (signal) => {
      const answer = await runChecks(options, type, chosen, signal, query.has('verbose'));
      if (answer.status !== 200) options.log.error('Health check error', { path });
      return send(reply, answer);
    });
  });
}

async function runChecks(
  options: HealthOptions,
  type: ProbeType,
  chosen: readonly Check[],
  signal: AbortSignal,
  verbose: boolean,
): Promise<PlainAnswer> {
  let report = '';
  let ok = true;
  for (const check of chosen) {
    const failure = await failureOf(check, options.source, signal);
    options.observer.check(type, check.name, failure === undefined);
    if (failure !== undefined) ok = false;
    report +=
      failure === undefined ? `[+]${check.name} ok\n` : `[-]${check.name} failed: ${failure}\n`;
  }
  if (!ok) return { status: 503, body: `${report}\n`, nosniff: true };
  return { status: 200, body: verbose ? `${report}ok\n` : 'ok\n', nosniff: true };
}

async function failureOf(
  check: Check,
  source: HealthSource,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await check.run(source, signal);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function answerHealth(options: HealthOptions, query: URLSearchParams): Promise<PlainAnswer> {
  const serializable = query.get('serializable') === 'true';
  const reason =
    alarmReason(options.source, query.getAll('exclude')) ??
    (!serializable && !options.source.hasLeader() ? 'RAFT NO LEADER' : undefined) ??
    (await readReason(options, serializable));
  options.observer.health(reason === undefined);
  if (reason === undefined) {
    return { status: 200, body: '{"health":"true","reason":""}', nosniff: false };
  }
  options.log.warn('/health error', { reason, 'status-code': 503 });
  const body = `${JSON.stringify({ health: 'false', reason })}\n`;
  return { status: 503, body, nosniff: true };
}

function alarmReason(source: HealthSource, excluded: readonly string[]): string | undefined {
  for (const { alarm } of source.alarms()) {
    const name = alarmName(alarm);
    if (!excluded.includes(name)) return `ALARM ${name}`;
  }
  return undefined;
}

function alarmName(alarm: number): string {
  if (alarm === AlarmType.NOSPACE) return 'NOSPACE';
  return alarm === AlarmType.CORRUPT ? 'CORRUPT' : 'UNKNOWN';
}

async function readReason(
  { source, clock, timeoutMs }: HealthOptions,
  serializable: boolean,
): Promise<string | undefined> {
  const deadline = new AbortController();
  const done = new AbortController();
  const late = new Error('context deadline exceeded');
  const timer = clock.after(timeoutMs, done.signal).then(
    () => {
      deadline.abort(late);
      throw late;
    },
    () => {},
  );
  const read = serializable
    ? source.serializableRead(deadline.signal)
    : source.linearizableRead(deadline.signal);
  try {
    await Promise.race([read, timer]);
    return undefined;
  } catch (error) {
    return `RANGE ERROR:${error instanceof Error ? error.message : String(error)}`;
  } finally {
    done.abort();
  }
}

/** Ends the member's work on a probe when the prober has given up on it. */
async function withAbort(
  reply: FastifyReply,
  run: (signal: AbortSignal) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const controller = new AbortController();
  const onClose = () => controller.abort(new Error('context canceled'));
  reply.raw.once('close', onClose);
  return run(controller.signal);
}

function queryOf(request: FastifyRequest): URLSearchParams {
  return new URL(request.url, 'http://localhost').searchParams;
}
