import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { systemClock } from '../../../base/clock.ts';
import { registerDebugVars } from './debug-vars.ts';
import { registerProfiles } from './profiles.ts';

const commandLine = ['etcd-ts', 'server'];

function app() {
  const made = Fastify();
  registerDebugVars(made, { commandLine, raftStatus: () => ({ term: 7 }) });
  registerProfiles(made, { clock: systemClock, commandLine });
  return made;
}

test('the debug variables say how the process was started and where raft stands', async () => {
  const { statusCode, payload } = await app().inject('/debug/vars');
  assert.equal(statusCode, 200);
  const vars = JSON.parse(payload) as Record<string, unknown>;
  assert.deepEqual(vars['cmdline'], commandLine);
  assert.deepEqual(vars['raft.status'], { term: 7 });
  assert.ok((vars['memstats'] as { HeapAlloc: number }).HeapAlloc > 0);
});

test('a CPU profile and a heap profile are made on demand, one at a time', async () => {
  const made = app();
  assert.match((await made.inject('/debug/pprof/')).payload, /<a href="profile\?seconds=10">/);
  assert.equal((await made.inject('/debug/pprof/cmdline')).payload, 'etcd-ts\0server');
  const first = made.inject('/debug/pprof/profile?seconds=0.2').then((answer) => answer);
  const second = await made.inject('/debug/pprof/heap?seconds=0.01');
  assert.equal(second.statusCode, 503);
  assert.ok('nodes' in (JSON.parse((await first).payload) as object));
  const heap = await made.inject('/debug/pprof/heap?seconds=0.01');
  assert.ok('head' in (JSON.parse(heap.payload) as object));
});
