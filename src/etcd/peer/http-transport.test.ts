import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { message, type PeerMember, startPeerMember } from '../../../test/support/peer-member.ts';
import { until } from '../../../test/support/until.ts';
import { type Message, MessageType } from '../proto/generated/raftpb.ts';
import type { PeerHandlers } from './transport.ts';

const eventually = (ask: () => boolean): Promise<true> => until(`${ask.toString()} to hold`, ask);

const nobodyRemoved = (): boolean => false;

async function member(
  t: TestContext,
  id: bigint,
  handlers: Partial<PeerHandlers> = {},
  port = 0,
): Promise<PeerMember> {
  const started = await startPeerMember(id, handlers, port);
  t.after(() => started.transport.stop());
  return started;
}

function introduce(...members: PeerMember[]): void {
  const addresses = members.map(({ id, url }) => ({ id, peerUrls: [url] }));
  for (const one of members) one.transport.setPeers(addresses, nobodyRemoved);
}

async function pair(
  t: TestContext,
  handlers: Partial<PeerHandlers> = {},
): Promise<[PeerMember, PeerMember]> {
  const [a, b] = [await member(t, 1n), await member(t, 2n, handlers)];
  introduce(a, b);
  await eventually(() => isActive(a, b) && isActive(b, a));
  return [a, b];
}

function isActive(of: PeerMember, peer: PeerMember): boolean {
  return of.transport.activeSinceMs(peer.id) !== undefined;
}

function portOf(of: PeerMember): number {
  return Number(new URL(of.url).port);
}

function append(index: number, entries: number): Message {
  return message({
    type: MessageType.MsgApp,
    from: 1n,
    to: 2n,
    term: 3,
    logTerm: 3,
    index,
    entries: Array.from({ length: entries }, (_, at) => ({
      term: 3,
      index: index + 1 + at,
      data: Uint8Array.of(at),
    })),
  });
}

function vote(from: bigint, to: bigint, term: number): Message {
  return message({ type: MessageType.MsgVote, from, to, term });
}

test('two members exchange messages in both directions, appends in order', async (t) => {
  const [a, b] = await pair(t);
  const sent: Message[] = [];
  for (let index = 0; index < 300; index += 3) sent.push(append(index, 3));
  a.transport.send(sent.slice(0, 50));
  a.transport.send(sent.slice(50));
  b.transport.send([vote(2n, 1n, 4)]);
  await eventually(() => b.stepped.length === sent.length && a.stepped.length === 1);
  assert.deepEqual(
    b.stepped.map((m) => [m.index, m.term, m.logTerm, m.entries.length]),
    sent.map((m) => [m.index, 3, 3, 3]),
  );
  assert.deepEqual(b.stepped.at(-1)?.entries, sent.at(-1)?.entries);
  assert.equal(a.stepped[0]?.type, MessageType.MsgVote);
});

test('of several acknowledgements in one batch only the last one leaves', async (t) => {
  const [a, b] = await pair(t);
  const ack = (index: number): Message =>
    message({ type: MessageType.MsgAppResp, from: 2n, to: 1n, term: 3, index });
  b.transport.send([ack(1), vote(2n, 1n, 3), ack(2), ack(3)]);
  await eventually(() => a.stepped.length === 2);
  assert.deepEqual(
    a.stepped.map((m) => [m.type, m.index]).sort((x, y) => Number(x[0]) - Number(y[0])),
    [
      [MessageType.MsgAppResp, 3],
      [MessageType.MsgVote, 0],
    ],
  );
});

test('a member that does not know us yet is answered by POST', async (t) => {
  const [a, b] = [await member(t, 1n), await member(t, 2n, {}, 0)];
  a.transport.setPeers([{ id: 2n, peerUrls: [b.url] }], nobodyRemoved);
  a.transport.send([vote(1n, 2n, 5)]);
  await eventually(() => b.stepped.length === 1);
  assert.equal(b.stepped[0]?.term, 5);
});

test('messages to nobody and to strangers are dropped without a word', async (t) => {
  const [a, b] = await pair(t);
  a.transport.send([vote(1n, 0n, 1), vote(1n, 99n, 1), vote(1n, 2n, 1)]);
  await eventually(() => b.stepped.length === 1);
  assert.deepEqual(a.unreachable, []);
});

test('a peer that stops is reported at once and found again when it is back', async (t) => {
  const [a, b] = await pair(t);
  const port = portOf(b);
  await b.transport.stop();
  await eventually(() => a.disconnects.length === 2);
  assert.deepEqual(a.disconnects, [
    { id: 2n, evidence: 'stream-broken' },
    { id: 2n, evidence: 'refused' },
  ]);
  assert.equal(a.transport.activeSinceMs(2n), undefined);
  a.transport.send([vote(1n, 2n, 1)]);
  await eventually(() => a.unreachable.length > 0);

  const again = await member(t, 2n, {}, port);
  introduce(a, again);
  await eventually(() => isActive(a, again));
  a.transport.send([vote(1n, 2n, 9)]);
  await eventually(() => again.stepped.some((m) => m.term === 9));
});

test('a reconnected peer is reported again when it breaks again', async (t) => {
  const [a, b] = await pair(t);
  const port = portOf(b);
  await b.transport.stop();
  await eventually(() => a.disconnects.length === 2);
  const again = await member(t, 2n, {}, port);
  introduce(a, again);
  await eventually(() => isActive(a, again));
  await again.transport.stop();
  await eventually(() => a.disconnects.length >= 4);
});

