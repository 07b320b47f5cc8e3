import type { Disk } from '../io/disk.ts';
import { decodeMetadata } from '../proto/generated/etcdserverpb.ts';
import { decodeEntry, decodeHardState } from '../proto/generated/raftpb.ts';
import { decodeSnapshot } from '../proto/generated/walpb.ts';
import { formatId } from '../proto/ids.ts';
import { RecordType } from '../wal/record.ts';
import { type Segment, segmentsAmong } from '../wal/segment.ts';
import { SegmentReader } from '../wal/segment-reader.ts';
import type { Findings } from './findings.ts';

export type WalFigures = {
  readonly segments: number;
  readonly records: number;
  /** From here on the log has every entry; 0: it has none. */
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly commit: number;
  /** The newest snapshot marker that counts. */
  readonly markerIndex: number;
  readonly memberId: string;
};

/** Reads every segment with its chain of checksums, one after the other. */
export async function checkWal(dir: string, disk: Disk, findings: Findings): Promise<WalFigures> {
  const segments = segmentsAmong(await disk.list(dir));
  const log = new WalCheck(findings);
  if (segments.length === 0) findings.damage('wal', { file: dir }, 'there is no segment');
  let crc = 0;
  for (const [i, segment] of segments.entries()) {
    const before = segments[i - 1];
    const file = `${dir}/${segment.name}`;
    if (before !== undefined && before.seq + 1 !== segment.seq) {
      findings.damage('wal', { file }, `the segment behind ${before.name} is missing`);
      log.interrupted();
      crc = 0;
    }
    crc = await readSegment(file, disk, segment === segments.at(-1), crc, log, findings);
  }
  return log.figures(segments);
}

/** Returns the checksum that the next segment has to continue; 0: it may begin with any. */
async function readSegment(
  path: string,
  disk: Disk,
  isLast: boolean,
  crc: number,
  log: WalCheck,
  findings: Findings,
): Promise<number> {
  const file = await disk.open(path, 'read');
  try {
    const reader = new SegmentReader(file, await file.size(), isLast, crc);
    for (;;) {
      const { offset } = reader;
      const step = reader.next();
      if (step.kind === 'more') await reader.fill(step.bytes);
      else if (step.kind === 'end') return reader.crc;
      else if (step.kind === 'record') log.record(step.type, step.data, path, offset);
      else if (step.kind === 'torn' && isLast) {
        const message = `at offset ${offset}: ${step.reason}; the next start cuts it off`;
        findings.waste('wal-torn', { file: path }, message);
        return 0;
      } else {
        findings.damage('wal', { file: path }, `at offset ${offset}: ${step.reason}`);
        log.interrupted();
        return 0;
      }
    }
  } finally {
    await file.close();
  }
}

class WalCheck {
  readonly #findings: Findings;
  #records = 0;
  #firstIndex = 0;
  #lastIndex = 0;
  #commit = 0;
  #memberId = '';
  readonly #markers: number[] = [];
  /** Something before is missing: the next entry may have any index. */
  #isInterrupted = true;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  interrupted(): void {
    this.#isInterrupted = true;
  }

  record(type: number, data: Uint8Array, path: string, offset: number): void {
    this.#records += 1;
    try {
      const problem = this.#read(type, data);
      if (problem === undefined) return;
      this.#findings.damage('wal', { file: path }, `at offset ${offset}: ${problem}`);
    } catch (error) {
      const message = `at offset ${offset}: unreadable record: ${String(error)}`;
      this.#findings.damage('wal', { file: path }, message);
    }
  }

  figures(segments: readonly Segment[]): WalFigures {
    const markers = this.#markers.filter((index) => index <= this.#commit);
    return {
      segments: segments.length,
      records: this.#records,
      firstIndex: this.#firstIndex,
      lastIndex: this.#lastIndex,
      commit: this.#commit,
      markerIndex: markers.at(-1) ?? 0,
      memberId: this.#memberId,
    };
  }

  #read(type: number, data: Uint8Array): string | undefined {
    switch (type) {
      case RecordType.entry:
        return this.#entry(decodeEntry(data).index);
      case RecordType.state:
        this.#commit = decodeHardState(data).commit;
        return undefined;
      case RecordType.metadata:
        return this.#metadata(formatId(decodeMetadata(data).NodeID));
      case RecordType.snapshot:
        this.#snapshot(decodeSnapshot(data).index);
        return undefined;
      case RecordType.crc:
        return undefined;
      default:
        return `unknown record type ${type}`;
    }
  }

  #entry(index: number): string | undefined {
    const isGap = !this.#isInterrupted && index > this.#lastIndex + 1;
    const expected = this.#lastIndex + 1;
    if (this.#isInterrupted || isGap) this.#firstIndex = index;
    this.#isInterrupted = false;
    this.#lastIndex = index;
    return isGap ? `entry ${index} follows a gap: ${expected} was expected` : undefined;
  }

  #snapshot(index: number): void {
    this.#markers.push(index);
    if (index <= this.#lastIndex) return;
    // From the leader: it stands for everything before.
    this.#lastIndex = index;
    this.#firstIndex = index + 1;
  }

  #metadata(memberId: string): string | undefined {
    if (this.#memberId !== '' && this.#memberId !== memberId) {
      return `it is the log of ${memberId}, the segments before are of ${this.#memberId}`;
    }
    this.#memberId = memberId;
    return undefined;
  }
}

/** Whether state and log belong together: together they have to reach from nothing to the end. */
export function checkAppliedAgainstWal(
  state: { readonly appliedIndex: number; readonly members: readonly string[] },
  wal: WalFigures,
  findings: Findings,
): void {
  const { appliedIndex, members } = state;
  const place = { table: 'meta', key: '"consistent_index"' };
  const reachesBack = wal.firstIndex <= appliedIndex + 1;
  if (!reachesBack || wal.markerIndex > Math.max(appliedIndex, wal.lastIndex)) {
    const log = `the log has entries ${wal.firstIndex} to ${wal.lastIndex}`;
    const message = `the state ends at index ${appliedIndex}, ${log}, and a snapshot at ${wal.markerIndex}`;
    findings.damage('state-log', place, `${message}: what is in between is lost here`);
  } else if (wal.lastIndex < appliedIndex) {
    const message = `the state is at index ${appliedIndex}, the log ends at ${wal.lastIndex}`;
    findings.waste('log-behind', place, `${message}; the next start goes on from the state`);
  }
  if (members.length > 0 && wal.memberId !== '' && !members.includes(wal.memberId)) {
    const message = `the log is of member ${wal.memberId}, which the state does not have`;
    findings.waste('member', { table: 'members' }, message);
  }
}
