import { pino } from 'pino';

/** Takes whole lines, each with its end. */
export type LogDestination = { write(line: string): void };
export type LogFormat = 'json' | 'console';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';
export type LogFields = Readonly<Record<string, unknown>>;

/** One line per event: what happened as a fixed sentence, everything variable as fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose lines carry `caller`, the module that speaks. */
  child(caller: string): Log;
}

export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};

/** JSON lines with etcd's field names: `level`, `ts`, `caller`, `msg`. */
export function jsonLog(level: LogLevel, destination: LogDestination): Log {
  const root = pino(
    {
      level,
      base: null,
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: describeError },
    },
    destination,
  );
  return wrap(root, 'etcd-ts');
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'fatal'];

/** Lines for people, as etcd writes them: time, level, caller, sentence, then the fields as JSON. */
export function consoleLog(level: LogLevel, destination: LogDestination, caller = 'etcd-ts'): Log {
  const least = levels.indexOf(level);
  const writer = (name: LogLevel): Log['info'] => {
    if (levels.indexOf(name) < least) return () => {};
    return (message, fields) => {
      const time = new Date().toISOString();
      const parts = [time, name, caller, message];
      if (fields !== undefined) parts.push(fieldsText(fields));
      destination.write(`${parts.join('\t')}\n`);
    };
  };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    child: (name) => consoleLog(level, destination, name),
  };
}

function fieldsText(fields: LogFields): string {
  const texts = Object.entries(fields).flatMap(([name, value]) => {
    const text = JSON.stringify(describeError(value));
    return text === undefined ? [] : [`${JSON.stringify(name)}: ${text}`];
  });
  return `{${texts.join(', ')}}`;
}

function wrap(root: pino.Logger, caller: string): Log {
  const line = root.child({ caller });
  return {
    debug: (message, fields) => line.debug(fields ?? {}, message),
    info: (message, fields) => line.info(fields ?? {}, message),
    warn: (message, fields) => line.warn(fields ?? {}, message),
    error: (message, fields) => line.error(fields ?? {}, message),
    child: (name) => wrap(root, name),
  };
}

/**
 * Errors as one string, with all their causes: clients of the log search for the message, not for a
 * nested object, and the last cause is often the one that says what to do.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const messages: string[] = [];
  for (let at: unknown = error; at instanceof Error && messages.length < 8; at = at.cause) {
    messages.push(at.message);
  }
  return messages.join(': ');
}
