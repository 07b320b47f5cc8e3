/**
 * Checks that what clients saw of some keys is linearizable. Answers of etcd name revisions, so the
 * order of all writes is known and nothing has to be searched: it is enough to compare that order
 * with real time, and every read with the writes up to its own revision.
 */

type Times = {
  /** Before the request left and after its answer came, on one clock. */
  readonly startMs: number;
  readonly endMs: number;
};

export type Write = Times & {
  readonly kind: 'write';
  readonly key: string;
  /** Never written twice, so that a read tells which write it saw. */
  readonly value: string;
  /** Of the answer; undefined when there was none: the write took place at any later time or never. */
  readonly revision: number | undefined;
  /** Set for a compare-and-swap: the mod revision (0: no key) that the write replaced. */
  readonly replaces?: number;
};

export type Read = Times & {
  readonly kind: 'read';
  readonly key: string;
  /** Of the answer's header: the state that was read. */
  readonly revision: number;
  readonly found: { readonly value: string; readonly modRevision: number } | undefined;
};

export type Operation = Write | Read;

type PlacedWrite = Write & { readonly revision: number };

/** What contradicts linearizability, as sentences; empty when nothing does. */
export function linearizabilityComplaints(operations: readonly Operation[]): string[] {
  const complaints: string[] = [];
  const writes = placeWrites(operations, complaints);
  const byKey = new Map<string, PlacedWrite[]>();
  for (const write of writes) {
    const ofKey = byKey.get(write.key);
    if (ofKey === undefined) byKey.set(write.key, [write]);
    else ofKey.push(write);
  }
  for (const ofKey of byKey.values()) checkSwaps(ofKey, complaints);
  const reads = operations.filter((operation) => operation.kind === 'read');
  for (const read of reads) checkRead(read, byKey.get(read.key) ?? [], complaints);
  checkRealTime([...writes, ...reads], complaints);
  return complaints;
}

/** The writes whose revision is known, from their answer or because somebody read them, in order. */
function placeWrites(operations: readonly Operation[], complaints: string[]): PlacedWrite[] {
  const seenAt = new Map<string, number>();
  for (const operation of operations) {
    if (operation.kind === 'read' && operation.found !== undefined) {
      seenAt.set(operation.found.value, operation.found.modRevision);
    }
  }
  const placed: PlacedWrite[] = [];
  for (const operation of operations) {
    if (operation.kind !== 'write') continue;
    const revision = operation.revision ?? seenAt.get(operation.value);
    if (revision === undefined) continue;
    // Without an answer the write may have waited anywhere; it only cannot precede its own start.
    const endMs = operation.revision === undefined ? Number.POSITIVE_INFINITY : operation.endMs;
    placed.push({ ...operation, revision, endMs });
  }
  placed.sort((a, b) => a.revision - b.revision);
  placed.forEach((write, i) => {
    const before = placed[i - 1];
    if (before?.revision === write.revision) {
      complaints.push(`${text(before)} and ${text(write)} have one revision`);
    }
  });
  return placed;
}

/** A swap whose predecessor is known replaced exactly that one. */
function checkSwaps(ofKey: readonly PlacedWrite[], complaints: string[]): void {
  ofKey.forEach((write, i) => {
    if (write.replaces === undefined) return;
    const before = ofKey[i - 1]?.revision ?? 0;
    // A write without an answer that nobody read may stand in between: it cannot be older.
    if (write.replaces < before || write.replaces >= write.revision) {
      complaints.push(`${text(write)} replaced ${write.replaces}, but ${before} was there`);
    }
  });
}

function checkRead(read: Read, ofKey: readonly PlacedWrite[], complaints: string[]): void {
  const newest = ofKey.findLast(({ revision }) => revision <= read.revision);
  const { found } = read;
  if (found === undefined) {
    if (newest !== undefined) complaints.push(`${text(read)} misses ${text(newest)}`);
    return;
  }
  const seen = ofKey.find(({ value }) => value === found.value);
  if (seen === undefined) complaints.push(`${text(read)} found a value that nobody wrote`);
  else if (seen.revision !== found.modRevision) {
    complaints.push(`${text(read)} found ${text(seen)} at revision ${found.modRevision}`);
  }
  if (found.modRevision > read.revision) {
    complaints.push(`${text(read)} found a value of the future: ${found.modRevision}`);
  }
  if (newest !== undefined && newest.revision > found.modRevision) {
    complaints.push(`${text(read)} is stale: it misses ${text(newest)}`);
  }
}

/** What ended before an operation began comes before it in the order of revisions. */
function checkRealTime(operations: readonly (PlacedWrite | Read)[], complaints: string[]): void {
  const byStart = [...operations].sort((a, b) => a.startMs - b.startMs);
  const byEnd = [...operations].sort((a, b) => a.endMs - b.endMs);
  let ended = 0;
  let newest: PlacedWrite | Read | undefined;
  for (const operation of byStart) {
    for (let next = byEnd[ended]; next !== undefined; next = byEnd[ended]) {
      if (next.endMs >= operation.startMs) break;
      if (newest === undefined || next.revision > newest.revision) newest = next;
      ended += 1;
    }
    if (newest === undefined) continue;
    const least = operation.kind === 'write' ? newest.revision + 1 : newest.revision;
    if (operation.revision < least) {
      complaints.push(`${text(operation)} began after the end of ${text(newest)}`);
    }
  }
}

function text(operation: Operation): string {
  const { kind, key, revision, startMs, endMs } = operation;
  const what = kind === 'write' ? ` = ${operation.value}` : '';
  const when = `[${startMs.toFixed(1)} to ${endMs.toFixed(1)} ms]`;
  return `${kind} of ${key}${what} at revision ${revision} ${when}`;
}
