import { crc32c } from '@node-rs/crc32';
import { type Disk, readWholeFile, replaceFile } from '../io/disk.ts';

/*
 * What brings an lmdb file back after a power loss (docs/adr/0003-durability.md).
 *
 *   magic "etcdtsCP" | format u32 | page size u32 | boot id: length u8, ASCII padded to 63
 *   | meta page 0 | meta page 1 | CRC-32C of everything before, u32          (little endian)
 *
 * A page size of 0 (and no pages) says: no checkpoint yet, whatever the lmdb file holds is worth
 * nothing after a power loss. The file is only ever replaced whole: written under another name,
 * synced, renamed, folder synced.
 */
const magic = Buffer.from('etcdtsCP', 'latin1');
const formatVersion = 1;
const headerBytes = 8 + 4 + 4 + 64;
const bootIdBytesMax = 63;

export type Checkpoint = {
  /** The kernel's boot id when it was written: the same id later means the page cache survived. */
  readonly bootId: string;
  /** lmdb's two meta pages; undefined before the first checkpoint. */
  readonly metaPages: Uint8Array | undefined;
};

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const pages = checkpoint.metaPages;
  const pagesBytes = pages?.length ?? 0;
  const bootId = Buffer.from(checkpoint.bootId, 'latin1').subarray(0, bootIdBytesMax);
  const bytes = Buffer.alloc(headerBytes + pagesBytes + 4);
  magic.copy(bytes);
  bytes.writeUInt32LE(formatVersion, 8);
  bytes.writeUInt32LE(pagesBytes / 2, 12);
  bytes.writeUInt8(bootId.length, 16);
  bootId.copy(bytes, 17);
  if (pages !== undefined) bytes.set(pages, headerBytes);
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, bytes.length - 4)), bytes.length - 4);
  return bytes;
}

/** Throws when the bytes are not a whole checkpoint. */
export function decodeCheckpoint(input: Uint8Array): Checkpoint {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.length);
  if (bytes.length < headerBytes + 4 || !bytes.subarray(0, 8).equals(magic)) {
    throw new Error('not a checkpoint file');
  }
  const format = bytes.readUInt32LE(8);
  if (format !== formatVersion) throw new Error(`checkpoint format ${format} is not known`);
  const pagesBytes = 2 * bytes.readUInt32LE(12);
  if (bytes.length !== headerBytes + pagesBytes + 4) {
    throw new Error(`checkpoint has ${bytes.length} bytes, not ${headerBytes + pagesBytes + 4}`);
  }
  if (crc32c(bytes.subarray(0, bytes.length - 4)) !== bytes.readUInt32LE(bytes.length - 4)) {
    throw new Error('checkpoint checksum mismatch');
  }
  const bootIdBytes = Math.min(bytes.readUInt8(16), bootIdBytesMax);
  return {
    bootId: bytes.toString('latin1', 17, 17 + bootIdBytes),
    metaPages: pagesBytes === 0 ? undefined : bytes.subarray(headerBytes, headerBytes + pagesBytes),
  };
}

/** undefined when there is no such file; throws when it is damaged. */
export async function readCheckpoint(disk: Disk, path: string): Promise<Checkpoint | undefined> {
  if (!(await disk.exists(path))) return undefined;
  try {
    return decodeCheckpoint(await readWholeFile(disk, path));
  } catch (cause) {
    throw new Error(`cannot read ${path}`, { cause });
  }
}

/** After a crash anywhere in here the file holds either the old or the new checkpoint. */
export async function writeCheckpoint(
  disk: Disk,
  dir: string,
  name: string,
  checkpoint: Checkpoint,
): Promise<void> {
  await replaceFile(disk, dir, name, encodeCheckpoint(checkpoint));
}
