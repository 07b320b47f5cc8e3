import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { equalBytes } from '../../base/bytes.ts';
import { limits } from '../config/limits.ts';
import type { Disk } from '../io/disk.ts';

/**
 * A snapshot as `etcdctl snapshot save` writes it, and as the Snapshot RPC streams it:
 *
 *     | bbolt file, a multiple of 4096 bytes | SHA-256 of it, 32 bytes |
 *
 * A file whose size is 32 more than a multiple of 512 has the trailer; a bare database has not.
 */
export const TRAILER_BYTES = 32;
const SECTOR_BYTES = 512;

export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The pieces of a database, then the trailer. */
export async function* withTrailer(pieces: Pieces): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
  yield hash.digest();
}

/**
 * Writes pieces to a file that has its name only when it is whole and durable. A crash leaves at
 * most `<path>.part`. `syncing` is called before the sync; what it returns, after it.
 */
export async function writePieces(
  disk: Disk,
  path: string,
  pieces: Pieces,
  syncing: () => () => void = () => () => {},
): Promise<number> {
  const temporary = `${path}.part`;
  // Never through a link or into a file that somebody else put there, with its permissions.
  await disk.remove(temporary);
  const file = await disk.open(temporary, 'create');
  let size = 0;
  try {
    for await (const piece of pieces) {
      await file.write(piece, size);
      size += piece.length;
    }
    const synced = syncing();
    await file.sync();
    synced();
    await file.close();
  } catch (error) {
    // The sender died, or the disk is full: half a database serves nobody.
    await file.close();
    await disk.remove(temporary);
    throw error;
  }
  try {
    await disk.rename(temporary, path);
  } catch (error) {
    await disk.remove(temporary);
    throw error;
  }
  await disk.syncDir(dirname(path));
  return size;
}

export type SnapshotCheck =
  | { readonly kind: 'right'; readonly databaseBytes: number }
  | { readonly kind: 'no-trailer'; readonly databaseBytes: number }
  | { readonly kind: 'wrong'; readonly expected: string; readonly found: string };

/** Compares the trailer of a snapshot file with its contents. */
export async function checkTrailer(disk: Disk, path: string): Promise<SnapshotCheck> {
  const file = await disk.open(path, 'read');
  try {
    const size = await file.size();
    if (size % SECTOR_BYTES !== TRAILER_BYTES) return { kind: 'no-trailer', databaseBytes: size };
    const databaseBytes = size - TRAILER_BYTES;
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(limits.bboltChunkBytes);
    for (let at = 0; at < databaseBytes; at += buffer.length) {
      const part = buffer.subarray(0, Math.min(buffer.length, databaseBytes - at));
      hash.update(part.subarray(0, await file.read(part, at)));
    }
    const found = hash.digest();
    const expected = Buffer.alloc(TRAILER_BYTES);
    await file.read(expected, databaseBytes);
    if (equalBytes(expected, found)) return { kind: 'right', databaseBytes };
    return { kind: 'wrong', expected: expected.toString('hex'), found: found.toString('hex') };
  } finally {
    await file.close();
  }
}
