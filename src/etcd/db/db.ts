import { type Log, type LogFields, silentLog } from '../../base/log.ts';
import { parseDbArguments } from './arguments.ts';
import { checkCommand } from './check.ts';
import { type DbCommand, DbRefusal, ExitCode } from './command.ts';
import { defragCommand } from './defrag.ts';
import { exportCommand } from './export.ts';
import { hashCommand } from './hash.ts';
import { importCommand } from './import.ts';
import { formatResult, outputFormats } from './output.ts';
import { restoreCommand } from './restore.ts';
import { statusCommand } from './status.ts';
import { surgeryCommands } from './surgery.ts';

/** In the order of the help text. */
const commands: readonly DbCommand[] = [
  statusCommand,
  hashCommand,
  exportCommand,
  restoreCommand,
  importCommand,
  defragCommand,
  checkCommand,
  ...surgeryCommands,
];

export type DbStreams = {
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown };
};

/** `etcd-ts db COMMAND`: work on data that no member uses at the time. Returns the exit code. */
export async function runDb(argv: readonly string[], streams: DbStreams): Promise<number> {
  const { name, rest } = commandName(argv);
  if (name === undefined || isHelp(name)) {
    (name === undefined ? streams.err : streams.out).write(usage(commands));
    return name === undefined ? ExitCode.badArguments : 0;
  }
  const command = commands.find((known) => known.name === name);
  const family = commands.filter((known) => known.name.startsWith(`${name} `));
  if (family.length > 0 && isHelp(rest[0])) {
    streams.out.write(usage(family));
    return 0;
  }
  if (command === undefined) {
    const [wrong, parent] =
      family.length > 0 ? [rest[0] ?? '', `etcd-ts db ${name}`] : [name, 'etcd-ts db'];
    const known = family.length > 0 ? family : commands;
    streams.err.write(`Error: unknown command "${wrong}" for "${parent}"\n\n${usage(known)}`);
    return ExitCode.failed;
  }
  try {
    return await runCommand(command, rest, streams);
  } catch (error) {
    streams.err.write(`Error: ${wordsOf(error)}\n`);
    return error instanceof DbRefusal ? error.exitCode : ExitCode.failed;
  }
}

/** Some names have two words. */
function commandName(argv: readonly string[]): {
  name: string | undefined;
  rest: readonly string[];
} {
  const [first, second] = argv;
  const both = `${first} ${second}`;
  if (commands.some(({ name }) => name === both)) return { name: both, rest: argv.slice(2) };
  return { name: first, rest: argv.slice(1) };
}

async function runCommand(
  command: DbCommand,
  argv: readonly string[],
  { out, err }: DbStreams,
): Promise<number> {
  const parsed = parseDbArguments(command, argv);
  if (parsed.kind === 'help') {
    out.write(commandUsage(command));
    return 0;
  }
  const { operands, flags, format } = parsed;
  await command.run({
    operands,
    flags,
    printResult: (result) => out.write(`${formatResult(result, format)}\n`),
    log: warningsTo(err),
  });
  return 0;
}

/** What a member would log as a warning: damage that was passed over, a log that ends torn. */
function warningsTo(err: DbStreams['err']): Log {
  const warn = (message: string, fields: LogFields = {}): void => {
    err.write(`Warning: ${message} ${JSON.stringify(fields)}\n`);
  };
  const log: Log = { ...silentLog, warn, error: warn, child: () => log };
  return log;
}

function isHelp(argument: string | undefined): boolean {
  return argument === 'help' || argument === '--help' || argument === '-h';
}

function usage(shown: readonly DbCommand[]): string {
  const lines = shown.map(({ name, operands, summary }) => {
    return `  ${`${name} ${operands}`.padEnd(36)} ${summary}`;
  });
  return [
    'usage: etcd-ts db <command> [flags]',
    '',
    ...lines,
    '',
    `  -w, --write-out FORMAT   ${outputFormats.join(', ')} (default simple)`,
    '  -h, --help               help for a command',
    '',
  ].join('\n');
}

function commandUsage({ name, operands, summary, flags }: DbCommand): string {
  const shown = [
    ...flags.map((flag) => {
      const value = flag.kind === 'bool' ? '' : flag.kind === 'count' ? ' N' : ' TEXT';
      const byDefault =
        flag.defaultText === '' || flag.kind === 'bool' ? '' : ` (default ${flag.defaultText})`;
      return [`--${flag.name}${value}`, flag.summary + byDefault];
    }),
    ['-w, --write-out FORMAT', `${outputFormats.join(', ')} (default simple)`],
  ];
  const width = Math.max(...shown.map(([left = '']) => left.length));
  const lines = shown.map(([left = '', right]) => `  ${left.padEnd(width)}  ${right}`);
  return `usage: etcd-ts db ${name} ${operands} [flags]\n\n${summary}\n\n${lines.join('\n')}\n`;
}

/** An error with its causes: the last one often says where. */
function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let at = error; at instanceof Error && words.length < 8; at = at.cause) {
    words.push(at.message);
  }
  return words.join(': ');
}
