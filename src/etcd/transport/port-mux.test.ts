import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { PortMux } from './port-mux.ts';

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Sends the pieces one by one and says which side got the connection and what it read. */
async function sendPieces(pieces: readonly string[]): Promise<{ side: string; read: string }> {
  const { promise, resolve } = Promise.withResolvers<{ side: string; read: string }>();
  const wanted = pieces.join('').length;
  const collect = (side: string) => (socket: Socket) => {
    let read = '';
    socket.on('data', (chunk: Buffer) => {
      read += chunk.toString('latin1');
      if (read.length >= wanted) resolve({ side, read });
    });
  };
  const mux = await PortMux.listen(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    {
      http1: collect('http1'),
      http2: collect('http2'),
    },
  );
  const client = connect({ port: mux.port, host: '127.0.0.1', noDelay: true });
  client.on('error', () => {});
  await once(client, 'connect');
  for (const piece of pieces) {
    await new Promise((sent) => client.write(piece, sent));
    await new Promise((turn) => setImmediate(turn));
  }
  const result = await promise;
  await mux.close();
  return result;
}

/** Resolves when the socket is closed, politely or by a reset. */
function closed(socket: Socket): Promise<void> {
  socket.resume();
  socket.on('error', () => {});
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

test('the HTTP/2 preface goes to gRPC with nothing missing', async () => {
  const sent = `${preface}frames`;
  assert.deepEqual(await sendPieces([sent]), { side: 'http2', read: sent });
});

test('a preface that comes byte by byte is still recognised', async () => {
  assert.deepEqual(await sendPieces([...preface.split(''), 'rest']), {
    side: 'http2',
    read: `${preface}rest`,
  });
});

test('HTTP/1 goes to the HTTP server, also when it begins like the preface', async () => {
  for (const request of [
    'GET / HTTP/1.1\r\n',
    'PRI * HTTP/1.1\r\n',
    'P',
    'PROPFIND /\r\n',
    '\0\0',
  ]) {
    const pieces = request === 'P' ? ['P', 'OST /'] : [request];
    assert.deepEqual(await sendPieces(pieces), { side: 'http1', read: pieces.join('') });
  }
});

test('closing cuts open connections, decided or not, and frees the port', async () => {
  const mux = await PortMux.listen(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    { http1: () => {}, http2: () => {} },
  );
  const { port } = mux;
  const silent = connect(port, '127.0.0.1');
  const talking = connect(port, '127.0.0.1');
  await Promise.all([once(silent, 'connect'), once(talking, 'connect')]);
  talking.write('GET /');
  const ends = [silent, talking].map((socket) => closed(socket));
  await mux.close();
  await Promise.all(ends);
  const again = await PortMux.listen(
    { kind: 'tcp', host: '127.0.0.1', port },
    { http1: () => {}, http2: () => {} },
  );
  await again.close();
});

test('a port in use is reported, not swallowed', async () => {
  const mux = await PortMux.listen(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    { http1: () => {}, http2: () => {} },
  );
  await assert.rejects(
    PortMux.listen(
      { kind: 'tcp', host: '127.0.0.1', port: mux.port },
      { http1: () => {}, http2: () => {} },
    ),
    /^Error: listen tcp 127\.0\.0\.1:\d+: bind: address already in use$/,
  );
  await mux.close();
});

test('a connection that says nothing is cut when its time is up', async () => {
  const { promise: timeUp, resolve: fire } = Promise.withResolvers<void>();
  const clock = {
    wallMs: () => 0,
    monotonicMs: () => 0,
    after: () => timeUp,
    every: () => () => {},
  };
  const sides = { http1: () => {}, http2: () => {} };
  const mux = await PortMux.listen(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    sides,
    { kind: 'plain' },
    clock,
  );
  const silent = connect(mux.port, '127.0.0.1');
  await once(silent, 'connect');
  const end = closed(silent);
  fire();
  await end;
  await mux.close();
});
