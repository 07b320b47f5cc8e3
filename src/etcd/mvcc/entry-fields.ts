import { VarintReader } from './varint.ts';

/** What sorting and filtering look at in one entry of a list (entry-run.ts). */
export type EntryFields = {
  /** The entry is `bytes` from `start` to `end`; its message starts at `message`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly message: number;
  readonly end: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  createRevision: number;
  modRevision: number;
  version: number;
  valueStart: number;
  valueEnd: number;
};

const reader = new VarintReader();

/** The entries in encoded pieces, in their order. */
export function entriesIn(pieces: readonly Uint8Array[]): EntryFields[] {
  const found: EntryFields[] = [];
  for (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    for (let at = 0; at < bytes.length; ) {
      const entry = entryAt(bytes, at);
      found.push(entry);
      at = entry.end;
    }
  }
  return found;
}

function entryAt(bytes: Buffer, start: number): EntryFields {
  reader.start(bytes, start + 1);
  const length = reader.next();
  const message = reader.at;
  const end = message + length;
  reader.at++;
  const keyBytes = reader.next();
  const keyStart = reader.at;
  const keyEnd = keyStart + keyBytes;
  const fields: EntryFields = {
    bytes,
    start,
    message,
    end,
    keyStart,
    keyEnd,
    createRevision: 0,
    modRevision: 0,
    version: 0,
    valueStart: end,
    valueEnd: end,
  };
  reader.at = keyEnd;
  readRest(bytes, fields);
  return fields;
}

/** Fields ascend; behind the value only the lease may come, which nobody sorts by. */
function readRest(bytes: Buffer, fields: EntryFields): void {
  while (reader.at < fields.end) {
    switch (bytes[reader.at++]) {
      case 0x10:
        fields.createRevision = reader.next();
        break;
      case 0x18:
        fields.modRevision = reader.next();
        break;
      case 0x20:
        fields.version = reader.next();
        break;
      case 0x2a: {
        const length = reader.next();
        fields.valueStart = reader.at;
        fields.valueEnd = reader.at + length;
        return;
      }
      default:
        return;
    }
  }
}
