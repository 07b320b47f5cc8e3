import { limits } from '../../config/limits.ts';
import { EtcdError } from '../../errors.ts';
import {
  decodeWatchRequest,
  WatchCreateRequest_FilterType as Filter,
  type WatchCreateRequest,
  type WatchRequest,
} from '../../proto/generated/etcdserverpb.ts';
import type { WatchCreate, WatchService, WatchStream } from '../../service/watch.ts';
import type { Call, RpcStream, StreamRpc } from '../rpc.ts';
import { decodeMessage, type Interceptors } from './interceptors.ts';
import { HEADER_BYTES_MAX, type ResponseHeader } from './response-header.ts';
import { FIELD_BYTES_MAX } from './write-field.ts';

/** The response that is being written: its header, watch id and fragment mark. */
const head = new Uint8Array(HEADER_BYTES_MAX + 2 * FIELD_BYTES_MAX);

export function watchRpcs(
  around: Interceptors,
  header: ResponseHeader,
  watch: WatchService,
): StreamRpc[] {
  const open = (stream: RpcStream, call: Call): void => serve(stream, call, header, watch);
  return [around.stream('bidi-stream', '/etcdserverpb.Watch/Watch', open)];
}

/**
 * Many watches share one stream; requests are handled in order, responses written by the hub. While
 * the client does not read, its requests wait too.
 */
function serve(stream: RpcStream, call: Call, header: ResponseHeader, service: WatchService): void {
  const watches = service.open({
    send: (revision, start, rest) => {
      let at = header.begin(head, revision);
      for (let i = 0; i < start.length; i += 1) head[at++] = start[i] as number;
      const hasRoom = stream.writeParts(head, at, rest);
      if (!hasRoom) stream.pause();
      return hasRoom;
    },
    drained: () => stream.drained().then(() => stream.resume()),
    fail: (error) => stream.fail(error),
  });
  const onAbort = (): void => watches.fail(call.signal.reason as Error);
  if (call.signal.aborted) return onAbort();
  call.signal.addEventListener('abort', onAbort, { once: true });
  const requests = new WatchRequests(watches, service, call);
  stream.onMessage = (bytes) => {
    try {
      requests.take(decodeMessage(decodeWatchRequest, bytes));
    } catch (error) {
      watches.fail(error as Error);
    }
  };
  // A client that sends no more requests still gets its events; the JSON gateway lives by that.
  stream.onHalfClose = () => {};
}

/**
 * The requests of one stream, answered in the order they came: those behind a watch whose
 * permission is being looked up wait for it.
 */
class WatchRequests {
  readonly #watches: WatchStream;
  readonly #service: WatchService;
  readonly #call: Call;
  #waiting: WatchRequest[] = [];
  #isAsking = false;

  constructor(watches: WatchStream, service: WatchService, call: Call) {
    this.#watches = watches;
    this.#service = service;
    this.#call = call;
  }

  take(request: WatchRequest): void {
    if (!this.#isAsking && !this.#mustAsk(request)) return this.#handle(request);
    if (this.#waiting.length >= limits.watchRequestsWaitingMax) {
      throw new EtcdError('RequestTooManyRequests');
    }
    this.#waiting.push(request);
    if (!this.#isAsking) void this.#work();
  }

  #mustAsk(request: WatchRequest): boolean {
    return request.createRequest !== undefined && this.#service.needsPermission;
  }

  async #work(): Promise<void> {
    this.#isAsking = true;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
        const create = next.createRequest;
        const isAsked = create !== undefined && this.#service.needsPermission;
        const refusal = isAsked ? await this.#service.refusalOf(create, this.#call) : undefined;
        this.#handle(next, refusal);
      }
    } catch (error) {
      this.#watches.fail(error as Error);
    }
    this.#isAsking = false;
  }

  /** A request without content is ignored, as etcd does. */
  #handle(request: WatchRequest, refusal?: string): void {
    const { createRequest, cancelRequest, progressRequest } = request;
    if (createRequest !== undefined) this.#watches.create(watchCreate(createRequest), refusal);
    else if (cancelRequest !== undefined) this.#watches.cancel(cancelRequest.watchId);
    else if (progressRequest !== undefined) this.#watches.requestProgress();
  }
}

/** Keys are copied: the watcher outlives the buffer that the request arrived in. */
function watchCreate(request: WatchCreateRequest): WatchCreate {
  return {
    key: request.key.slice(),
    rangeEnd: request.rangeEnd.slice(),
    startRevision: request.startRevision,
    watchId: request.watchId,
    prevKv: request.prevKv,
    noPut: request.filters.includes(Filter.NOPUT),
    noDelete: request.filters.includes(Filter.NODELETE),
    progressNotify: request.progressNotify,
    fragment: request.fragment,
  };
}
