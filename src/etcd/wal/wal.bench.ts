/**
 * What the log costs: `node src/etcd/wal/wal.bench.ts [folder]`. The encoder is CPU alone; appends
 * go to a real disk, so compare their figures only with others of the same machine and minute.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../base/log.ts';
import { nodeDisk } from '../io/node-disk.ts';
import { RecordEncoder } from './record.ts';
import { Wal } from './wal.ts';

const dir = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'wal-bench-'));
const data = Buffer.alloc(256, 65);
let index = 0;

function batch(size: number): { type: number; term: number; index: number; data: Uint8Array }[] {
  return Array.from({ length: size }, () => ({ type: 0, term: 1, index: ++index, data }));
}

function report(name: string, milliseconds: number[]): void {
  const sorted = milliseconds.sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(3);
  process.stdout.write(`${name}: median ${at(0.5)} ms, p99 ${at(0.99)} ms\n`);
}

const encoder = new RecordEncoder(0);
const thousand = batch(1000);
const encoding = Array.from({ length: 500 }, () => {
  const started = performance.now();
  for (const entry of thousand) encoder.entry(entry);
  encoder.clear();
  return performance.now() - started;
});
report('encode 1000 entries of 256 bytes', encoding);

index = 0;
const wal = await Wal.create(join(dir, 'wal'), new Uint8Array([8, 1]), nodeDisk);
for (const size of [1, 100, 1000]) {
  const appends: number[] = [];
  for (let round = 0; round < 300; round += 1) {
    const entries = batch(size);
    const started = performance.now();
    await wal.append(entries, undefined, true);
    appends.push(performance.now() - started);
  }
  report(`append and sync ${size}`, appends);
}
await wal.close();

const started = performance.now();
const opened = await Wal.open(join(dir, 'wal'), { index: 0, term: 0 }, nodeDisk, silentLog);
report(`open and read ${opened.entries.length} entries`, [performance.now() - started]);
await opened.wal.close();
rmSync(dir, { recursive: true });
