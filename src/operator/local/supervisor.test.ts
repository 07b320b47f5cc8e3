import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock, turns } from '../../../test/support/manual-clock.ts';
import { until } from '../../../test/support/until.ts';
import { maybeRunningProcess, writeProcessRecord } from './process-record.ts';
import { type ProcessPlan, Supervisor } from './supervisor.ts';

/** Processes that say so and wait, or end at once. */
const waits = 'echo started; trap "exit 0" TERM; while :; do sleep 0.05; done';
const ends = 'exit 3';

function setUp(t: TestContext, script: string) {
  const dir = mkdtempSync(join(tmpdir(), 'etcd-ts-supervisor-'));
  const clock = new ManualClock();
  const events: string[] = [];
  const changes = { count: 0 };
  const plan = (text: string, templateHash = 'h1'): ProcessPlan => ({
    memberName: 'm-0',
    templateHash,
    command: '/bin/sh',
    args: ['-c', text],
    logFile: join(dir, 'm-0.log'),
    recordFile: join(dir, 'm-0.pid'),
  });
  const options = {
    clock,
    onChange: () => {
      changes.count += 1;
    },
    onEvent: (message: string) => void events.push(message),
  };
  const supervisors: Supervisor[] = [];
  const supervise = (text = script): Supervisor => {
    const supervisor = new Supervisor(plan(text), options);
    supervisors.push(supervisor);
    return supervisor;
  };
  t.after(async () => {
    for (const supervisor of supervisors) supervisor.kill();
    await until('all processes have ended', () =>
      supervisors.every(({ pid }) => pid === undefined),
    );
    rmSync(dir, { recursive: true, force: true });
  });
  const started = () =>
    until('the process says that it runs', () =>
      readFileSync(plan('').logFile, 'utf8').includes('started'),
    );
  return { clock, events, changes, plan, supervise, started };
}

test('a process that was killed is restarted as another instance', async (t) => {
  const { clock, supervise, events, started } = setUp(t, waits);
  const supervisor = supervise();
  await started();
  const before = supervisor.observed();
  process.kill(supervisor.pid ?? 0, 'SIGKILL');
  await until('its end is seen', () => supervisor.pid === undefined);
  const ended = supervisor.observed();
  assert.deepEqual(ended.container, { state: 'terminated', reason: 'SIGKILL', exitCode: 128 });
  assert.equal(ended.uid, before.uid, 'evidence counts against this very instance');
  assert.match(events[0] ?? '', /m-0 \(pid \d+\) ended: SIGKILL/);
  clock.advance(500);
  await turns(2);
  const after = supervisor.observed();
  assert.equal(after.container.state, 'running');
  assert.equal(after.restartCount, 1);
  assert.notEqual(after.uid, before.uid);
});

test('one that ends at once again waits twice as long each time', async (t) => {
  const { clock, supervise } = setUp(t, ends);
  const supervisor = supervise();
  for (const waitMs of [500, 1_000, 2_000, 4_000, 5_000, 5_000]) {
    await until('it has ended', () => supervisor.pid === undefined);
    const { restartCount } = supervisor.observed();
    clock.advance(waitMs - 1);
    await turns(2);
    assert.equal(supervisor.observed().restartCount, restartCount, `not before ${waitMs} ms`);
    clock.advance(1);
    await turns(2);
    assert.equal(supervisor.observed().restartCount, restartCount + 1, `after ${waitMs} ms`);
  }
});

test('a stopped process gets SIGTERM and is not restarted', async (t) => {
  const { clock, supervise, started } = setUp(t, waits);
  const supervisor = supervise();
  await started();
  await supervisor.stop();
  assert.equal(supervisor.pid, undefined);
  assert.equal(supervisor.observed().isBeingDeleted, true);
  const { container } = supervisor.observed();
  assert.deepEqual(container, { state: 'terminated', reason: 'exit code 0', exitCode: 0 });
  clock.advance(60_000);
  await turns(2);
  assert.equal(supervisor.pid, undefined);
});

test('one that does not heed SIGTERM is killed', async (t) => {
  const { clock, supervise, started } = setUp(
    t,
    `trap '' TERM; ${waits.replace(/trap "[^;]*;/, '')}`,
  );
  const supervisor = supervise();
  await started();
  const stopping = supervisor.stop();
  await turns(1);
  clock.advance(7_999);
  await turns(2);
  assert.notEqual(supervisor.pid, undefined);
  clock.advance(1);
  await stopping;
  assert.equal(supervisor.pid, undefined);
});

test('a changed template restarts the process, the same one does not', async (t) => {
  const { clock, plan, supervise, started } = setUp(t, waits);
  const supervisor = supervise();
  await started();
  const { pid } = supervisor;
  await supervisor.update(plan(waits));
  assert.equal(supervisor.pid, pid);
  await supervisor.update(plan(waits, 'h2'));
  clock.advance(500);
  await turns(2);
  assert.notEqual(supervisor.pid, pid);
  assert.equal(supervisor.observed().templateHash, 'h2');
});

test('a program that cannot be started is an ended process, and a stop does not hang', async (t) => {
  const { plan, supervise, events } = setUp(t, waits);
  const supervisor = supervise();
  await supervisor.update({ ...plan(waits, 'h2'), command: '/nonexistent/program' });
  await supervisor.stop();
  assert.equal(supervisor.pid, undefined);
  assert.ok(events.length > 0);
});

test('what an earlier run left behind is ended before a new process starts', async (t) => {
  const { clock, plan, supervise, started } = setUp(t, waits);
  const leftover = spawn('/bin/sh', ['-c', waits], { detached: true, stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => leftover.once('exit', () => resolve()));
  const { recordFile } = plan('');
  writeProcessRecord(recordFile, leftover.pid ?? 0);
  const supervisor = supervise();
  assert.equal(supervisor.pid, undefined, 'not while the other runs');
  await gone;
  await until('a new process runs', () => {
    clock.advance(20);
    return supervisor.pid !== undefined;
  });
  await started();
  assert.equal(maybeRunningProcess(recordFile), supervisor.pid);
});

test('a record of a process that is gone, or whose id was used again, ends nobody', async (t) => {
  const { plan } = setUp(t, waits);
  const { recordFile } = plan('');
  assert.equal(maybeRunningProcess(recordFile), undefined);
  const other = spawn('/bin/sh', ['-c', 'read line'], { stdio: ['pipe', 'ignore', 'ignore'] });
  t.after(() => other.kill('SIGKILL'));
  writeProcessRecord(recordFile, other.pid ?? 0);
  assert.equal(maybeRunningProcess(recordFile), other.pid);
  writeFileSync(recordFile, JSON.stringify({ pid: other.pid, startTime: '1' }));
  assert.equal(maybeRunningProcess(recordFile), undefined);
  writeFileSync(recordFile, '{"pid":');
  assert.equal(maybeRunningProcess(recordFile), undefined);
});

test('the input of a process stays open for as long as its supervisor lives', async (t) => {
  const { supervise, started, plan } = setUp(
    t,
    'echo started; read line; echo "input ended"; sleep 60',
  );
  const supervisor = supervise();
  await started();
  assert.ok(supervisor.pid);
  const log = readFileSync(plan('').logFile, 'utf8');
  assert.doesNotMatch(log, /input ended/);
});
