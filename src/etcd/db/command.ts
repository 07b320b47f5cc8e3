import type { Log } from '../../base/log.ts';
import type { Result } from './output.ts';

/** What `etcd-ts db` offers under one name; one file each. */
export type DbCommand = {
  readonly name: string;
  /** What follows the name: `SNAPSHOT`. */
  readonly operands: string;
  readonly summary: string;
  readonly operandCount: number;
  readonly flags: readonly DbFlag[];
  /** Returns when the work is done; refusals and failures are thrown. */
  readonly run: (call: DbCall) => Promise<void>;
};

export type DbFlag = {
  readonly name: string;
  readonly kind: 'text' | 'bool' | 'count';
  readonly defaultText: string;
  readonly summary: string;
};

export function textFlag(name: string, summary: string, defaultText = ''): DbFlag {
  return { name, kind: 'text', defaultText, summary };
}

export const skipHashCheckFlag: DbFlag = {
  name: 'skip-hash-check',
  kind: 'bool',
  defaultText: 'false',
  summary: 'take a snapshot without its hash, or with a wrong one',
};

export type DbCall = {
  readonly operands: readonly string[];
  readonly flags: DbFlagValues;
  /** On standard output, in the format that `-w` says. */
  readonly printResult: (result: Result) => void;
  readonly log: Log;
};

/** Every flag of the command has a value; asking for another one is a mistake in the program. */
export interface DbFlagValues {
  text(name: string): string;
  isOn(name: string): boolean;
  count(name: string): number;
}

/** etcdutl's exit codes, and one of ours: `check` found damage. */
export const ExitCode = { failed: 1, damaged: 2, badFormat: 4, badArguments: 128 } as const;

/** Ends a command with these words alone; any other error gets the name of the file it is about. */
export class DbRefusal extends Error {
  override readonly name = 'DbRefusal';
  readonly exitCode: number;

  constructor(message: string, options: ErrorOptions & { readonly exitCode?: number } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? ExitCode.failed;
  }
}

export function operand(call: DbCall, at: number): string {
  return call.operands[at] as string;
}
