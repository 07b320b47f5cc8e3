import { encodeWatchResponse } from '../proto/generated/etcdserverpb.ts';
import { varint64Field, varintField } from './wire.ts';

/** WatchResponse.watch_id and WatchResponse.fragment */
const WATCH_ID = 2;
const FRAGMENT = 7;

export type WatchReply = {
  readonly watchId: bigint;
  readonly created?: boolean;
  readonly canceled?: boolean;
  readonly compactRevision?: number;
  readonly cancelReason?: string;
};

/** An answer to a request of the client, or a progress report: everything that carries no events. */
export function replyBody(reply: WatchReply): Uint8Array {
  return encodeWatchResponse(reply);
}

/** The field that begins a response with events, behind the header. */
export function watchIdField(watchId: bigint): Uint8Array {
  return varint64Field(WATCH_ID, watchId);
}

/** `fragment: true`, behind the watch id: more fragments of this response follow. */
export const fragmentMark: Uint8Array = varintField(FRAGMENT, 1);

/**
 * Cuts the events of one response into fragments that stay below `bytesMax`, at least one event
 * each. A response that is small enough, or has one event only, stays whole.
 */
export function splitIntoFragments(
  eventFields: readonly Uint8Array[],
  bytesMax: number,
): readonly (readonly Uint8Array[])[] {
  const fragments: Uint8Array[][] = [];
  let current: Uint8Array[] = [];
  let bytes = HEADER_BYTES;
  for (const field of eventFields) {
    if (current.length > 0 && bytes + field.length >= bytesMax) {
      fragments.push(current);
      current = [];
      bytes = HEADER_BYTES;
    }
    current.push(field);
    bytes += field.length;
  }
  fragments.push(current);
  return fragments;
}

/** Room for the response header and the scalar fields of a response with events. */
const HEADER_BYTES = 64;
