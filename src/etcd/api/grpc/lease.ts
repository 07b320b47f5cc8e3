import { emptyBytes } from '../../../base/bytes.ts';
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
import { HEADER_BYTES_MAX, type ResponseHeader } from './response-header.ts';
import { FIELD_BYTES_MAX, writeField, writeField64 } from './write-field.ts';

const service = '/etcdserverpb.Lease';

/** LeaseKeepAliveResponse.ID and .TTL */
const ID_TAG = 0x10;
const TTL_TAG = 0x18;
/** The answer that is being written: header, ID and TTL. */
const answer = new Uint8Array(HEADER_BYTES_MAX + 2 * FIELD_BYTES_MAX);

export function leaseRpcs(
  around: Interceptors,
  header: ResponseHeader,
  lease: LeaseService,
): (UnaryRpc | StreamRpc)[] {
  return [
    around.unary(`${service}/LeaseGrant`, decodeLeaseGrantRequest, async (request, call) =>
      header.prepend(await lease.grant(request, call.signal, call)),
    ),
    around.unary(`${service}/LeaseRevoke`, decodeLeaseRevokeRequest, async (request, call) =>
      header.prepend(await lease.revoke(request, call.signal, call)),
    ),
    around.stream('bidi-stream', `${service}/LeaseKeepAlive`, (stream, call) =>
      new KeepAliveStream(stream, call, header, lease).start(),
    ),
    around.unary(
      `${service}/LeaseTimeToLive`,
      decodeLeaseTimeToLiveRequest,
      async (request, call) => header.prepend(await lease.timeToLive(request, call.signal, call)),
    ),
    around.unary(`${service}/LeaseLeases`, decodeLeaseLeasesRequest, async (_, call) =>
      header.prepend(await lease.leases(call)),
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
    let id: bigint;
    try {
      id = decodeMessage(decodeLeaseKeepAliveRequest, bytes).ID;
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!this.#isWorking && this.#answerAtOnce(id)) return;
    this.#queue.push(id);
    if (this.#queue.length >= limits.keepAlivesQueuedMax) this.#stream.pause();
    if (!this.#isWorking) void this.#work(undefined);
  }

  /** False: it takes a question to others. Without room the next ones wait in the queue. */
  #answerAtOnce(id: bigint): boolean {
    const ttlSeconds = this.#lease.keepAliveAtOnce(id);
    if (ttlSeconds === undefined) return false;
    let at = this.#header.begin(answer, this.#lease.currentRevision);
    at = writeField64(answer, at, ID_TAG, id);
    at = writeField(answer, at, TTL_TAG, ttlSeconds);
    if (!this.#stream.writeParts(answer, at, emptyBytes)) void this.#work(this.#stream.drained());
    return true;
  }

  async #work(room: Promise<void> | undefined): Promise<void> {
    this.#isWorking = true;
    try {
      await room;
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
    const answer = await this.#lease.keepAlive(id, this.#call.signal, this.#call);
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
