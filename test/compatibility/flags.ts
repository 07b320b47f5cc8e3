import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseServerCommand } from '../../src/etcd/config/server-command.ts';
import { peerProgram } from '../support/peers.ts';

export type CommandLine = {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The text of the configuration file, in place of flags. */
  readonly file?: string;
};

/** What a server says to a command line before it does anything. */
export type Verdict = {
  readonly exitCode: number;
  /** Empty when the command line is taken. */
  readonly message: string;
};

const fileName = 'config.yaml';
const accepted: Verdict = { exitCode: 0, message: '' };

/**
 * etcd's verdict. Its data directories, by every name that rows use, hold what stops etcd with
 * these words when the flags are right and before it listens anywhere.
 */
const stopWords = 'invalid datadir; both member and proxy directories exist';

export function prepareFolder(folder: string, names: readonly string[]): void {
  for (const name of names) {
    for (const part of ['member', 'proxy']) {
      mkdirSync(join(folder, `${name}.etcd`, part), { recursive: true });
    }
  }
}

export function verdictOfEtcd(folder: string, line: CommandLine): Promise<Verdict> {
  const env = { PATH: process.env['PATH'] ?? '', ...line.env };
  return new Promise((resolve) => {
    const options = { cwd: folder, env, timeout: 10_000, killSignal: 'SIGKILL' } as const;
    execFile(peerProgram('etcd'), argumentsOf(folder, line), options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      if (stderr.includes(stopWords)) return resolve(accepted);
      resolve({ exitCode, message: exitCode === 0 ? '' : messageIn(stderr || stdout) });
    });
  });
}

export function verdictOfOurs(folder: string, line: CommandLine): Verdict {
  const command = parseServerCommand(argumentsOf(folder, line), line.env ?? {}, (path) => {
    if (line.file !== undefined && path === fileName) return line.file;
    throw Object.assign(new Error(`cannot read ${path}`), { code: 'ENOENT' });
  });
  if (command.kind !== 'refused') return accepted;
  const [message = ''] = command.message.split(/\n(?:Usage:|Run with)/);
  return { exitCode: command.exitCode, message };
}

function argumentsOf(folder: string, { argv, file }: CommandLine): string[] {
  if (file === undefined) return [...argv];
  writeFileSync(join(folder, fileName), file);
  return [`--config-file=${fileName}`, ...argv];
}

/** Errors of flags stand alone before the usage, all others in the last line of the log. */
function messageIn(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '');
  const logged = lines.findLast((line) => line.startsWith('{'));
  const plain = lines.find((line) => !line.startsWith('{'));
  if (plain !== undefined) return plain.replace(/^panic: /, '');
  const fields = JSON.parse(logged ?? '{}') as Readonly<Record<string, string>>;
  const variable = fields['environment-variable'];
  if (variable !== undefined) return `${fields['msg']}: ${variable}`;
  return fields['error'] ?? fields['msg'] ?? '';
}
