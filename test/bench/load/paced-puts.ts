import { putPath } from '../keyspace.ts';
import { GrpcConnection } from './grpc-connection.ts';
import { Latencies } from './latencies.ts';
import type { Requests } from './unary-load.ts';

const connectionCount = 10;
const everyMs = 2;

/**
 * Open loop: one put every two milliseconds, whatever became of those before. Latency counts from
 * the moment a put was due, so that a server that stalls cannot hide the puts it held up.
 */
export class PacedPuts {
  readonly latencies = new Latencies();
  readonly #connections: GrpcConnection[] = [];
  readonly #requests: Requests;
  readonly #startMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly failed: Promise<never>;
  #sent = 0;
  #isStopping = false;
  #finish: () => void = () => {};

  static async start(endpoint: string, requests: Requests): Promise<PacedPuts> {
    const puts = new PacedPuts(endpoint, requests);
    await Promise.race([puts.failed, Promise.all(puts.#connections.map((c) => c.opened))]);
    return puts;
  }

  private constructor(endpoint: string, requests: Requests) {
    this.#requests = requests;
    for (let i = 0; i < connectionCount; i += 1) this.#connections.push(this.#connect(endpoint));
    this.failed = Promise.race(this.#connections.map((connection) => connection.failed));
    this.failed.catch(() => {}); // Whoever runs the load races with it.
    this.#timer = setInterval(() => this.#tick(), everyMs);
  }

  get sent(): number {
    return this.#sent;
  }

  /** Sends no more and waits for the answers. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#isStopping = true;
    const finished = new Promise<void>((resolve) => (this.#finish = resolve));
    if (this.latencies.count < this.#sent) await Promise.race([finished, this.failed]);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const connection of this.#connections) connection.close();
  }

  #tick(): void {
    const due = Math.floor((performance.now() - this.#startMs) / everyMs);
    while (this.#sent < due) {
      const connection = this.#connections[this.#sent % connectionCount] as GrpcConnection;
      connection.call(this.#requests.next(this.#sent), true);
      this.#sent += 1;
    }
  }

  #connect(endpoint: string): GrpcConnection {
    const offset = this.#connections.length;
    return new GrpcConnection(endpoint, putPath, {
      message: () => {},
      done: (streamId) => {
        // The n-th call of connection c was due with put n × connections + c.
        const put = ((streamId - 1) / 2) * connectionCount + offset;
        this.latencies.add(performance.now() - (this.#startMs + (put + 1) * everyMs));
        if (this.#isStopping && this.latencies.count === this.#sent) this.#finish();
      },
    });
  }
}
