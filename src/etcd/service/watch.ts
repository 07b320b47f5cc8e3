import type { WatchHub } from '../watch/watch-hub.ts';
import type { WatchCreate, WatchSink, WatchStream } from '../watch/watch-stream.ts';

export type { WatchCreate, WatchStream };

/** Watches of clients. Thin: the hub decides everything; permission checks belong here. */
export class WatchService {
  readonly #hub: WatchHub;

  constructor(hub: WatchHub) {
    this.#hub = hub;
  }

  open(sink: WatchSink): WatchStream {
    return this.#hub.openStream(sink);
  }
}
