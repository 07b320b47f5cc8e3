import { equalBytes } from '../../base/bytes.ts';
import type { Log } from '../../base/log.ts';
import { type Disk, type DiskFile, readWholeFile } from '../io/disk.ts';
import {
  decodeEntry,
  decodeHardState,
  type Entry,
  type HardState,
} from '../proto/generated/raftpb.ts';
import { decodeSnapshot, type Snapshot as WalSnapshot } from '../proto/generated/walpb.ts';
import { RecordType } from './record.ts';
import type { Segment } from './segment.ts';
import { SegmentReader } from './segment-reader.ts';

/** The log says something that cannot be true. Nobody repairs this silently: the operator must know. */
export class WalCorruptError extends Error {
  override readonly name = 'WalCorruptError';
  readonly path: string;
  readonly offset: number;

  constructor(path: string, offset: number, reason: string, options?: ErrorOptions) {
    super(`wal: ${path} at offset ${offset}: ${reason}`, options);
    this.path = path;
    this.offset = offset;
  }
}

export type Position = { readonly index: number; readonly term: number };

export type Replayed = {
  readonly metadata: Uint8Array;
  readonly hardState: HardState;
  /** The entries behind the position, each index once. */
  readonly entries: readonly Entry[];
  /** Snapshot records that count: up to the last commit index. */
  readonly snapshots: readonly WalSnapshot[];
  /** Index of the last entry or snapshot record, wherever it stands in the log. */
  readonly lastIndex: number;
  /** Running CRC and file offset behind the last good record of the last segment. */
  readonly crc: number;
  readonly offset: number;
};

/**
 * The segments needed to read from `index` on: the last one whose name promises nothing later, and
 * all behind it, without a gap.
 */
export function segmentsFrom(dir: string, segments: readonly Segment[], index: number): Segment[] {
  let first = -1;
  segments.forEach((segment, i) => {
    if (segment.firstIndex <= index) first = i;
  });
  if (first === -1) throw new Error(`wal: ${dir} holds no segment for index ${index}`);
  const needed = segments.slice(first);
  needed.forEach((segment, i) => {
    const previous = needed[i - 1];
    if (previous !== undefined && segment.seq !== previous.seq + 1) {
      throw new Error(
        `wal: ${dir} misses the segment between ${previous.name} and ${segment.name}`,
      );
    }
  });
  return needed;
}

/**
 * Reads the segments in order. A torn end of the last one is repaired the way etcd does it: the
 * whole file is copied to `<name>.broken`, then cut behind the last good record. Everything behind
 * a torn record goes with it; a crash between the two steps repeats them. Read-only, the log is
 * read up to there and left as it is.
 */
export async function replaySegments(
  disk: Disk,
  dir: string,
  segments: readonly Segment[],
  from: Position,
  log: Log,
  mode: 'repair' | 'read-only' = 'repair',
): Promise<Replayed> {
  const replay = new Replay(from);
  let crc = 0;
  let offset = 0;
  for (const segment of segments) {
    const path = `${dir}/${segment.name}`;
    const isLast = segment === segments.at(-1);
    const file = await disk.open(path, 'read');
    let torn: string | undefined;
    try {
      const reader = new SegmentReader(file, await file.size(), isLast, crc);
      torn = await readSegment(reader, path, isLast, replay);
      crc = reader.crc;
      offset = reader.offset;
    } finally {
      await file.close();
    }
    if (torn !== undefined && mode === 'repair')
      await repair(disk, dir, segment, offset, torn, log);
  }
  return replay.result(`${dir}/${segments.at(-1)?.name}`, crc, offset);
}

/** Returns why the segment is torn at the reader's offset, or undefined when it ends cleanly. */
async function readSegment(
  reader: SegmentReader,
  path: string,
  isLast: boolean,
  replay: Replay,
): Promise<string | undefined> {
  for (;;) {
    const offset = reader.offset;
    const step = reader.next();
    if (step.kind === 'more') await reader.fill(step.bytes);
    else if (step.kind === 'end') return undefined;
    else if (step.kind === 'corrupt') throw new WalCorruptError(path, offset, step.reason);
    else if (step.kind === 'record') replay.record(step.type, step.data, path, offset);
    else if (isLast) return step.reason;
    else throw new WalCorruptError(path, offset, `${step.reason}, and it is not the last file`);
  }
}

