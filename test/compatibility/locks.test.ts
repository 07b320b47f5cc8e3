/** The Lock and Election services: the same calls on Go etcd and on ours, waiting ones included. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Bytes } from '../../src/base/bytes.ts';
import { type Answer, type Twin, type Twins, withTwins } from '../differential/twins.ts';
import { missingPeers } from '../support/peers.ts';
import { patienceMs, until } from '../support/until.ts';

const skip = missingPeers('etcd');
const b = utf8Bytes;
const lockPath = '/v3lockpb.Lock';
const election = '/v3electionpb.Election';

async function grant(twins: Twins, ID: bigint): Promise<void> {
  await twins.same('/etcdserverpb.Lease/LeaseGrant', { ID, TTL: 60 });
}

type Waiting = { readonly name: Uint8Array; readonly lease: bigint; readonly value?: Uint8Array };

/** One call on both that has to wait for what `meanwhile` does, once both are in the queue. */
async function waits(
  twins: Twins,
  path: string,
  request: Waiting,
  meanwhile: () => Promise<unknown>,
): Promise<Answer> {
  const both = [twins.etcd, twins.ours];
  const waiting = both.map((twin) => twin.ask('grpc', path, request));
  let answered = 0;
  for (const each of waiting) void each.then(() => (answered += 1));
  const key = b(`${Buffer.from(request.name).toString()}/${request.lease.toString(16)}`);
  for (const twin of both) {
    await until('the waiter is in the queue', async () => {
      const found = await twin.ask('grpc', '/etcdserverpb.KV/Range', { key, countOnly: true });
      return 'ok' in found && Number((found.ok as { count: number }).count) > 0;
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(answered, 0, `${path} waits`);
  await meanwhile();
  const [theirs, ours] = await Promise.all(waiting);
  assert.deepEqual(ours, theirs);
  return ours as Answer;
}

test('a lock goes to the next in line when its holder unlocks', { skip }, async () => {
  await withTwins(async (twins) => {
    await grant(twins, 0x11n);
    await grant(twins, 0x22n);
    await twins.same(`${lockPath}/Lock`, { name: b('l'), lease: 0x11n });
    await twins.same(`${lockPath}/Lock`, { name: b('l'), lease: 0x11n }, 'grpc', 'held again');
    await waits(twins, `${lockPath}/Lock`, { name: b('l'), lease: 0x22n }, () =>
      twins.same(`${lockPath}/Unlock`, { key: b('l/11') }),
    );
    await twins.same(`${lockPath}/Unlock`, { key: b('nothing') });
    await twins.same('/etcdserverpb.KV/Range', { key: b('l/'), rangeEnd: b('l0') });
    await twins.same(`${lockPath}/Unlock`, { key: b('l/22') }, 'json');
  });
});

test('a waiter whose lease ends is told so, and an unknown lease is refused', {
  skip,
}, async () => {
  await withTwins(async (twins) => {
    await grant(twins, 0x11n);
    await grant(twins, 0x22n);
    await twins.same(`${lockPath}/Lock`, { name: b('l'), lease: 0x99n });
    await twins.same(`${lockPath}/Lock`, { name: b('l'), lease: 0x11n });
    await waits(twins, `${lockPath}/Lock`, { name: b('l'), lease: 0x22n }, async () => {
      await twins.same('/etcdserverpb.Lease/LeaseRevoke', { ID: 0x22n });
      await twins.same('/etcdserverpb.Lease/LeaseRevoke', { ID: 0x11n });
    });
  });
});

test('leaders are elected in order, proclaim, resign and are followed', { skip }, async () => {
  await withTwins(async (twins) => {
    await grant(twins, 0x11n);
    await grant(twins, 0x22n);
    const name = b('e');
    await twins.same(`${election}/Leader`, { name });
    await twins.same(`${election}/Campaign`, { name, lease: 0x11n, value: b('one') });
    await twins.same(`${election}/Leader`, { name }, 'json');
    await twins.same(`${election}/Campaign`, { name, lease: 0x11n, value: b('other') });
    const range = { key: b('e/11') };
    await twins.same('/etcdserverpb.KV/Range', range);
    const rev = 2;
    const leader = { name, key: b('e/11'), rev, lease: 0x11n };
    await twins.same(`${election}/Proclaim`, { leader, value: b('two') });
    await twins.same(`${election}/Proclaim`, { leader: { ...leader, rev: 77 }, value: b('x') });
    await twins.same(`${election}/Proclaim`, { value: b('x') });
    await twins.same(`${election}/Resign`, {});
    await twins.same(`${election}/Resign`, { leader: { ...leader, rev: 77 } });
    await waits(twins, `${election}/Campaign`, { name, lease: 0x22n, value: b('next') }, () =>
      twins.same(`${election}/Resign`, { leader }),
    );
    await twins.same(`${election}/Leader`, { name });
  });
});

test('a negative lease has its own key, and a leader without lease gets a new one', {
  skip,
}, async () => {
  await withTwins(async (twins) => {
    await grant(twins, -0x44n);
    for (const [of, name] of [
      [`${lockPath}/Lock`, b('l')],
      [`${election}/Campaign`, b('e')],
    ] as const) {
      await twins.same(of, { name, lease: -0x44n });
    }
    await twins.same('/etcdserverpb.KV/Range', { key: b('\0'), rangeEnd: b('\0') });
    // Whatever the proposal changes: its session has a lease of the server's choice.
    const leader = { name: b('e'), key: b('e/-44'), rev: 77 };
    await twins.same(`${election}/Proclaim`, { leader, value: b('x') });
    await twins.same(`${election}/Resign`, { leader });
    const path = '/etcdserverpb.Lease/LeaseLeases';
    const counts = [twins.etcd, twins.ours].map(async (twin) => {
      const answer = await twin.ask('grpc', path, {});
      return 'ok' in answer ? (answer.ok as { leases: unknown[] }).leases.length : answer;
    });
    assert.deepEqual(await Promise.all(counts), [3, 3]);
  });
});

test('an observer sees the leader, its new values and the next leader', { skip }, async () => {
  await withTwins(async (twins) => {
    await grant(twins, 0x11n);
    await grant(twins, 0x22n);
    const observers = [twins.etcd, twins.ours].map(observe);
    const name = b('e');
    await twins.same(`${election}/Campaign`, { name, lease: 0x11n, value: b('one') });
    // Whenever its observation began: from here on it sees everything.
    for (const { seen } of observers) await until('the leader is seen', () => seen.length > 0);
    const leader = { name, key: b('e/11'), rev: 2, lease: 0x11n };
    await twins.same(`${election}/Proclaim`, { leader, value: b('two') });
    await twins.same(`${election}/Proclaim`, { leader, value: b('three') });
    await waits(twins, `${election}/Campaign`, { name, lease: 0x22n, value: b('next') }, () =>
      twins.same(`${election}/Resign`, { leader }),
    );
    const [theirs, ours] = await Promise.all(observers.map(({ values }) => values));
    assert.deepEqual(ours, ['one', 'two', 'three', 'next']);
    assert.deepEqual(ours, theirs);
    for (const { stop } of observers) stop();
  });
});

/** Values of the first four answers, through the gateway's stream. */
function observe(twin: Twin): {
  readonly seen: readonly string[];
  readonly values: Promise<string[]>;
  readonly stop: () => void;
} {
  const controller = new AbortController();
  const values: string[] = [];
  const read = async (): Promise<string[]> => {
    const answer = await fetch(`${twin.url}/v3/election/observe`, {
      method: 'POST',
      body: JSON.stringify({ name: Buffer.from('e').toString('base64') }),
      signal: AbortSignal.any([controller.signal, AbortSignal.timeout(patienceMs)]),
    });
    let text = '';
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString();
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines.filter((each) => each !== '')) {
        const { result } = JSON.parse(line) as { result: { kv: { value: string } } };
        values.push(Buffer.from(result.kv.value, 'base64').toString());
      }
      if (values.length >= 4) return values;
    }
    return values;
  };
  return { seen: values, values: read(), stop: () => controller.abort() };
}
