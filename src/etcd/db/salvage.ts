import { importBuckets } from '../apply/state-transfer.ts';
import { type Backend, type Bucket, backendKeyBytesMax, buckets } from '../backend/backend.ts';
import { limits } from '../config/limits.ts';
import { isTombstone, keyValueOf } from '../mvcc/history-record.ts';
import { etcdRevisionKey, historyKeyBytes, mainOf, subOf } from '../mvcc/revision.ts';
import { parseHistoryRecord } from './check-keys.ts';
import { DbRefusal } from './command.ts';
import { printable } from './findings.ts';
import type { LmdbFile, Meta } from './lmdb-file.ts';
import { type Cut, LmdbReads } from './lmdb-reads.ts';

/** Something that a copy does not have. */
export type Loss = {
  readonly table: string;
  readonly page: number | undefined;
  readonly message: string;
};

/** Losses that are described; beyond it they are counted. */
const lossesDescribedMax = 100;
const entriesPerStep = 500;

/** What can be made of the history alone. */
export const derivedTables: readonly Bucket[] = ['index', 'index_long', 'graves', 'lease_keys'];

export type SalvagePlan = {
  /** These stay empty. */
  readonly cleared: readonly Bucket[];
  readonly cut: Cut | undefined;
  /** History is written anew, with the tables that follow from it. */
  readonly rebuilds: boolean;
};

export type Salvaged = {
  readonly losses: readonly Loss[];
  /** Pages and records that could not be read though nobody asked to clear them. */
  readonly unreadable: number;
  /** Entries that a table's root promises and the copy does not have. */
  readonly lostEntries: Readonly<Record<string, number>>;
};

/** Copies what can be read of a state into an empty backend, entry by entry, and makes it durable. */
export async function salvage(
  file: LmdbFile,
  meta: Meta,
  plan: SalvagePlan,
  backend: Backend,
  yieldToLoop: () => Promise<void>,
): Promise<Salvaged> {
  const run = new Salvage(file, meta, plan, backend, yieldToLoop);
  return await run.run();
}

class Salvage {
  readonly #plan: SalvagePlan;
  readonly #backend: Backend;
  readonly #yieldToLoop: () => Promise<void>;
  readonly #reads: LmdbReads;
  readonly #losses: Loss[] = [];
  readonly #lostEntries: Record<string, number> = {};
  /** A page is met again by every look-up that leads to it. */
  readonly #knownPages = new Set<number>();
  #unreadable = 0;

  constructor(
    file: LmdbFile,
    meta: Meta,
    plan: SalvagePlan,
    backend: Backend,
    yieldToLoop: () => Promise<void>,
  ) {
    this.#plan = plan;
    this.#backend = backend;
    this.#yieldToLoop = yieldToLoop;
    this.#reads = new LmdbReads(file, meta, {
      cut: plan.cut,
      onDamage: ({ page, reason, bounds }, table) => {
        if (this.#knownPages.has(page)) return;
        this.#knownPages.add(page);
        if (page !== plan.cut?.page) this.#unreadable += 1;
        const { from, to } = bounds ?? { from: undefined, to: undefined };
        const start = from === undefined ? 'the beginning' : printable(from);
        const end = to === undefined ? 'the end' : printable(to);
        const keys = bounds === undefined ? 'a value' : `keys from ${start} to ${end}`;
        this.#lose({ table, page, message: `${keys}: ${reason}` });
      },
    });
  }

  async run(): Promise<Salvaged> {
    const { cleared, rebuilds } = this.#plan;
    if (this.#losses.length > 0) {
      throw new DbRefusal('the table of tables cannot be read; surgery revert-meta may help');
    }
    for (const name of buckets) {
      if (rebuilds && (name === 'history' || derivedTables.includes(name))) continue;
      if (cleared.includes(name)) this.#clear(name);
      else await this.#copy(name);
    }
    if (rebuilds) await this.#rebuild();
    await this.#backend.checkpoint();
    return {
      losses: this.#losses,
      unreadable: this.#unreadable,
      lostEntries: this.#lostEntries,
    };
  }

  #clear(table: Bucket): void {
    const entries = this.#reads.root(table)?.entries ?? 0;
    this.#lost(table, entries, 0);
    this.#lose({ table, page: undefined, message: `cleared, with ${entries} entries` });
  }

  async #copy(table: Bucket): Promise<void> {
    const entries = this.#reads.range(table, new Uint8Array(0), undefined)[Symbol.iterator]();
    let copied = 0;
    for (let isDone = false; !isDone; await this.#nextStep()) {
      this.#backend.write((txn) => {
        for (let i = 0; i < entriesPerStep; i++) {
          const next = entries.next();
          isDone = next.done === true;
          if (next.done === true) return;
          const [key, value] = next.value;
          if (!this.#isKey(table, key)) continue;
          copied += 1;
          // The backend has written the format itself.
          if (table === 'local') txn.put(table, key, value);
          else txn.append(table, key, value);
        }
      });
    }
    this.#lost(table, this.#reads.root(table)?.entries ?? 0, copied);
  }

  /** Pages are reused only across checkpoints. */
  async #nextStep(): Promise<void> {
    if (this.#backend.growthSinceCheckpointBytes() > limits.checkpointGrowthBytesMax) {
      await this.#backend.checkpoint();
    }
    await this.#yieldToLoop();
  }

  async #rebuild(): Promise<void> {
    let copied = 0;
    const records = this.#records(() => {
      copied += 1;
    });
    const source = { buckets: () => ['key'], entries: () => records };
    await importBuckets(this.#backend, source, this.#yieldToLoop);
    this.#lost('history', this.#reads.root('history')?.entries ?? 0, copied);
  }

  /** The history as etcd has it in its bucket `key`. */
  *#records(copied: () => void): Iterable<readonly [Uint8Array, Uint8Array]> {
    for (const [key, record] of this.#reads.range('history', new Uint8Array(0), undefined)) {
      const problem = recordProblem(key, record);
      if (problem === undefined) {
        copied();
        const revision = etcdRevisionKey(mainOf(key), subOf(key), isTombstone(record));
        yield [revision, keyValueOf(record)];
        continue;
      }
      this.#unreadable += 1;
      const message = `record ${printable(key)}: ${problem}`;
      this.#lose({ table: 'history', page: undefined, message });
    }
  }

  #isKey(table: string, key: Uint8Array): boolean {
    if (key.length > 0 && key.length <= backendKeyBytesMax) return true;
    this.#unreadable += 1;
    this.#lose({ table, page: undefined, message: `a key of ${key.length} bytes` });
    return false;
  }

  #lost(table: string, promised: number, copied: number): void {
    if (promised !== copied) this.#lostEntries[table] = promised - copied;
  }

  #lose(loss: Loss): void {
    if (this.#losses.length < lossesDescribedMax) this.#losses.push(loss);
  }
}

function recordProblem(key: Uint8Array, record: Uint8Array): string | undefined {
  if (key.length !== historyKeyBytes) return `its key has ${key.length} bytes`;
  try {
    const parsed = parseHistoryRecord(record, mainOf(key));
    return typeof parsed === 'string' ? parsed : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
