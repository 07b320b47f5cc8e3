import type { LogFormat, LogLevel } from '../../base/log.ts';
import { type Parsed, parsed, refused } from './go-values.ts';
import type { Settings } from './settings.ts';

export const journalOutput = 'systemd/journal';

export type LogSettings = {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** `stderr`, `stdout`, `systemd/journal` alone, or file paths. */
  readonly outputs: readonly string[];
  /** Undefined: files grow. */
  readonly rotation: LogRotation | undefined;
};

/** Zero means "no limit", except for the size. */
export type LogRotation = {
  readonly megabytesMax: number;
  readonly daysMax: number;
  readonly backupsMax: number;
  /** Names of backups carry the computer's time instead of UTC. */
  readonly usesLocalTime: boolean;
  readonly compresses: boolean;
};

const levels: Readonly<Record<string, LogLevel>> = {
  '': 'info',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  dpanic: 'fatal',
  panic: 'fatal',
  fatal: 'fatal',
};

/** etcd panics on a level that there is not, whatever else is wrong: exit code 2. */
export function logLevelProblem(settings: Settings): string | undefined {
  const text = settings.text('log-level');
  if (levels[text.toLowerCase()] !== undefined) return undefined;
  return `unrecognized level: ${JSON.stringify(text)}`;
}

/** etcd's checks of the log flags, in its order and with its words. */
export function readLogSettings(settings: Settings): Parsed<LogSettings> {
  const logger = settings.text('logger');
  if (logger === 'capnslog') return refused('--logger=capnslog is removed in v3.5');
  if (logger !== 'zap') return refused(`unknown logger option ${JSON.stringify(logger)}`);
  const given = settings.list('log-outputs');
  if (given.length > 1 && given.includes('default')) {
    return refused('multi logoutput for "default" is not supported yet');
  }
  const rotation = settings.flag('enable-log-rotation')
    ? readRotation(given, settings.text('log-rotation-config-json'))
    : undefined;
  if (rotation?.ok === false) return rotation;
  if (given.includes(journalOutput) && given.length > 1) {
    const names = given.map((output) => JSON.stringify(output)).join(' ');
    return refused(
      `running with systemd/journal but other '--log-outputs' values ([${names}]) ` +
        `are configured with 'default'; override 'default' value with something else`,
    );
  }
  const format = settings.text('log-format');
  if (format !== '' && format !== 'json' && format !== 'console') {
    return refused(`unknown log format: ${format}, supported values json, console`);
  }
  return parsed({
    level: levels[settings.text('log-level').toLowerCase()] ?? 'info',
    format: format === 'console' ? 'console' : 'json',
    outputs: mergedOutputs(given),
    rotation: rotation?.value,
  });
}

/** As etcd: every output once, and `/dev/null` silences the others. */
function mergedOutputs(given: readonly string[]): readonly string[] {
  if (given.includes('/dev/null')) return ['/dev/null'];
  const named = given.map((output) => (output === 'default' ? 'stderr' : output));
  return named.length === 0 ? ['stderr'] : [...new Set(named)];
}

const notFiles: ReadonlySet<string> = new Set(['default', 'stderr', 'stdout']);

function readRotation(outputs: readonly string[], text: string): Parsed<LogRotation> {
  const files = outputs.filter((output) => !notFiles.has(output));
  if (files.length > 1 || (outputs.length <= 1 && files.length === 0)) {
    return refused(
      '--log-outputs requires a single file path when --log-rotate-config-json is defined',
    );
  }
  const json = parseJson(text);
  if (!json.ok) return refused(`improperly formatted log rotation config: ${json.error}`);
  const fields = json.value;
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    if (fields === null) return readRotation(outputs, '{}');
    return refused(
      `invalid log rotation config: json: cannot unmarshal ${goKind(fields)} into Go value of type ${goName}`,
    );
  }
  return readFields(fields as Readonly<Record<string, unknown>>);
}

function readFields(fields: Readonly<Record<string, unknown>>): Parsed<LogRotation> {
  const found = new Map<string, unknown>();
  for (const [name, value] of Object.entries(fields)) {
    const key = name.toLowerCase();
    const wanted = rotationFields[key];
    if (wanted === undefined || value === null) continue;
    const isRight = wanted === 'int' ? Number.isSafeInteger(value) : typeof value === wanted;
    if (!isRight) {
      const what =
        wanted === 'int' && typeof value === 'number' ? `number ${value}` : goKind(value);
      return refused(
        `invalid log rotation config: json: cannot unmarshal ${what} into Go struct field ` +
          `logRotationConfig.Logger.${key} of type ${wanted === 'boolean' ? 'bool' : wanted}`,
      );
    }
    found.set(key, value);
  }
  const amount = (name: string): number => (found.get(name) as number | undefined) ?? 0;
  return parsed({
    megabytesMax: amount('maxsize') || defaultMegabytesMax,
    daysMax: amount('maxage'),
    backupsMax: amount('maxbackups'),
    usesLocalTime: found.get('localtime') === true,
    compresses: found.get('compress') === true,
  });
}

const goName = 'embed.logRotationConfig';

const defaultMegabytesMax = 100;

const rotationFields: Readonly<Record<string, 'int' | 'boolean' | 'string'>> = {
  filename: 'string',
  maxsize: 'int',
  maxage: 'int',
  maxbackups: 'int',
  localtime: 'boolean',
  compress: 'boolean',
};

function parseJson(text: string): Parsed<unknown> {
  if (/^\s*[[{]?\s*$/.test(text)) return refused('unexpected end of JSON input');
  try {
    return parsed(JSON.parse(text));
  } catch (error) {
    return refused((error as Error).message);
  }
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