test('a removed member learns it from 410 and is not talked to any more', async (t) => {
  const [a, b] = await pair(t);
  a.transport.setPeers([], (id) => id === 2n);
  await eventually(() => b.removedByPeers > 0);
  assert.equal(a.transport.activeSinceMs(2n), undefined);
});

test('a peer may move to another URL', async (t) => {
  const [a, b] = await pair(t);
  const moved = await member(t, 2n);
  introduce(a, moved);
  await b.transport.stop();
  await eventually(() => {
    a.transport.send([vote(1n, 2n, 6)]);
    return moved.stepped.some((m) => m.term === 6);
  });
});

test('bytes that are no frame close the stream and leave the member alive', async (t) => {
  const sockets: Socket[] = [];
  const liar = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write('HTTP/1.1 200 OK\r\nX-Server-Version: 3.7.0\r\n\r\n');
    socket.write(Buffer.alloc(64, 0xff));
  });
  await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    liar.close();
  });
  const a = await member(t, 1n);
  const { port } = liar.address() as { port: number };
  a.transport.setPeers([{ id: 2n, peerUrls: [`http://127.0.0.1:${port}`] }], nobodyRemoved);
  await eventually(() => a.disconnects.length > 0 && sockets.length >= 4);
  assert.deepEqual(a.stepped, []);
});

test('stop ends everything, also with half-open peers around', async (t) => {
  const [a, b] = await pair(t);
  a.transport.send([vote(1n, 2n, 1)]);
  await a.transport.stop();
  const before = b.stepped.length;
  a.transport.send([vote(1n, 2n, 2)]);
  a.transport.setPeers([{ id: 3n, peerUrls: ['http://127.0.0.1:1'] }], nobodyRemoved);
  await a.transport.stop();
  assert.equal(b.stepped.length, before);
});

test('a port in use is named when the start fails', async (t) => {
  const a = await member(t, 1n);
  await assert.rejects(startPeerMember(2n, {}, portOf(a)), /^Error: listen tcp 127\.0\.0\.1:/);
});

// ---- snapshots

function snapshotMessage(from: bigint, to: bigint): Message {
  return message({
    type: MessageType.MsgSnap,
    from,
    to,
    term: 4,
    snapshot: {
      data: Uint8Array.of(123, 125),
      metadata: { index: 9, term: 4, confState: { voters: [1n, 2n] } },
    },
  });
}

function databaseOf(
  chunks: readonly Uint8Array[],
  sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0),
): { sizeBytes: number; chunks: readonly Uint8Array[]; closed: number; close(): void } {
  return {
    sizeBytes,
    chunks,
    closed: 0,
    close() {
      this.closed += 1;
    },
  };
}

test('a snapshot arrives as message and database, and is reported when it is stored', async (t) => {
  const received: { message: Message; bytes: Buffer }[] = [];
  const [a] = await pair(t, {
    receiveSnapshot: async (got, database) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of database) chunks.push(chunk);
      received.push({ message: got, bytes: Buffer.concat(chunks) });
    },
  });
  const chunks = Array.from({ length: 200 }, (_, at) => new Uint8Array(40_000).fill(at));
  const database = databaseOf(chunks);
  const sent = snapshotMessage(1n, 2n);
  a.transport.sendSnapshot(sent, database);
  await eventually(() => a.snapshots.length === 1);
  assert.deepEqual(a.snapshots, [{ id: 2n, ok: true }]);
  assert.deepEqual(received[0]?.message, sent);
  assert.ok(received[0]?.bytes.equals(Buffer.concat(chunks)));
  assert.equal(database.closed, 1);
});

test('a snapshot the receiver cannot store is reported as failed', async (t) => {
  const [a] = await pair(t, {
    receiveSnapshot: async () => Promise.reject(new Error('disk full')),
  });
  const database = databaseOf([new Uint8Array(3_000_000)]);
  a.transport.sendSnapshot(snapshotMessage(1n, 2n), database);
  await eventually(() => a.snapshots.length === 1);
  assert.deepEqual(a.snapshots, [{ id: 2n, ok: false }]);
  assert.deepEqual(a.unreachable, [2n]);
  assert.equal(database.closed, 1);
});

test('a database that turns out shorter than announced never counts as whole', async (t) => {
  let outcome = 'nothing came';
  const [a] = await pair(t, {
    receiveSnapshot: async (_got, database) => {
      outcome = 'broke off';
      for await (const chunk of database) assert.ok(chunk.length > 0);
      outcome = 'looked whole';
    },
  });
  a.transport.sendSnapshot(snapshotMessage(1n, 2n), databaseOf([new Uint8Array(10)], 11));
  await eventually(() => a.snapshots.length === 1);
  assert.deepEqual(a.snapshots, [{ id: 2n, ok: false }]);
  assert.notEqual(outcome, 'looked whole');
});

test('a snapshot to a stranger fails at once', async (t) => {
  const a = await member(t, 1n);
  const database = databaseOf([]);
  a.transport.sendSnapshot(snapshotMessage(1n, 5n), database);
  assert.deepEqual(a.snapshots, [{ id: 5n, ok: false }]);
  assert.equal(database.closed, 1);
});
