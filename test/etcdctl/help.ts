/** Every command and flag of etcdctl, as its own help text names them. */
import { execFileSync } from 'node:child_process';
import { peerProgram } from '../support/peers.ts';

export type HelpCommand = {
  /** `lease grant`; empty for the flags of all commands. */
  readonly name: string;
  readonly flags: readonly string[];
  readonly shorthands: ReadonlyMap<string, string>;
};

/** The commands that do something, each with its flags. */
export function commandsInHelp(): HelpCommand[] {
  return commandsBelow([]);
}

/** The options that every command takes. */
export function globalFlagsInHelp(): HelpCommand {
  return { name: '', ...flagsIn(help(['options'])) };
}

/** `simple`, `json` and so on. */
export function outputFormsInHelp(): string[] {
  const line = /--write-out .*\(([a-z, ]+)\)/.exec(help(['options']));
  return line?.[1]?.split(', ') ?? [];
}

function commandsBelow(path: readonly string[], inherited: readonly string[] = []): HelpCommand[] {
  const text = help([...path, '--help']);
  const { flags, shorthands } = flagsIn(text);
  const below = subcommandsIn(text);
  // Those of a command that only groups others belong to them.
  const all = [...new Set([...inherited, ...flags])];
  if (below.length === 0) return [{ name: path.join(' '), flags: all, shorthands }];
  return below.flatMap((name) => commandsBelow([...path, name], all));
}

function help(args: readonly string[]): string {
  return execFileSync(peerProgram('etcdctl'), args, { encoding: 'utf8' });
}

/** The indented names below a title that ends in "commands" or "Available Commands:". */
function subcommandsIn(text: string): string[] {
  const names: string[] = [];
  let isList = false;
  for (const line of text.split('\n')) {
    if (/^[A-Z].*commands$|^Available Commands:$/.test(line)) isList = true;
    else if (!line.startsWith('  ')) isList = false;
    else if (isList) names.push(/^ {2}(\S+)/.exec(line)?.[1] ?? '');
  }
  return names.filter((name) => name !== '');
}

function flagsIn(text: string): Pick<HelpCommand, 'flags' | 'shorthands'> {
  const found = [...text.matchAll(/^ +(?:-(\w), )?--([a-z-]+)\b.*$/gm)];
  const shorthands = new Map(found.map(([, short = '', long = '']) => [short, long]));
  shorthands.delete('');
  return { flags: found.map(([, , long = '']) => long), shorthands };
}
