import { buildConfig, type ConfigRead } from './config.ts';
import { applyConfigFile } from './config-file.ts';
import { applyEnvironment, applyFlags, type FlagRefusal, readArguments } from './flags.ts';
import { Settings } from './settings.ts';

const dnsServersVariable = 'ETCDTS_DNS_SERVERS';

export type ServerCommand = ConfigRead | { readonly kind: 'help' } | { readonly kind: 'version' };

/**
 * What the server was asked to do. Command line and environment count together; a configuration
 * file, named by either, counts alone, exactly as in etcd. `readFile` throws when the file cannot
 * be read.
 */
export function parseServerCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
  hostOf: () => string | undefined = () => undefined,
): ServerCommand {
  const read = readArguments(argv);
  if ('exitCode' in read) return refuse(read);
  if (read.wantsHelp) return { kind: 'help' };
  if (read.positional !== undefined) {
    return refuse({
      exitCode: 1,
      message: `${JSON.stringify(read.positional)} is not a valid flag`,
    });
  }
  if (read.wantsVersion) return { kind: 'version' };

  const settings = new Settings();
  const warnings: string[] = [];
  const path = read.configFile !== '' ? read.configFile : (env['ETCD_CONFIG_FILE'] ?? '');
  const refusal =
    path === ''
      ? (applyFlags(settings, read.given, warnings) ??
        applyEnvironment(settings, read.given, env, warnings))
      : readConfigFile(settings, path, readFile, warnings);
  if (refusal !== undefined) return refuse(refusal);
  const dnsServers = env[dnsServersVariable]?.split(',') ?? [];
  const built = buildConfig(settings, path === '' ? 'flags' : 'file', { argv, dnsServers, hostOf });
  if (built.kind === 'refused') return built;
  return { ...built, warnings: [...warnings, ...built.warnings] };
}

function readConfigFile(
  settings: Settings,
  path: string,
  readFile: (path: string) => string,
  warnings: string[],
): FlagRefusal | undefined {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'no such file or directory' : (error as Error).message;
    return { exitCode: 1, message: `open ${path}: ${reason}` };
  }
  return applyConfigFile(settings, text, path, warnings);
}

function refuse(refusal: FlagRefusal): ServerCommand {
  return { kind: 'refused', ...refusal };
}
