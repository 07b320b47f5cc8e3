import {
  decodeLeaseGrantResponse,
  decodeLeaseKeepAliveResponse,
  encodeLeaseGrantRequest,
  encodeLeaseKeepAliveRequest,
} from '../../../src/etcd/proto/generated/etcdserverpb.ts';
import { GrpcConnection } from '../load/grpc-connection.ts';
import { Latencies } from '../load/latencies.ts';
import { crowd, type LoadResult, runUnaryLoad } from '../load/unary-load.ts';
import { measureLoad } from '../measure.ts';
import type { Figures, Scale, Scenario } from '../scenario.ts';
import { loaded } from '../scenario.ts';
import type { Target } from '../target.ts';

const ttlSeconds = 3_600;

/** A hundred streams, each with a hundred leases (fewer when quick) and ten keep-alives under way. */
const streams = 100;
const underWay = 10;

async function keepAlives(target: Target, scale: Scale): Promise<Figures> {
  const leases: bigint[] = [];
  await runUnaryLoad(
    [target.endpoint],
    '/etcdserverpb.Lease/LeaseGrant',
    crowd,
    scale.isQuick ? 1_000 : 10_000,
    {
      next: () => encodeLeaseGrantRequest({ TTL: ttlSeconds }),
      check: (_, bytes, from, to) => {
        leases.push(decodeLeaseGrantResponse(bytes.subarray(from, to)).ID);
      },
    },
  );
  return await measureLoad(target, scale, { connections: streams, streams: underWay }, (total) =>
    keepAlive(target, leases, total),
  );
}

/** Every answer must name a lease and the full time to live. */
async function keepAlive(
  target: Target,
  leases: readonly bigint[],
  total: number,
): Promise<LoadResult> {
  const messages = leases.map((ID) => encodeLeaseKeepAliveRequest({ ID }));
  const latencies = new Latencies();
  const connections: GrpcConnection[] = [];
  let unsent = total;
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let turn = 0;
  const nextMessage = (): Uint8Array => messages[turn++ % messages.length] as Uint8Array;
  const starts: (() => void)[] = [];
  for (let i = 0; i < streams; i += 1) {
    const sentMs = new Float64Array(underWay);
    let sent = 0;
    let answered = 0;
    let streamId: number | undefined;
    const sendOne = (): void => {
      if (unsent === 0) return;
      unsent -= 1;
      sentMs[sent % underWay] = performance.now();
      sent += 1;
      if (streamId === undefined) streamId = connection.call(nextMessage(), false);
      else connection.send(streamId, nextMessage(), false);
    };
    const connection = new GrpcConnection(target.endpoint, '/etcdserverpb.Lease/LeaseKeepAlive', {
      message: (_, bytes, from, to) => {
        checkAnswer(bytes, from, to);
        latencies.add(performance.now() - (sentMs[answered % underWay] as number));
        answered += 1; // Answers keep the order.
        if (latencies.count === total) finish();
        sendOne();
      },
      done: () => {
        throw new Error('a keep-alive stream ended');
      },
    });
    connections.push(connection);
    starts.push(sendOne);
  }
  const failed = connections.map((connection) => connection.failed);
  try {
    await Promise.race([...failed, Promise.all(connections.map((c) => c.opened))]);
    const startMs = performance.now();
    for (let i = 0; i < underWay; i += 1) for (const start of starts) start();
    await Promise.race([...failed, finished]);
    return { requests: total, seconds: (performance.now() - startMs) / 1000, latencies };
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** The time to live is the last field; only an answer that ends otherwise is decoded. */
function checkAnswer(bytes: Buffer, from: number, to: number): void {
  // Field 3, varint 3,600.
  if (bytes[to - 3] === 0x18 && bytes[to - 2] === 0x90 && bytes[to - 1] === 0x1c) return;
  const { TTL } = decodeLeaseKeepAliveResponse(bytes.subarray(from, to));
  if (TTL !== ttlSeconds) throw new Error(`kept alive for ${TTL} s`);
}

export const leaseScenarios: readonly Scenario[] = [
  {
    name: 'lease-keep-alive',
    title: '10,000 leases kept alive, 100 streams',
    server: loaded,
    goals: [{ figure: 'perSecond', min: 3 }],
    run: keepAlives,
  },
];
