import type { FailoverReport } from '../reconcile/observed.ts';

/**
 * The survivor whose log is most up to date (raft paper section 5.4.1: last term first, then last
 * index): any other could be refused by it and the election would be lost time. Equal logs: the
 * lower member id, so that two operators would choose the same.
 */
export function chooseCandidate<T extends { readonly report: FailoverReport }>(
  survivors: readonly T[],
): T | undefined {
  let best: T | undefined;
  for (const survivor of survivors) {
    if (best === undefined || isMoreUpToDate(survivor.report, best.report)) best = survivor;
  }
  return best;
}

function isMoreUpToDate(a: FailoverReport, b: FailoverReport): boolean {
  if (a.lastTerm !== b.lastTerm) return a.lastTerm > b.lastTerm;
  if (a.lastIndex !== b.lastIndex) return a.lastIndex > b.lastIndex;
  return a.memberId < b.memberId;
}
