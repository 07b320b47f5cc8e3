const noBytes = Buffer.alloc(0);

/**
 * Where a value stands within larger bytes: read there it costs neither a copy nor a view, which
 * would be a good part of a small read. One object serves many reads.
 */
export class ValuePlace {
  bytes: Buffer = noBytes;
  start = 0;
  end = 0;
  #isOwned = false;

  /** Within bytes that others have too. */
  at(bytes: Buffer, start: number, end: number): true {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.#isOwned = false;
    return true;
  }

  /** Alone, and nobody else has it. False: there is none. */
  owned(value: Uint8Array | undefined): boolean {
    if (value === undefined) return false;
    this.at(asBuffer(value), 0, value.length);
    this.#isOwned = true;
    return true;
  }

  /** Leaves out so many bytes at its beginning. */
  skip(bytes: number): void {
    this.start += bytes;
    this.#isOwned = false;
  }

  /** The value for who keeps it. */
  taken(): Buffer {
    if (this.#isOwned) return this.bytes;
    const copy = Buffer.allocUnsafe(this.end - this.start);
    this.bytes.copy(copy, 0, this.start, this.end);
    return copy;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  if (bytes instanceof Buffer) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
