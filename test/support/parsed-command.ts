/** What the server makes of a command line, an environment and a configuration file. */
import assert from 'node:assert/strict';
import type { Config } from '../../src/etcd/config/config.ts';
import { parseServerCommand, type ServerCommand } from '../../src/etcd/config/server-command.ts';

type Environment = Readonly<Record<string, string>>;

export function parse(argv: string[], env: Environment = {}, file?: string): ServerCommand {
  return parseServerCommand(argv, env, (path) => {
    if (file !== undefined) return file;
    throw Object.assign(new Error(`cannot read ${path}`), { code: 'ENOENT' });
  });
}

export function configOf(argv: string[], env: Environment = {}, file?: string): Config {
  const command = parse(argv, env, file);
  assert.equal(command.kind, 'config', command.kind === 'refused' ? command.message : '');
  return (command as Extract<ServerCommand, { kind: 'config' }>).config;
}

export function warningsOf(
  argv: string[],
  env: Environment = {},
  file?: string,
): readonly string[] {
  const command = parse(argv, env, file);
  return command.kind === 'config' ? command.warnings : [];
}

export function refusalOf(argv: string[], env: Environment = {}, file?: string): [number, string] {
  const command = parse(argv, env, file);
  if (command.kind !== 'refused') return [0, command.kind];
  return [command.exitCode, command.message.split('\n')[0] ?? ''];
}
