import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { utf8Bytes } from '../../base/bytes.ts';
import { type Log, type LogFields, silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { EtcdError } from '../errors.ts';
import { EtcdMetrics } from '../metrics/etcd-metrics.ts';
import {
  decodeInternalRaftRequest,
  decodeRangeRequest,
  encodeInternalRaftRequest,
  encodePutRequest,
  encodePutResponse,
  encodeRangeRequest,
  type InternalRaftRequestInit,
} from '../proto/generated/etcdserverpb.ts';
import { pieceTiming } from './piece-timing.ts';
import { MemberTiming } from './request-timing.ts';

const b = utf8Bytes;

function timed(options: { readonly logsEachCall?: boolean } = {}) {
  const clock = new ManualClock();
  const lines: LogFields[] = [];
  const note =
    (level: string) =>
    (msg: string, fields: LogFields = {}): void =>
      void lines.push({ level, msg, ...fields });
  const log: Log = {
    ...silentLog,
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
  };
  const metrics = new EtcdMetrics();
  const timing = new MemberTiming({
    metrics: metrics.server,
    clock,
    random: seededRandom(1),
    log,
    warnApplyMs: 100,
    warnCallMs: 300,
    logsEachCall: options.logsEachCall ?? false,
  });
  const counted = async (name: string): Promise<readonly string[]> =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(`${name}_count`));
  return { clock, lines, timing, metrics, counted };
}

function entry(request: InternalRaftRequestInit) {
  return decodeInternalRaftRequest(encodeInternalRaftRequest(request));
}

const range = decodeRangeRequest(encodeRangeRequest({ key: b('a\n'), rangeEnd: b('z'), limit: 3 }));
const result = { pieces: [new Uint8Array(10)], length: 2, count: 9, more: true, revision: 7 };

test('fast requests are counted and say nothing', async () => {
  const { timing, clock, lines, counted } = timed();
  timing.rangeEnded(range, timing.nowMs(), timing.nowMs(), result, undefined);
  timing.rangeEnded(range, timing.nowMs(), timing.nowMs(), undefined, new EtcdError('Compacted'));
  timing.applyBegins(clock.monotonicMs());
  timing.applied(entry({ put: { key: b('a') } }), new Uint8Array(), undefined);
  assert.deepEqual(lines, []);
  assert.deepEqual(await counted('etcd_server_request_duration_seconds'), [
    'etcd_server_request_duration_seconds_count{type="Range",success="true"} 1',
    'etcd_server_request_duration_seconds_count{type="Range",success="false"} 1',
  ]);
  assert.deepEqual(await counted('etcd_server_apply_duration_seconds'), [
    'etcd_server_apply_duration_seconds_count{version="v3",op="Put",success="true"} 1',
  ]);
});

test('pieces of a RangeStream are reads and no requests, and nothing is said of slow ones', async () => {
  const { timing, clock, lines, counted } = timed();
  const pieces = pieceTiming(timing);
  const startedMs = pieces.nowMs();
  clock.advance(500);
  pieces.rangeEnded(range, startedMs, pieces.exactMs(), result, undefined);
  pieces.rangeEnded(range, startedMs, startedMs, undefined, new EtcdError('Compacted'));
  pieces.rangeEnded(
    range,
    startedMs,
    Number.POSITIVE_INFINITY,
    undefined,
    new EtcdError('Stopped'),
  );
  assert.deepEqual(lines, []);
  assert.deepEqual(await counted('etcd_server_request_duration_seconds'), []);
  assert.deepEqual(await counted('etcd_server_range_duration_seconds'), [
    'etcd_server_range_duration_seconds_count{success="true"} 1',
    'etcd_server_range_duration_seconds_count{success="false"} 1',
  ]);
});

test('a slow read is warned about with etcd’s fields, and its steps are told', () => {
  const { timing, clock, lines } = timed();
  const startedMs = timing.nowMs();
  clock.advance(200);
  const readMs = timing.exactMs();
  clock.advance(10);
  timing.rangeEnded(range, startedMs, readMs, result, undefined);
  assert.deepEqual(lines[0], {
    level: 'warn',
    msg: 'apply request took too long',
    took: '210ms',
    'expected-duration': '100ms',
    prefix: 'read-only range ',
    request: 'key:"a\\n" range_end:"z" limit:3',
    response: 'range_response_count:2 size:14',
  });
  const { msg, operation, detail, steps, step_count } = lines[1] as LogFields;
  assert.deepEqual(
    { msg, operation, detail, steps, step_count },
    {
      msg: 'trace',
      operation: 'range',
      detail: '{range_begin:a\n; range_end:z; response_count:2; response_revision:7; }',
      steps: ["'agreement among raft nodes before linearized reading'  (duration: 200ms)"],
      step_count: 1,
    },
  );
});

