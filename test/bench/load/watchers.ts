import { encodeWatchRequest } from '../../../src/etcd/proto/generated/etcdserverpb.ts';
import { GrpcConnection } from './grpc-connection.ts';

export type WatcherConfig = {
  readonly key: Uint8Array;
  readonly rangeEnd?: Uint8Array;
  readonly startRevision?: number;
};

const watchPath = '/etcdserverpb.Watch/Watch';

/** Watchers on streams; counts the events that arrive, in whatever responses they come. */
export class Watchers {
  readonly #connections: GrpcConnection[] = [];
  readonly #failed: Promise<never>[] = [];
  #created = 0;
  #events = 0;
  #wanted: { of: 'created' | 'events'; count: number; resolve: () => void } | undefined;

  /** `plan[c][s]` are the watchers of stream s on connection c. */
  constructor(endpoint: string, plan: readonly (readonly (readonly WatcherConfig[])[])[]) {
    for (const streams of plan) {
      const connection = new GrpcConnection(endpoint, watchPath, {
        message: (_, bytes, from, to) => this.#message(bytes, from, to),
        done: () => {
          throw new Error('a watch stream ended');
        },
      });
      this.#connections.push(connection);
      this.#failed.push(connection.failed);
      for (const watchers of streams) openStream(connection, watchers);
    }
  }

  get events(): number {
    return this.#events;
  }

  /** Resolves when so many watchers say that they are created. */
  created(count: number): Promise<void> {
    return this.#reached('created', count);
  }

  /** Resolves when `count` events in all have arrived. */
  delivered(count: number): Promise<void> {
    return this.#reached('events', count);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #reached(of: 'created' | 'events', count: number): Promise<void> {
    const reached = new Promise<void>((resolve) => {
      this.#wanted = { of, count, resolve };
    });
    this.#notify();
    return Promise.race([reached, ...this.#failed]);
  }

  #notify(): void {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    const have = wanted.of === 'created' ? this.#created : this.#events;
    if (have < wanted.count) return;
    this.#wanted = undefined;
    wanted.resolve();
  }

  /** Walks the top fields of a WatchResponse: 3 is created, 4 cancelled, 11 one event. */
  #message(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to) {
      const tag = bytes[at++] as number;
      let value = 0;
      let byte = 0x80;
      for (let shift = 1; byte >= 0x80; shift *= 128) {
        byte = bytes[at++] as number;
        value += (byte & 0x7f) * shift;
      }
      if (tag === 0x5a) this.#events += 1;
      else if (tag === 0x18) this.#created += 1;
      else if (tag === 0x20) throw new Error('a watcher was cancelled');
      if ((tag & 7) === 2) at += value;
    }
    if (at !== to) throw new Error('a WatchResponse that cannot be read');
    this.#notify();
  }
}

function openStream(connection: GrpcConnection, watchers: readonly WatcherConfig[]): void {
  let streamId: number | undefined;
  for (const createRequest of watchers) {
    const request = encodeWatchRequest({ createRequest });
    if (streamId === undefined) streamId = connection.call(request, false);
    else connection.send(streamId, request, false);
  }
}
