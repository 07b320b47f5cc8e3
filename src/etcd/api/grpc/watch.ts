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
  stream.onMessage = (bytes) => {
    try {
      handle(watches, decodeMessage(decodeWatchRequest, bytes));
    } catch (error) {
      watches.fail(error as Error);
    }
  };
  // A client that sends no more requests still gets its events; the JSON gateway lives by that.
  stream.onHalfClose = () => {};
}

/** A request without content is ignored, as etcd does. */
function handle(watches: WatchStream, request: WatchRequest): void {
  if (request.createRequest !== undefined) watches.create(watchCreate(request.createRequest));
  else if (request.cancelRequest !== undefined) watches.cancel(request.cancelRequest.watchId);
  else if (request.progressRequest !== undefined) watches.requestProgress();
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