test('a slow entry is warned about without its value, and only the slow one', async () => {
  const { timing, clock, lines, metrics } = timed();
  timing.applyBegins(clock.monotonicMs());
  timing.applied(entry({ put: { key: b('fast') } }), new Uint8Array(), undefined);
  clock.advance(150);
  const slow = entry({ put: { key: b('slow'), value: b('secret'), lease: 5n } });
  timing.applied(slow, new Uint8Array(2), undefined);
  timing.applied(entry({ put: { key: b('next') } }), new Uint8Array(), undefined);
  assert.deepEqual(lines, [
    {
      level: 'warn',
      msg: 'apply request took too long',
      took: '150ms',
      'expected-duration': '100ms',
      prefix: '',
      request: 'header:<> put:<key:"slow" value_size:6 lease:5>',
      response: 'size:6',
    },
  ]);
  assert.match(await metrics.text(), /^etcd_server_slow_apply_total 1$/m);
});

test('an entry that is refused is warned about, unless it was a compaction that is over', () => {
  const { timing, clock, lines } = timed();
  timing.applyBegins(clock.monotonicMs());
  const compaction = entry({ compaction: { revision: 3 } });
  timing.applied(compaction, undefined, new EtcdError('Compacted'));
  assert.equal(lines.length, 0);
  timing.applied(entry({ leaseRevoke: { ID: 0x1fn } }), undefined, new EtcdError('LeaseNotFound'));
  assert.equal(lines[0]?.['msg'], 'failed to apply request');
  assert.equal(lines[0]?.['request'], 'header:<> lease_revoke:<id:000000000000001f>');
});

test('a login is told without the token it made', () => {
  const { timing, clock, lines } = timed();
  timing.applyBegins(clock.monotonicMs());
  clock.advance(150);
  const authenticate = { name: 'app', password: 'secret', simpleToken: 'token.7' };
  timing.applied(entry({ authenticate }), new Uint8Array(), undefined);
  assert.equal(lines[0]?.['request'], 'header:<> authenticate:<name:app>');
});

test('a slow call is told with what it asked and who asked, passwords and values apart', () => {
  const { timing, clock, lines } = timed();
  const request = encodePutRequest({ key: b('k'), value: b('secret') });
  const call = { path: '/etcdserverpb.KV/Put', remote: '1.2.3.4:5', request, startedMs: 1_000 };
  clock.advance(1_500);
  assert.ok(timing.isSlowCall(1_500) && !timing.isSlowCall(300));
  timing.slowCall(call, [encodePutResponse({ header: { revision: 9 } })]);
  const { 'start time': start, ...line } = lines[0] as LogFields;
  assert.deepEqual(line, {
    level: 'warn',
    msg: 'request stats',
    'time spent': '1.5s',
    remote: '1.2.3.4:5',
    'response type': '/etcdserverpb.KV/Put',
    'request count': 1,
    'request size': 11,
    'response count': 0,
    'response size': 4,
    'request content': 'key:"k" value_size:6',
  });
  assert.equal(start, '1970-01-01T00:00:01.000000Z');
});

test('at log level debug every call is told', () => {
  const { timing, lines } = timed({ logsEachCall: true });
  assert.ok(timing.isSlowCall(0));
  const call = { path: '/etcdserverpb.Auth/UserAdd', remote: undefined, startedMs: 0 };
  timing.slowCall({ ...call, request: b('password') }, undefined);
  assert.equal(lines[0]?.['level'], 'debug');
  assert.equal(lines[0]?.['request content'], '');
  assert.equal(lines[0]?.['request size'], -1);
});

test('of one message the first hundred in a second are logged, then every hundredth', () => {
  const { timing, clock, lines } = timed();
  const revoke = entry({ leaseRevoke: { ID: 1n } });
  const refuse = (times: number): number => {
    const before = lines.length;
    for (let i = 0; i < times; i++) timing.applied(revoke, undefined, new EtcdError('NoSpace'));
    return lines.length - before;
  };
  timing.applyBegins(clock.monotonicMs());
  assert.equal(refuse(350), 102);
  clock.advance(1_000);
  timing.applyBegins(clock.monotonicMs());
  assert.equal(refuse(50), 50);
});
