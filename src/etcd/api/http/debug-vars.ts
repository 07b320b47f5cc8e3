import { getHeapStatistics } from 'node:v8';
import type { FastifyInstance } from 'fastify';
import { refuse } from './plain-answer.ts';

export type DebugSource = {
  /** The program and its arguments. */
  readonly commandLine: readonly string[];
  readonly raftStatus: () => Readonly<Record<string, unknown>>;
};

/**
 * `/debug/vars`, as Go's expvar writes it: what the process was started with, where raft stands,
 * and memory under the names of Go's MemStats that mean the same in V8.
 */
export function registerDebugVars(app: FastifyInstance, source: DebugSource): void {
  app.all('/debug/vars', (request, reply) => {
    if (request.method !== 'GET') return refuse(reply);
    const vars = {
      cmdline: source.commandLine,
      memstats: memoryStatistics(),
      'raft.status': source.raftStatus(),
    };
    const lines = Object.entries(vars).map(
      ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
    );
    const body = `{\n${lines.join(',\n')}\n}\n`;
    return reply.header('content-type', 'application/json; charset=utf-8').send(body);
  });
}

function memoryStatistics(): Readonly<Record<string, number>> {
  const heap = getHeapStatistics();
  const { rss, external, arrayBuffers } = process.memoryUsage();
  return {
    Alloc: heap.used_heap_size,
    Sys: rss,
    HeapAlloc: heap.used_heap_size,
    HeapSys: heap.total_heap_size,
    HeapInuse: heap.total_physical_size,
    HeapLimit: heap.heap_size_limit,
    External: external,
    ArrayBuffers: arrayBuffers,
  };
}
