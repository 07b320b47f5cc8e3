import { parseGoBool, parseGoInteger, uint64Range } from '../config/go-values.ts';
import { type DbCommand, type DbFlagValues, DbRefusal, ExitCode } from './command.ts';
import { type OutputFormat, outputFormats } from './output.ts';

export type DbArguments =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'call';
      readonly operands: readonly string[];
      readonly flags: DbFlagValues;
      readonly format: OutputFormat;
    };

/**
 * A command's flags and operands in any order, as etcdutl takes them: `--name=x`, `--name x`,
 * `-w x`, `-wx`; `--` ends the flags. Refusals are in etcdutl's words.
 */
export function parseDbArguments(command: DbCommand, argv: readonly string[]): DbArguments {
  const reader = new ArgumentReader(command);
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] as string;
    if (argument === '-h' || argument === '--help') return { kind: 'help' };
    if (argument === '--') {
      reader.operands.push(...argv.slice(at + 1));
      break;
    }
    if (!argument.startsWith('-') || argument === '-') reader.operands.push(argument);
    else at += reader.flag(argument, argv[at + 1]);
  }
  const { operands, format } = reader;
  if (operands.length !== command.operandCount) {
    const { operandCount: count, name } = command;
    const many = count === 1 ? 'exactly one argument' : `exactly ${count} arguments`;
    throw new DbRefusal(`${name} requires ${many}`, { exitCode: ExitCode.badArguments });
  }
  return { kind: 'call', operands, flags: reader, format };
}

class ArgumentReader implements DbFlagValues {
  readonly operands: string[] = [];
  readonly #command: DbCommand;
  readonly #texts = new Map<string, string>();
  format: OutputFormat = 'simple';

  constructor(command: DbCommand) {
    this.#command = command;
    for (const { name, defaultText } of command.flags) this.#texts.set(name, defaultText);
  }

  text(name: string): string {
    const text = this.#texts.get(name);
    if (text === undefined) throw new Error(`${this.#command.name} has no flag ${name}`);
    return text;
  }

  isOn(name: string): boolean {
    const value = parseGoBool(this.text(name));
    return value.ok && value.value;
  }

  count(name: string): number {
    const value = parseGoInteger(this.text(name), uint64Range);
    return value.ok ? value.value : 0;
  }

  /** Returns how many further arguments belong to the flag. */
  flag(argument: string, next: string | undefined): 0 | 1 {
    const long = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
    const short = /^-(w)=?(.*)$/s.exec(argument);
    const name = long?.[1] ?? (short === null ? undefined : 'write-out');
    if (name === undefined) throw new DbRefusal(`unknown shorthand flag: ${argument}`);
    const flag = this.#command.flags.find((known) => known.name === name);
    if (flag === undefined && name !== 'write-out') throw new DbRefusal(`unknown flag: --${name}`);
    let text = long?.[2] ?? (short?.[2] === '' ? undefined : short?.[2]);
    const takesNext = text === undefined && flag?.kind !== 'bool';
    if (text === undefined) text = takesNext ? next : 'true';
    if (text === undefined) throw new DbRefusal(`flag needs an argument: --${name}`);
    if (flag === undefined) this.format = parseFormat(text);
    else this.#set(name, flag.kind, text);
    return takesNext ? 1 : 0;
  }

  #set(name: string, kind: 'text' | 'bool' | 'count', text: string): void {
    const problem = valueProblem(kind, text);
    if (problem !== undefined) {
      throw new DbRefusal(
        `invalid argument ${JSON.stringify(text)} for "--${name}" flag: ${problem}`,
      );
    }
    this.#texts.set(name, text);
  }
}

function valueProblem(kind: 'text' | 'bool' | 'count', text: string): string | undefined {
  if (kind === 'text') return undefined;
  const value = kind === 'bool' ? parseGoBool(text) : parseGoInteger(text, uint64Range);
  if (value.ok) return undefined;
  const parser = kind === 'bool' ? 'ParseBool' : 'ParseUint';
  return `strconv.${parser}: parsing ${JSON.stringify(text)}: invalid syntax`;
}

function parseFormat(text: string): OutputFormat {
  const format = outputFormats.find((known) => known === text);
  if (format !== undefined) return format;
  const words =
    text === 'protobuf' ? 'protobuf not supported as output format' : 'unsupported output format';
  throw new DbRefusal(words, { exitCode: ExitCode.badFormat });
}
