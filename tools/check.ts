/** `npm run check`: everything a change must pass, each step with its time; output only of failures. */
import { spawn } from 'node:child_process';

type Step = { readonly name: string; readonly command: readonly string[] };

/** The steps of a lane run one after the other, and the lanes beside each other. */
const lanes: readonly (readonly Step[])[] = [
  [
    { name: 'format', command: ['biome', 'check'] },
    { name: 'unused', command: ['knip', '--no-progress'] },
    { name: 'generated', command: ['node', 'tools/gen.ts', '--check'] },
    { name: 'lint', command: ['oxlint'] },
    { name: 'types', command: ['tsc', '-p', '.'] },
  ],
  [{ name: 'unit tests', command: ['node', 'tools/unit.ts'] }],
];

const failed: string[] = [];
await Promise.all(
  lanes.map(async (steps) => {
    for (const step of steps) await check(step);
  }),
);
if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function check({ name, command }: Step): Promise<void> {
  const startMs = performance.now();
  const { code, output } = await run(command);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (code === 0) {
    printSummary(output);
    return;
  }
  failed.push(name);
  console.log(output);
}

/** Programs are found in node_modules/.bin first, as in an npm script. */
function run(command: readonly string[]): Promise<{ code: number; output: string }> {
  const path = `node_modules/.bin:${process.env['PATH'] ?? ''}`;
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() });
    });
  });
}

/** The counts go to the log also when all is well: continuous integration adds them up. */
function printSummary(output: string): void {
  for (const line of output.split('\n')) {
    if (/^. (tests|pass|fail|skipped) \d+$/u.test(line)) console.log(line);
  }
}
