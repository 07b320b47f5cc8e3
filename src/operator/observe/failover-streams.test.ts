import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import {
  decodeObserveResponse,
  encodeObserveResponse,
} from '../../etcd/proto/generated/etcdtspb.ts';
import { FailoverStreams, type ObservableMember, type StreamTarget } from './failover-streams.ts';

type Opened = {
  readonly endpoint: string;
  report(leaderId: bigint, term: number): void;
  end(message: string): void;
  canceled: boolean;
};

function setUp() {
  const clock = new ManualClock();
  const opened: Opened[] = [];
  const closed: string[] = [];
  const changes = { count: 0 };
  const connect = (endpoint: string): ObservableMember => ({
    observe: (onReport, onEnd) => {
      const stream: Opened = {
        endpoint,
        canceled: false,
        report: (leaderId, term) => {
          const header = { memberId: 7n };
          onReport(decodeObserveResponse(encodeObserveResponse({ header, leaderId, term })));
        },
        end: (message) => onEnd(new Error(message)),
      };
      opened.push(stream);
      return () => {
        stream.canceled = true;
      };
    },
    close: () => void closed.push(endpoint),
  });
  const streams = new FailoverStreams(clock, connect, () => {
    changes.count += 1;
  });
  const last = (): Opened => {
    const stream = opened.at(-1);
    assert.ok(stream);
    return stream;
  };
  const state = () => streams.observed()[0]?.state;
  return { clock, streams, opened, closed, changes, last, state };
}

const target = (uid: string): StreamTarget => ({
  memberName: 'm-0',
  instanceUid: uid,
  endpoint: 'http://m-0:2379',
});

test('the first report connects a stream, and a new leader or term is a change', () => {
  const { streams, last, changes, state } = setUp();
  streams.setTargets([target('1')]);
  assert.equal(state()?.kind, 'connecting');
  last().report(9n, 2);
  assert.equal(state()?.kind, 'connected');
  assert.equal(changes.count, 1);
  last().report(9n, 2);
  assert.equal(changes.count, 1);
  last().report(0n, 2);
  last().report(0n, 3);
  assert.equal(changes.count, 3);
});

test('a stream that breaks is a change at once, and its refused reconnect another', async () => {
  const { streams, clock, last, opened, changes, state } = setUp();
  streams.setTargets([target('1')]);
  last().report(9n, 2);
  last().end('14 UNAVAILABLE: read ECONNRESET');
  assert.deepEqual(state(), { kind: 'broken', sinceMs: clock.wallMs(), isRefused: false });
  assert.equal(changes.count, 2);
  clock.advance(0);
  await turns(1);
  assert.equal(opened.length, 2, 'the first reconnect comes at once');
  last().end('14 UNAVAILABLE: connect ECONNREFUSED 127.0.0.1:2379');
  assert.deepEqual(state(), { kind: 'broken', sinceMs: clock.wallMs(), isRefused: true });
  assert.equal(changes.count, 3);
});

test('what a broken stream said last, and since when it is broken, is kept', async () => {
  const { streams, clock, last, state } = setUp();
  streams.setTargets([target('1')]);
  last().report(9n, 2);
  const brokenMs = clock.wallMs();
  last().end('reset');
  for (let i = 0; i < 5; i += 1) {
    clock.advance(50);
    await turns(1);
    last().end('connect ECONNREFUSED');
  }
  assert.deepEqual(state(), { kind: 'broken', sinceMs: brokenMs, isRefused: true });
  assert.equal(streams.observed()[0]?.last?.leader, 9n);
});

test('a member that answers again is connected again', async () => {
  const { streams, clock, last, state } = setUp();
  streams.setTargets([target('1')]);
  last().report(9n, 2);
  last().end('reset');
  clock.advance(50);
  await turns(1);
  last().report(9n, 2);
  assert.equal(state()?.kind, 'connected');
});

test('a new instance gets a new stream, and nothing of the old one counts any more', async () => {
  const { streams, clock, opened, closed, changes, state } = setUp();
  streams.setTargets([target('1')]);
  const [old] = opened;
  old?.report(9n, 2);
  streams.setTargets([target('2')]);
  assert.equal(old?.canceled, true);
  assert.deepEqual(closed, ['http://m-0:2379']);
  const before = changes.count;
  old?.report(5n, 9);
  old?.end('reset');
  clock.advance(100);
  await turns(1);
  assert.equal(changes.count, before);
  assert.equal(opened.length, 2);
  assert.equal(state()?.kind, 'connecting');
});

test('the same instance keeps its stream', () => {
  const { streams, opened } = setUp();
  streams.setTargets([target('1')]);
  streams.setTargets([target('1')]);
  assert.equal(opened.length, 1);
});

test('closed, it neither reconnects nor tells anybody', async () => {
  const { streams, clock, last, opened, changes } = setUp();
  streams.setTargets([target('1')]);
  last().end('reset');
  const before = changes.count;
  streams.close();
  clock.advance(1_000);
  await turns(1);
  assert.deepEqual([opened.length, changes.count, streams.observed().length], [1, before, 0]);
});
