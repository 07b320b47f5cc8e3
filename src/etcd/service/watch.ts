import { Code, EtcdError } from '../errors.ts';
import type { WatchHub } from '../watch/watch-hub.ts';
import type { WatchCreate, WatchSink, WatchStream } from '../watch/watch-stream.ts';

import type { Access, Credentials } from './access.ts';

export type { WatchCreate, WatchStream };

const smallestKey = Uint8Array.of(0);

/** As Go's gRPC prints them. */
const codeNames: Readonly<Record<number, string>> = {
  [Code.invalidArgument]: 'InvalidArgument',
  [Code.permissionDenied]: 'PermissionDenied',
  [Code.resourceExhausted]: 'ResourceExhausted',
  [Code.unauthenticated]: 'Unauthenticated',
};

/** Watches of clients. Thin: the hub decides everything but who may watch what. */
export class WatchService {
  readonly #hub: WatchHub;
  readonly #access: Access;

  constructor(hub: WatchHub, access: Access) {
    this.#hub = hub;
    this.#access = access;
  }

  /** With auth on, each new watch has to be asked for. */
  get needsPermission(): boolean {
    return this.#access.isEnabled;
  }

  /**
   * The reason why the caller may not watch the range, as etcd words it; undefined: it may. The
   * range as it was asked for: without end only to those who may read without end. A watch that was
   * let in goes on, whatever becomes of the user.
   */
  async refusalOf(
    range: { readonly key: Uint8Array; readonly rangeEnd: Uint8Array },
    by: Credentials,
  ): Promise<string | undefined> {
    try {
      const { auth, info } = await this.#access.asking(by);
      const key = range.key.length === 0 ? smallestKey : range.key;
      auth.checkPermitted(info, 'read', key, range.rangeEnd);
      return undefined;
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      const code = codeNames[error.code] ?? 'Unknown';
      return `rpc error: code = ${code} desc = ${error.message}`;
    }
  }

  open(sink: WatchSink): WatchStream {
    return this.#hub.openStream(sink);
  }
}
