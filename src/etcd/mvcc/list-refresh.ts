import { compareBytes } from '../../base/bytes.ts';
import { entriesIn } from './entry-fields.ts';
import { type EntryChange, type EntryRun, entryOf, RunBuilder } from './entry-run.ts';
import { keyOnlyKeyValue } from './key-value.ts';
import type { EntryForm, ListBlock } from './list-block.ts';
import { liveKeyValue } from './live-version.ts';
import type { ReadPoint } from './read-point.ts';

/** Reads the keys of a block that changed since its entries were made. */
export function refresh(point: ReadPoint, block: ListBlock, revision: number): void {
  const form: EntryForm = block.full === undefined ? 'keys' : 'full';
  const changes: EntryChange[] = [];
  for (const key of block.changed.sort(compareBytes)) {
    const record = point.index.get(point.txn, key);
    const keyValue = record && liveKeyValue(point.txn, key, record, revision, form);
    changes.push({ key, entry: keyValue && entryOf(keyValue) });
  }
  point.lists?.cache.change(block, () => {
    const run = (block[form] as EntryRun).with(changes);
    block.dropEntries();
    block[form] = run;
  });
}

const builder = new RunBuilder();

/** The entries of a block that has them, after a refresh. */
export function runOf(point: ReadPoint, block: ListBlock, form: EntryForm): EntryRun {
  const run = block[form];
  if (run !== undefined) return run;
  const made = keysOf(block.full as EntryRun);
  point.lists?.cache.change(block, () => {
    block.keys = made;
  });
  return made;
}

function keysOf(full: EntryRun): EntryRun {
  builder.reset();
  for (const entry of entriesIn([full.bytes])) {
    const key = entry.bytes.subarray(entry.keyStart, entry.keyEnd);
    const { createRevision, modRevision, version } = entry;
    builder.add(keyOnlyKeyValue(key, createRevision, modRevision, version));
  }
  return builder.take();
}
