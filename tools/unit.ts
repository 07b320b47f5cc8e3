/**
 * `npm run unit`: the tests beside the code, each file in a process of its own.
 *
 * Most files are done in less time than Node needs to compile what they import, and they import
 * much the same: compiled code is kept between processes and runs. Node takes one file less at a
 * time than there are processors; we take one more, because some files wait for the disk.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

const child = spawn(
  process.execPath,
  [
    '--test',
    `--test-concurrency=${availableParallelism() + 1}`,
    ...process.argv.slice(2),
    '{src,tools,test/support}/**/*.test.ts',
  ],
  {
    env: { NODE_COMPILE_CACHE: resolve('.cache/compiled'), ...process.env },
    stdio: 'inherit',
  },
);
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
