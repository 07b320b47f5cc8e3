import { GrpcConnection } from './grpc-connection.ts';
import { Latencies } from './latencies.ts';

export type Shape = { readonly connections: number; readonly streams: number };

export const crowd: Shape = { connections: 50, streams: 20 };
export const alone: Shape = { connections: 1, streams: 1 };

/** Requests that are made anew for each call; `slot` is below connections × streams. */
export interface Requests {
  /** The message of the slot's next call. A slot has one call open at a time. */
  next(slot: number): Uint8Array;
  /** Throws when the answer is not the expected one. */
  check?(slot: number, bytes: Buffer, from: number, to: number): void;
}

export type LoadResult = {
  readonly requests: number;
  readonly seconds: number;
  readonly latencies: Latencies;
};

/**
 * Closed loop: every slot sends its next request when the answer to the last one is there, until
 * `total` requests have been sent. Rejects when any answer is not grpc-status 0 with one message.
 */
export async function runUnaryLoad(
  endpoints: readonly string[],
  path: string,
  shape: Shape,
  total: number,
  requests: Requests,
): Promise<LoadResult> {
  const load = new UnaryLoad(endpoints, path, shape, total, requests);
  return await load.run();
}

class UnaryLoad {
  readonly #connections: GrpcConnection[] = [];
  readonly #shape: Shape;
  readonly #requests: Requests;
  readonly #latencies = new Latencies();
  readonly #finished: Promise<void>;
  #finish: () => void = () => {};
  #unsent: number;
  #undone: number;

  constructor(
    endpoints: readonly string[],
    path: string,
    shape: Shape,
    total: number,
    requests: Requests,
  ) {
    this.#shape = shape;
    this.#requests = requests;
    this.#unsent = total;
    this.#undone = total;
    this.#finished = new Promise((resolve) => (this.#finish = resolve));
    for (let i = 0; i < shape.connections; i += 1) {
      const endpoint = endpoints[i % endpoints.length] as string;
      this.#connections.push(this.#connect(endpoint, path, i * shape.streams));
    }
  }

  async run(): Promise<LoadResult> {
    const failed = this.#connections.map((connection) => connection.failed);
    try {
      await Promise.race([...failed, Promise.all(this.#connections.map((c) => c.opened))]);
      const startMs = performance.now();
      for (const start of this.#starts) start();
      await Promise.race([...failed, this.#finished]);
      const seconds = (performance.now() - startMs) / 1000;
      return { requests: this.#latencies.count, seconds, latencies: this.#latencies };
    } finally {
      for (const connection of this.#connections) connection.close();
    }
  }

  readonly #starts: (() => void)[] = [];

  #connect(endpoint: string, path: string, firstSlot: number): GrpcConnection {
    const { streams } = this.#shape;
    const requests = this.#requests;
    /** Of each open stream: its slot, and when it was sent. */
    const slots = new Map<number, number>();
    const sentMs = new Float64Array(streams);
    const messages = new Uint8Array(streams);
    const start = (slot: number): void => {
      if (this.#unsent === 0) return;
      this.#unsent -= 1;
      sentMs[slot - firstSlot] = performance.now();
      messages[slot - firstSlot] = 0;
      slots.set(connection.call(requests.next(slot), true), slot);
    };
    const connection = new GrpcConnection(endpoint, path, {
      message: (streamId, bytes, from, to) => {
        const slot = slots.get(streamId) as number;
        messages[slot - firstSlot] = (messages[slot - firstSlot] as number) + 1;
        requests.check?.(slot, bytes, from, to);
      },
      done: (streamId) => {
        const slot = slots.get(streamId) as number;
        slots.delete(streamId);
        if (messages[slot - firstSlot] !== 1) throw new Error(`${path}: no message in the answer`);
        this.#latencies.add(performance.now() - (sentMs[slot - firstSlot] as number));
        this.#undone -= 1;
        if (this.#undone === 0) this.#finish();
        else start(slot);
      },
    });
    this.#starts.push(() => {
      for (let i = 0; i < streams; i += 1) start(firstSlot + i);
    });
    return connection;
  }
}
