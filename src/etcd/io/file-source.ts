import fs from 'node:fs';

/** Bytes at positions, read at once: for tools and restores that walk a file page by page. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Fills `into` whole; the caller stays inside `sizeBytes`. */
  read(into: Uint8Array, position: number): void;
  close(): void;
}

export function openFileSource(path: string): ByteSource {
  const fd = fs.openSync(path, 'r');
  return {
    sizeBytes: fs.fstatSync(fd).size,
    read: (into, position) => {
      let done = 0;
      while (done < into.length) {
        const count = fs.readSync(fd, into, done, into.length - done, position + done);
        if (count === 0) throw new Error(`${path} ends before byte ${position + into.length}`);
        done += count;
      }
    },
    close: () => fs.closeSync(fd),
  };
}

export function byteSourceOf(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (into, position) => into.set(bytes.subarray(position, position + into.length)),
    close: () => {},
  };
}
