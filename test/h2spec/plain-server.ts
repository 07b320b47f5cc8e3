/** What h2spec talks to: our HTTP/2, answering any request with a short body, as h2spec wants it. */
import { createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';
import type { Http2Application } from '../../src/etcd/transport/http2/application.ts';
import { Http2Connection } from '../../src/etcd/transport/http2/connection.ts';
import type { HeaderList } from '../../src/etcd/transport/http2/hpack-encoder.ts';
import { OutputBlocks } from '../../src/etcd/transport/http2/output.ts';

/** h2spec opens one stream more than it may. */
const concurrentStreamsMax = 100;

const head: HeaderList = {
  fields: [':status', '200', 'content-type', 'text/plain'],
  isCommon: true,
};
const trailers: HeaderList = { fields: ['served', 'yes'], isCommon: true };
const noPrefix = new Uint8Array(0);
const body = new TextEncoder().encode('served by our own HTTP/2\n');

/** Answers when the request is complete. */
const shortBodies: Http2Application<undefined> = {
  head: () => undefined,
  open: (stream) => ({
    data: (_bytes, start, end, isLast) => {
      stream.giveBack(end - start);
      if (!isLast) return;
      stream.sendHeaders(head, false);
      stream.sendData(noPrefix, 0, body);
      stream.sendTrailers(trailers);
    },
    roomAgain: () => {},
    aborted: () => {},
  }),
};

/** Listens on a free port of the loopback interface. */
export function listenPlain(): Promise<{ readonly server: Server; readonly port: number }> {
  const blocks = new OutputBlocks();
  const server = createServer({ noDelay: true }, (socket) => accept(socket, blocks));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' ? (address?.port ?? 0) : 0 });
    });
  });
}

function accept(socket: Socket, blocks: OutputBlocks): void {
  const connection: Http2Connection<undefined> = new Http2Connection(socket, {
    application: shortBodies,
    concurrentStreamsMax,
    keepalive: { clientPingMsMin: 5_000, intervalMs: 7_200_000, timeoutMs: 20_000 },
    clock: systemClock,
    blocks,
    flushLater: (due) => void setImmediate(() => due.flush()),
    becameIdle: () => {},
    lost: () => stopSupervising(),
  });
  const supervise = () => connection.supervise(systemClock.monotonicMs());
  const stopSupervising = systemClock.every(1_000, supervise);
}
