import type { Disk, DiskFile } from '../io/disk.ts';

/**
 * A segment's name says its place in the sequence and the first entry index it may hold:
 * `<seq>-<first index>.wal`, both as 16 hexadecimal digits.
 */
export type Segment = { readonly name: string; readonly seq: number; readonly firstIndex: number };

const namePattern = /^([0-9a-f]{16})-([0-9a-f]{16})\.wal$/;

export function segmentOf(seq: number, firstIndex: number): Segment {
  return { name: `${hex16(seq)}-${hex16(firstIndex)}.wal`, seq, firstIndex };
}

/** The segments among the names of a folder, in sequence. Other names are no concern of ours. */
export function segmentsAmong(names: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  for (const name of names) {
    const match = namePattern.exec(name);
    if (match === null) continue;
    const [seq, firstIndex] = [Number(`0x${match[1]}`), Number(`0x${match[2]}`)];
    segments.push({ name, seq, firstIndex });
  }
  return segments.sort((a, b) => a.seq - b.seq);
}

/** A file that its writer had not finished: made by a cut or a replacement that a crash ended. */
export function isTemporary(name: string): boolean {
  return name.endsWith('.tmp');
}

/**
 * Fills [from, to) with zeros that are really on the disk. A sync of bytes written over existing
 * ones changes no metadata and costs about a tenth of a sync of a file that grows, and space that
 * was never allocated could be missing when an append needs it. Node has no fallocate, and space
 * so reserved would still be marked unwritten. Small synced steps: an append to another file must
 * not queue behind tens of megabytes.
 */
export async function fillWithZeros(
  file: DiskFile,
  from: number,
  to: number,
  stepBytes: number,
  signal?: AbortSignal,
): Promise<void> {
  const zeros = Buffer.alloc(Math.min(stepBytes, Math.max(0, to - from)));
  for (let at = from; at < to; at += stepBytes) {
    signal?.throwIfAborted();
    await file.writeDurably(zeros.subarray(0, Math.min(stepBytes, to - at)), at);
  }
}

/**
 * Wipes what stands behind the last good record: remains of a write that never became valid would
 * otherwise show through between later records. Writes only where something stands, so a clean
 * preallocated tail costs one read and no write.
 */
export async function wipeTail(
  file: DiskFile,
  from: number,
  fileBytes: number,
  stepBytes: number,
): Promise<void> {
  const zeros = Buffer.alloc(stepBytes);
  const bytes = Buffer.alloc(stepBytes);
  let wiped = false;
  for (let at = from; at < fileBytes; at += stepBytes) {
    const part = bytes.subarray(0, Math.min(stepBytes, fileBytes - at));
    await file.read(part, at);
    const clean = zeros.subarray(0, part.length);
    if (part.equals(clean)) continue;
    await file.write(clean, at);
    wiped = true;
  }
  if (wiped) await file.sync();
}

/**
 * Makes the next segment ready beside the log, under `0.tmp` or `1.tmp`, while the current one is
 * still being filled: a cut then costs one small write and a rename.
 */
export class SegmentPipeline {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #segmentBytes: number;
  readonly #stepBytes: number;
  readonly #stop = new AbortController();
  #next: Promise<PreparedSegment> | undefined;

  constructor(disk: Disk, dir: string, segmentBytes: number, stepBytes: number) {
    this.#disk = disk;
    this.#dir = dir;
    this.#segmentBytes = segmentBytes;
    this.#stepBytes = stepBytes;
  }

  /** Starts making the file for `seq` unless it is under way. A failure is reported by `take`. */
  prepare(seq: number): void {
    if (this.#next !== undefined) return;
    this.#next = this.#make(seq);
    this.#next.catch(() => {});
  }

  async take(seq: number): Promise<PreparedSegment> {
    this.prepare(seq);
    const next = this.#next as Promise<PreparedSegment>;
    this.#next = undefined;
    return await next;
  }

  /** Ends the work under way and removes its file; what cannot be removed is removed by the next open. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the log is closing'));
    const next = this.#next;
    if (next === undefined) return;
    try {
      const prepared = await next;
      await prepared.file.close();
      await this.#disk.remove(prepared.path);
    } catch {
      // Ended by the abort above, or failed where nothing depends on it any more.
    }
  }

  async #make(seq: number): Promise<PreparedSegment> {
    const path = `${this.#dir}/${seq % 2}.tmp`;
    const file = await this.#disk.open(path, 'create');
    try {
      await fillWithZeros(file, 0, this.#segmentBytes, this.#stepBytes, this.#stop.signal);
    } catch (error) {
      await file.close();
      await this.#disk.remove(path);
      throw error;
    }
    return { file, path };
  }
}

export type PreparedSegment = { readonly file: DiskFile; readonly path: string };

function hex16(value: number): string {
  return value.toString(16).padStart(16, '0');
}
