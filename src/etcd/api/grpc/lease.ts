import { limits } from '../../config/limits.ts';
import {
  decodeLeaseGrantRequest,
  decodeLeaseKeepAliveRequest,
  decodeLeaseLeasesRequest,
  decodeLeaseRevokeRequest,
  decodeLeaseTimeToLiveRequest,
} from '../../proto/generated/etcdserverpb.ts';
import type { LeaseService } from '../../service/lease.ts';
import type { Call, RpcStream, StreamRpc, UnaryRpc } from '../rpc.ts';
import { decodeMessage, type Interceptors } from './interceptors.ts';
import type { ResponseHeader } from './response-header.ts';

const service = '/etcdserverpb.Lease';

export function leaseRpcs(
  around: Interceptors,
  header: ResponseHeader,
  lease: LeaseService,
): (UnaryRpc | StreamRpc)[] {
  return [
    around.unary(`${service}/LeaseGrant`, decodeLeaseGrantRequest, async (request, call) =>
      header.prepend(await lease.grant(request, call.signal)),
    ),
    around.unary(`${service}/LeaseRevoke`, decodeLeaseRevokeRequest, async (request, call) =>
      header.prepend(await lease.revoke(request, call.signal)),
    ),
    around.stream('bidi-stream', `${service}/LeaseKeepAlive`, (stream, call) =>
      new KeepAliveStream(stream, call, header, lease).start(),
    ),
    around.unary(
      `${service}/LeaseTimeToLive`,
      decodeLeaseTimeToLiveRequest,
      async (request, call) => header.prepend(await lease.timeToLive(request, call.signal)),
    ),
    around.unary(`${service}/LeaseLeases`, decodeLeaseLeasesRequest, () =>
      header.prepend(lease.leases()),
    ),
  ];
}

/** Renewals of one stream, answered one after the other in the order they came. */
class KeepAliveStream {
  readonly #stream: RpcStream;
  readonly #call: Call;
  readonly #header: ResponseHeader;
  readonly #lease: LeaseService;
  #queue: bigint[] = [];
  #isWorking = false;
  #isHalfClosed = false;
  #isOver = false;

  constructor(stream: RpcStream, call: Call, header: ResponseHeader, lease: LeaseService) {
    this.#stream = stream;
    this.#call = call;
    this.#header = header;
    this.#lease = lease;
  }

  start(): void {
    this.#stream.onMessage = (bytes) => this.#take(bytes);
    this.#stream.onHalfClose = () => {
      this.#isHalfClosed = true;
      if (!this.#isWorking) this.#end();
    };
  }

  #take(bytes: Uint8Array): void {
    if (this.#isOver) return;
    try {
      const { ID } = decodeMessage(decodeLeaseKeepAliveRequest, bytes);
      this.#queue.push(ID);
      if (this.#queue.length >= limits.keepAlivesQueuedMax) this.#stream.pause();
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!this.#isWorking) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      while (this.#queue.length > 0 && !this.#isOver) {
        const batch = this.#queue;
        this.#queue = [];
        if (batch.length >= limits.keepAlivesQueuedMax) this.#stream.resume();
        for (const id of batch) await this.#answer(id);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isWorking = false;
    if (this.#isHalfClosed) this.#end();
  }

  async #answer(id: bigint): Promise<void> {
    if (this.#isOver || this.#call.signal.aborted) return;
    const answer = await this.#lease.keepAlive(id, this.#call.signal);
    if (!this.#stream.write(this.#header.prepend(answer))) await this.#stream.drained();
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.fail(error);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.end();
  }
}
