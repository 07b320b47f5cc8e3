import { EtcdError } from '../errors.ts';

/** How many requests may wait for the same thing at once; large ones are bounded by their sum too. */
export type PendingBound = { readonly pendingMax: number; readonly pendingBytesMax: number };

/**
 * Throws RequestTooManyRequests when one more request may not wait beside those that wait already.
 * One alone always may: its own size is bounded elsewhere.
 */
export function assertMayWait(
  { pendingMax, pendingBytesMax }: PendingBound,
  waiting: number,
  waitingBytes: number,
  bytes: number,
): void {
  const isFull = waitingBytes > 0 && waitingBytes + bytes > pendingBytesMax;
  if (waiting >= pendingMax || isFull) throw new EtcdError('RequestTooManyRequests');
}
