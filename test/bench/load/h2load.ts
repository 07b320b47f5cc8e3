import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EtcdClient } from '../../support/etcd-client.ts';
import type { Target } from '../target.ts';
import { Latencies } from './latencies.ts';
import type { LoadResult, Shape } from './unary-load.ts';

const run = promisify(execFile);

export type H2loadRequest = {
  readonly path: string;
  readonly message: Uint8Array;
  /**
   * Length that every answer's message must have. h2load does not read grpc-status, but an error
   * carries no message, so the exact number of bytes tells. Undefined where lengths vary (writes):
   * then the caller checks what the requests did.
   */
  readonly answerBytes?: number;
};

/** Whether Debian's nghttp2-client is there; the reason when not. */
export async function missingH2load(): Promise<string | false> {
  try {
    await run('h2load', ['--version']);
    return false;
  } catch {
    return 'needs h2load: apt-get install nghttp2-client';
  }
}

/** The answer's message length, from one call with a client that checks the status. */
export async function answerBytes(
  endpoint: string,
  path: string,
  message: Uint8Array,
): Promise<number> {
  const client = new EtcdClient(endpoint, 60_000);
  try {
    return await client.call(path, message, (bytes) => bytes.length);
  } finally {
    client.close();
  }
}

/** `total` times the same request. Throws unless every answer is there and has the right length. */
export async function runH2load(
  target: Target,
  endpoint: string,
  shape: Shape,
  total: number,
  request: H2loadRequest,
): Promise<LoadResult> {
  const clients = Math.min(shape.connections, total);
  const bodyPath = join(target.folder, 'body');
  const logPath = join(target.folder, 'h2load.log');
  writeFileSync(bodyPath, framed(request.message));
  const args = [
    ...['-n', String(total), '-c', String(clients), '-m', String(shape.streams)],
    ...['-d', bodyPath, '--log-file', logPath],
    ...['-H', 'content-type: application/grpc', '-H', 'te: trailers'],
    `${endpoint.includes('://') ? '' : 'http://'}${endpoint}${request.path}`,
  ];
  writeFileSync(logPath, '');
  const { stdout } = await run('h2load', args, { maxBuffer: 64 * 1024 * 1024 });
  const count = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? NaN);
  const good = count(/status codes: (\d+) 2xx/);
  const done = count(/, (\d+) succeeded/);
  if (good !== total || done !== total) throw new Error(`h2load: not all answered\n${stdout}`);
  const received = count(/\((\d+)\) data/);
  if (request.answerBytes !== undefined && received !== total * (5 + request.answerBytes)) {
    const each = received / total - 5;
    throw new Error(`h2load: ${each} bytes an answer instead of ${request.answerBytes}`);
  }
  const latencies = new Latencies();
  for (const line of readFileSync(logPath, 'latin1').split('\n')) {
    if (line !== '') latencies.add(Number(line.slice(line.lastIndexOf('\t') + 1)) / 1000);
  }
  if (latencies.count !== total) throw new Error(`h2load logged ${latencies.count} of ${total}`);
  return { requests: total, seconds: finishedIn(stdout), latencies };
}

function framed(message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(5 + message.length);
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, 5);
  return bytes;
}

function finishedIn(report: string): number {
  const [, value, unit] = /finished in ([\d.]+)(us|ms|s|m),/.exec(report) ?? [];
  const seconds = { us: 1e-6, ms: 1e-3, s: 1, m: 60 }[unit ?? ''];
  if (seconds === undefined) throw new Error(`h2load: no duration\n${report}`);
  return Number(value) * seconds;
}
