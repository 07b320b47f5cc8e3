import { join } from 'node:path';
import type { ServerKind } from './member-process.ts';
import { peerProgram, repositoryRoot } from './peers.ts';
import { type CommandSurroundings, RunningCommand } from './running-command.ts';

export const readyWords = 'ready to serve client requests';

/** A server with exactly these flags, for tests of the flags themselves. */
export function runServer(
  kind: ServerKind,
  flags: readonly string[],
  surroundings: CommandSurroundings = {},
): RunningCommand {
  if (kind === 'etcd') return new RunningCommand(peerProgram('etcd'), flags, surroundings);
  const program = join(repositoryRoot, 'bin/etcd-ts');
  return new RunningCommand(program, ['server', ...flags], surroundings);
}
