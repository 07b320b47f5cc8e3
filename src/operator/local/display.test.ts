import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EtcdClusterStatus, MemberStatus } from '../api/etcd-cluster.ts';
import { createDisplay, renderTable } from './display.ts';

function member(name: string, changes: Partial<MemberStatus> = {}): MemberStatus {
  const base = {
    name,
    role: 'follower',
    isHealthy: true,
    phase: 'Ready',
    revision: 5,
    raftTerm: 2,
  };
  return { ...base, reason: '', ...changes } as MemberStatus;
}

function statusOf(members: readonly MemberStatus[]): EtcdClusterStatus {
  const endpoints = { client: 'http://127.0.0.1:1', members: ['http://127.0.0.1:1'] };
  return { phase: 'Healthy', ready: '1/1', endpoints, members } as unknown as EtcdClusterStatus;
}

/** A terminal or a file that keeps what is written. */
function output(isTTY: boolean, columns = 200) {
  let text = '';
  const out = {
    isTTY,
    columns,
    write: (part: string) => {
      text += part;
      return true;
    },
  };
  return { out: out as unknown as NodeJS.WriteStream, text: () => text };
}

test('the table names member, role, process, revision, term and health', () => {
  const status = statusOf([member('m-0', { role: 'leader' })]);
  const text = renderTable(status, () => 77);
  assert.equal(
    text,
    [
      'Healthy: 1/1 members ready, clients: http://127.0.0.1:1',
      'MEMBER  ROLE    PID  REVISION  TERM  HEALTH',
      'm-0     leader  77   5         2     healthy',
      '',
    ].join('\n'),
  );
});

test('a member without a process has a dash, and long reasons are cut', () => {
  const reason = `does not answer: ${'x'.repeat(200)}`;
  const text = renderTable(
    statusOf([member('m-0', { isHealthy: false, reason })]),
    () => undefined,
  );
  const row = text.split('\n')[2] ?? '';
  assert.match(row, /^m-0 +follower +- +5 +2 +does not answer: x+…$/);
  assert.ok(row.length < 110);
});

test('a log file gets the table again only when somebody does something else', () => {
  const { out, text } = output(false);
  const display = createDisplay(out);
  display.show(statusOf([member('m-0')]), () => 1);
  const once = text();
  display.show(statusOf([member('m-0', { revision: 6 })]), () => 1);
  assert.equal(text(), once);
  display.show(statusOf([member('m-0', { revision: 6, role: 'leader' })]), () => 1);
  assert.notEqual(text(), once);
});

test('on a terminal the table is redrawn in place, below the events', () => {
  const { out, text } = output(true);
  const display = createDisplay(out);
  display.show(statusOf([member('m-0')]), () => 1);
  display.event('something happened');
  const [, afterErasing = ''] = text().split('\u001b[3A\u001b[0J');
  assert.match(afterErasing, /^[\d:.]+ {2}something happened\nHealthy/);
});

test('lines that would wrap are cut: they could not be erased', () => {
  const { out, text } = output(true, 20);
  createDisplay(out).show(statusOf([member('m-0')]), () => 1);
  for (const line of text().split('\n')) assert.ok(line.length <= 20, line);
});

test('a terminal that does not know its width gets whole lines', () => {
  const { out, text } = output(true, 0);
  createDisplay(out).show(statusOf([member('m-0')]), () => 1);
  assert.equal(
    text(),
    renderTable(statusOf([member('m-0')]), () => 1),
  );
});
