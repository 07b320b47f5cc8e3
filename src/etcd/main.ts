import { readFileSync } from 'node:fs';
import { type DestinationStream, destination, multistream } from 'pino';
import {
  applyContainerFit,
  fitToContainer,
  readContainerLimits,
} from '../base/container-limits.ts';
import { jsonLog, type Log } from '../base/log.ts';
import { etcdTsVersion, servedEtcdVersion, versionText } from '../version.ts';
import type { Config } from './config/config.ts';
import { flagUsage, parseServerCommand } from './config/server-command.ts';
import { Member } from './member.ts';

/** `etcd-ts server`: flags, signals and exit codes; nothing else. Returns the exit code. */
export async function runServer(argv: readonly string[]): Promise<number> {
  const fit = fitToContainer(readContainerLimits(readIfThere));
  applyContainerFit(fit, process.env);
  const command = parseServerCommand(argv, process.env, (path) => readFileSync(path, 'utf8'));
  switch (command.kind) {
    case 'help':
      process.stdout.write(flagUsage());
      return 0;
    case 'version':
      process.stdout.write(versionText(process.platform, process.arch, process.version));
      return 0;
    case 'refused':
      process.stderr.write(`${command.message}\n`);
      return command.exitCode;
    case 'config':
      break;
  }
  const log = jsonLog(command.config.logLevel, logDestination(command.config));
  for (const warning of command.warnings) log.warn(warning);
  if (fit.complaint?.kind === 'refuse') {
    log.error(fit.complaint.message);
    return 1;
  }
  if (fit.complaint !== undefined) log.warn(fit.complaint.message);
  return await serve(command.config, log);
}

async function serve(config: Config, log: Log): Promise<number> {
  log.info('starting an etcd server', {
    'etcd-version': servedEtcdVersion,
    'etcd-ts-version': etcdTsVersion,
    name: config.name,
    'data-dir': config.dataDir,
    pid: process.pid,
  });
  let member: Member;
  const signal = nextSignal();
  try {
    member = await Member.start(config, log);
  } catch (error) {
    log.error('failed to start etcd', { error });
    return 1;
  }
  const ended = await Promise.race([signal, member.stopped]);
  switch (ended.kind) {
    case 'signal':
      log.info('received signal; shutting down', { signal: ended.name });
      await member.stop('hand-over');
      return 0;
    case 'removed':
      log.warn('this member was removed from the cluster; stopping');
      await member.stop('at-once');
      return 0;
    case 'failed':
      log.error('the member has to stop', { error: ended.error });
      await member.stop('at-once');
      return 1;
  }
}

/** A second signal ends the process as if nobody listened. */
function nextSignal(): Promise<{ kind: 'signal'; name: string }> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.once(name, () => resolve({ kind: 'signal', name }));
    }
  });
}

/** Written synchronously: the lines before a crash are the ones that matter. */
function logDestination(config: Config): DestinationStream {
  const streams = config.logOutputs.map((output) => {
    const dest = output === 'stdout' ? 1 : output === 'stderr' ? 2 : output;
    return { stream: destination({ dest, sync: true, append: true, mkdir: false }) };
  });
  const [only] = streams;
  if (streams.length === 1 && only !== undefined) return only.stream;
  return multistream(streams.map(({ stream }) => ({ level: 'debug', stream })));
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
