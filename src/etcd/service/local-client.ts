import type {
  LeaseGrantResponse,
  RangeRequestInit,
  RangeResponse,
  ResponseHeader,
  TxnRequestInit,
  TxnResponse,
  WatchCreateRequestInit,
} from '../proto/generated/etcdserverpb.ts';
import type { Event } from '../proto/generated/mvccpb.ts';

/** Events of one revision or several, and the header they came with. */
export type WatchedEvents = {
  readonly header: ResponseHeader;
  readonly events: readonly Event[];
};

/**
 * This member's own API in the name of one caller: with the caller's rights, and ended with the
 * caller's call. What etcd builds on its client library is built on this.
 */
export interface LocalClient {
  range(request: RangeRequestInit): Promise<RangeResponse>;
  txn(request: TxnRequestInit): Promise<TxnResponse>;
  /** Returns the header of the answer. */
  deleteKey(key: Uint8Array): Promise<ResponseHeader>;
  grantLease(ttlSeconds: number): Promise<LeaseGrantResponse>;
  /**
   * Events in revision order. Ends when the caller stops reading; throws when the watch is
   * canceled or the call ends.
   */
  watch(request: WatchCreateRequestInit): AsyncIterable<WatchedEvents>;
  /** The same rights, no longer bound to the call: for what must be undone after it. */
  detached(): LocalClient;
}
