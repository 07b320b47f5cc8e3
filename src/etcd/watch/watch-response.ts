import { concatBytes } from '../../base/bytes.ts';
import { encodeWatchResponse } from '../proto/generated/etcdserverpb.ts';
import { varint64Field, varintField } from './wire.ts';

/** WatchResponse.watch_id and WatchResponse.fragment */
const WATCH_ID = 2;
const FRAGMENT = 7;

/** A response on its way out: the encoded WatchResponse without its header, and the header's revision. */
export type WatchOutput = { readonly revision: number; readonly body: Uint8Array };

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

/** A response with events; `eventFields` are encoded `events` fields. */
export function eventsBody(
  watchId: bigint,
  eventFields: readonly Uint8Array[],
  fragment: boolean,
): Uint8Array {
  return concatBytes([
    varint64Field(WATCH_ID, watchId),
    varintField(FRAGMENT, fragment ? 1 : 0),
    ...eventFields,
  ]);
}

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
