import type { FailoverRecord } from '../reconcile/observed.ts';
import { failoverBounds } from './bounds.ts';

/** Milliseconds until another attempt is allowed: 0 is now, undefined is never for this term. */
export function failoverDelayMs(
  records: readonly FailoverRecord[],
  accused: { readonly leader: bigint; readonly term: number },
  nowMs: number,
): number | undefined {
  const same = records.filter(
    ({ leader, term }) => leader === accused.leader && term === accused.term,
  );
  if (same.length >= failoverBounds.attemptsPerTerm) return undefined;
  const lastMs = same.at(-1)?.atMs;
  const sinceLast = lastMs === undefined ? Infinity : nowMs - lastMs;
  const interval = Math.max(0, failoverBounds.attemptIntervalMs - sinceLast);
  if (same.length > 0) return interval;
  // Attempts against one leader are one failover; only a new one counts against the window.
  const recent = distinctFailovers(records).filter(
    ({ atMs }) => nowMs - atMs < failoverBounds.windowMs,
  );
  if (recent.length < failoverBounds.failoversPerWindow) return interval;
  const oldest = recent.at(-failoverBounds.failoversPerWindow);
  return oldest === undefined ? 0 : oldest.atMs + failoverBounds.windowMs - nowMs;
}

function distinctFailovers(records: readonly FailoverRecord[]): readonly FailoverRecord[] {
  return records.filter(
    (record, at) =>
      records.findIndex(({ leader, term }) => leader === record.leader && term === record.term) ===
      at,
  );
}