async function repair(
  disk: Disk,
  dir: string,
  segment: Segment,
  offset: number,
  reason: string,
  log: Log,
): Promise<void> {
  const path = `${dir}/${segment.name}`;
  const broken = await disk.open(`${path}.broken`, 'create');
  await writeAndClose(broken, await readWholeFile(disk, path));
  const file = await disk.open(path, 'write');
  try {
    await file.truncate(offset);
    await file.sync();
  } finally {
    await file.close();
  }
  log.warn('repaired the torn end of the WAL', { path, offset, reason, copy: `${path}.broken` });
}

async function writeAndClose(file: DiskFile, bytes: Uint8Array): Promise<void> {
  try {
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What the records read so far add up to. */
class Replay {
  readonly #from: Position;
  readonly #entries: Entry[] = [];
  readonly #snapshots: WalSnapshot[] = [];
  /** The term of the entry at the position itself, as the log has it; undefined: it has none. */
  #termAtFrom: number | undefined;
  #metadata: Uint8Array | undefined;
  #hardState: HardState = { term: 0, vote: 0n, commit: 0 };
  #lastIndex = 0;

  constructor(from: Position) {
    this.#from = from;
  }

  record(type: number, data: Uint8Array, path: string, offset: number): void {
    switch (type) {
      case RecordType.entry:
        this.#entry(decode(decodeEntry, data, path, offset), path, offset);
        break;
      case RecordType.state:
        this.#hardState = decode(decodeHardState, data, path, offset);
        break;
      case RecordType.metadata:
        if (this.#metadata !== undefined && !equalBytes(this.#metadata, data)) {
          throw new WalCorruptError(path, offset, 'metadata differs from the earlier files');
        }
        this.#metadata = Uint8Array.from(data);
        break;
      case RecordType.snapshot:
        this.#snapshot(decode(decodeSnapshot, data, path, offset), path, offset);
        break;
      case RecordType.crc:
        break;
      default:
        throw new WalCorruptError(path, offset, `unexpected record type ${type}`);
    }
  }

  result(path: string, crc: number, offset: number): Replayed {
    if (this.#metadata === undefined) {
      throw new WalCorruptError(path, offset, 'no metadata record: the file lost its header');
    }
    return {
      metadata: this.#metadata,
      hardState: this.#hardState,
      entries: this.#entries,
      snapshots: this.#snapshots.filter((s) => s.index <= this.#hardState.commit),
      lastIndex: this.#lastIndex,
      crc,
      offset,
    };
  }

  /** An entry replaces the one of its index and all behind it: a new leader overwrote them. */
  #entry(entry: Entry, path: string, offset: number): void {
    this.#lastIndex = entry.index;
    if (entry.index <= this.#from.index) {
      this.#termAtFrom = entry.index === this.#from.index ? entry.term : undefined;
      this.#entries.length = 0;
      return;
    }
    const position = entry.index - this.#from.index - 1;
    if (position > this.#entries.length) {
      const expected = this.#from.index + this.#entries.length + 1;
      const reason = `entry ${entry.index} follows a gap: ${expected} was expected`;
      throw new WalCorruptError(path, offset, reason);
    }
    this.#entries.length = position;
    this.#entries.push(entry);
  }

  #snapshot(snapshot: WalSnapshot, path: string, offset: number): void {
    this.#lastIndex = Math.max(this.#lastIndex, snapshot.index);
    this.#snapshots.push(snapshot);
    if (snapshot.index === this.#from.index && snapshot.term !== this.#from.term) {
      const reason = `snapshot ${snapshot.index} has term ${snapshot.term}, not ${this.#from.term}`;
      throw new WalCorruptError(path, offset, reason);
    }
    if (snapshot.index === this.#from.index) this.#dropReplaced(snapshot);
  }

  /**
   * A snapshot of this member's own is of an entry in its log. One from the leader is not, and
   * replaced the whole log: what was read so far are entries that were never committed. Behind the
   * snapshot they would make up a log that no other member has (raft's Log Matching).
   */
  #dropReplaced(snapshot: WalSnapshot): void {
    if (this.#termAtFrom === snapshot.term) return;
    this.#termAtFrom = snapshot.term;
    this.#entries.length = 0;
  }
}

function decode<T>(
  decoder: (b: Uint8Array) => T,
  data: Uint8Array,
  path: string,
  offset: number,
): T {
  try {
    return decoder(data);
  } catch (cause) {
    throw new WalCorruptError(path, offset, 'unreadable record', { cause });
  }
}
