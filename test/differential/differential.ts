/**
 * `make differential`: OPS operations (100000) of the programs of SEED on Go etcd and on etcd-ts.
 * PROGRAM=GROUP.NTH repeats one of them, with the ones before it on the same servers if it does not
 * differ alone; PROGRAM=FILE runs one that was shrunk and written down.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Campaign, runAlone } from './campaign.ts';
import { generate, settingOf } from './generate.ts';
import { fromText } from './operation.ts';
import { describe, reportOf } from './report.ts';
import { seed } from './twins.ts';

const env = process.env;
// What is compared does not depend on a disk, so nobody should wait for one.
if (existsSync('/dev/shm')) env['TMPDIR'] ??= '/dev/shm';
// Each running member listens for the end of this process.
process.setMaxListeners(200);
const operations = Number(env['OPS'] ?? 100_000);
const pairs = Number(env['PAIRS'] ?? 3);
const findingsMax = Number(env['FINDINGS'] ?? 10);
const budget = { tries: Number(env['TRIES'] ?? 300), milliseconds: 120_000 };
const progressMs = 5_000;

const program = env['PROGRAM'] ?? '';
if (program === '') await runMany(0, operations);
else if (/^\d+\.\d+$/.test(program)) await repeat(program);
else await runFile(program);
process.exit(process.exitCode ?? 0);

async function runMany(firstGroup: number, count: number): Promise<void> {
  const startMs = performance.now();
  let printedMs = startMs;
  const rate = (done: number): string => {
    const seconds = (performance.now() - startMs) / 1_000;
    return `${done} operations, ${Math.round(done / seconds)} per second, seed ${seed}`;
  };
  const campaign = new Campaign(
    {
      seed,
      operations: count,
      pairs: count < operations ? 1 : pairs,
      findingsMax,
      budget,
      onProgress: (done) => {
        if (performance.now() - printedMs < progressMs) return;
        printedMs = performance.now();
        console.log(`${rate(done)}, ${campaign.findings.length} differences`);
      },
      onFinding: (finding) => console.log(reportOf(seed, finding)),
    },
    firstGroup,
  );
  console.log(`seed ${seed}, ${count} operations on ${pairs} pairs of servers`);
  await campaign.run();
  console.log(`${rate(campaign.operations)}, ${campaign.findings.length} differences`);
  if (campaign.findings.length > 0) process.exitCode = 1;
}

async function repeat(name: string): Promise<void> {
  const [group = 0, nth = 0] = name.split('.').map(Number);
  const setting = settingOf(group);
  const alone = generate(seed, group, nth);
  const result = await runAlone(setting, alone, budget);
  if (result === 'equal') {
    console.log(`program ${name} alone: no difference; now with the ones before it`);
    await runMany(group, 80 * setting.programsPerPair);
    return;
  }
  print(result);
}

async function runFile(path: string): Promise<void> {
  const setting = settingOf(Number(env['GROUP'] ?? 0));
  const result = await runAlone(setting, fromText(readFileSync(path, 'utf8')), budget);
  if (result === 'equal') console.log('no difference');
  else print(result);
}

function print(result: Exclude<Awaited<ReturnType<typeof runAlone>>, 'equal'>): void {
  process.exitCode = 1;
  if (result === undefined) return;
  console.log(describe(result.program).join('\n'));
  console.log(result.difference.what);
}
