import { limits } from '../config/limits.ts';

/**
 * How often links are looked after. Every tick sends a heartbeat of the link, so that it does not
 * depend on this member's own timeouts: the peer's may be the shortest there are.
 */
export const linkTickMs = limits.peerDeadlineMs / 3;

/** Ticks that pass before a timeout has. */
export function ticksOf(timeoutMs: number): number {
  return Math.round(timeoutMs / linkTickMs);
}
