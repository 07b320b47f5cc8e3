import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turns } from '../../../test/support/manual-clock.ts';
import { noConfState } from '../../../test/support/raft-member.ts';
import { emptyBytes } from '../../base/bytes.ts';
import { silentLog } from '../../base/log.ts';
import type { PeerTransport, SnapshotDatabase } from '../peer/transport.ts';
import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import { buildMessage } from '../raft/message.ts';
import { SnapshotExchange, type SnapshotExchangeParts } from './snapshot-exchange.ts';

const positionAt = (index: number) => ({ index, term: 3, confState: noConfState });

function snapshotMessage(to: bigint, index: number): Message {
  const metadata = { confState: noConfState, index, term: 3 };
  const snapshot = { data: emptyBytes, metadata };
  return buildMessage({ type: MessageType.MsgSnap, to, snapshot }, 1n, 3);
}

function setUp(changes: Partial<SnapshotExchangeParts> = {}) {
  const done: string[] = [];
  const sent: { message: Message; database: SnapshotDatabase }[] = [];
  const peers = {
    sendSnapshot: (message: Message, database: SnapshotDatabase) => {
      sent.push({ message, database });
    },
  } as PeerTransport;
  const exchange = new SnapshotExchange({
    log: silentLog,
    peers: () => peers,
    openDatabase: async () => ({
      position: positionAt(42),
      storeV2: emptyBytes,
      sizeBytes: 4_096,
      chunks: [],
      close: () => void done.push('close'),
    }),
    storeReceived: async (index) => void done.push(`store ${index}`),
    replaceState: async (index) => {
      done.push(`replace ${index}`);
      return positionAt(index);
    },
    saveWalSnapshot: async ({ index }) => void done.push(`marker ${index}`),
    step: (message) => void done.push(`step ${message.snapshot?.metadata?.index}`),
    reportSnapshot: (member, ok) => void done.push(`report ${member} ${ok}`),
    transferStarted: () => void done.push('started'),
    transferEnded: () => void done.push('ended'),
    installed: ({ index }) => void done.push(`installed ${index}`),
    ...changes,
  });
  return { exchange, done, sent };
}

test('what is sent is the state of this moment, under its own position', async () => {
  const { exchange, done, sent } = setUp();
  exchange.send(snapshotMessage(2n, 40));
  await turns(1);
  assert.equal(sent[0]?.message.snapshot?.metadata?.index, 42);
  exchange.delivered(2n, true);
  assert.deepEqual(done, ['started', 'ended', 'report 2 true']);
});

test('a second snapshot for the same member fails while the first is under way', async () => {
  const { exchange, done, sent } = setUp();
  exchange.send(snapshotMessage(2n, 40));
  exchange.send(snapshotMessage(2n, 41));
  await turns(1);
  assert.equal(sent.length, 1);
  assert.deepEqual(done, ['started', 'report 2 false']);
});

test('a state that cannot be opened counts as not delivered', async () => {
  const { exchange, done } = setUp({ openDatabase: () => Promise.reject(new Error('closed')) });
  exchange.send(snapshotMessage(2n, 40));
  await turns(1);
  assert.deepEqual(done, ['started', 'ended', 'report 2 false']);
  exchange.send(snapshotMessage(2n, 40));
  assert.equal(done.at(-1), 'started', 'the next attempt is made');
});

test('raft hears of a received snapshot only when it is stored', async () => {
  const { exchange, done } = setUp();
  await exchange.receive(snapshotMessage(1n, 90), (async function* () {})());
  assert.deepEqual(done, ['store 90', 'step 90']);
});

test('a snapshot that cannot be stored is not stepped', async () => {
  const { exchange, done } = setUp({ storeReceived: () => Promise.reject(new Error('ENOSPC')) });
  const received = exchange.receive(snapshotMessage(1n, 90), (async function* () {})());
  await assert.rejects(received, /ENOSPC/);
  assert.deepEqual(done, []);
});

test('two transfers of one index never write the same file at once', async () => {
  let finish = (): void => {};
  const storing = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { exchange, done } = setUp({ storeReceived: () => storing });
  const first = exchange.receive(snapshotMessage(1n, 90), (async function* () {})());
  const second = exchange.receive(snapshotMessage(1n, 90), (async function* () {})());
  await assert.rejects(second, /being received already/);
  finish();
  await first;
  assert.deepEqual(done, ['step 90']);
});

test('an installed snapshot is the state before the log mentions it', async () => {
  const { exchange, done } = setUp();
  const { snapshot } = snapshotMessage(1n, 90);
  assert.ok(snapshot);
  await exchange.install(snapshot);
  assert.deepEqual(done, ['replace 90', 'marker 90', 'installed 90']);
});
