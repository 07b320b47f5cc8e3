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

/** Takes whole lines, with their ends. */
export interface LogDestination {
  write(line: string): unknown;
}

const ranks: Readonly<Record<LogLevel, number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  fatal: 4,
};

/** JSON lines with etcd's field names: `level`, `ts`, `caller`, `msg`. */
export function jsonLog(level: LogLevel, destination: LogDestination): Log {
  return new JsonLog(ranks[level], destination, 'etcd-ts');
}

class JsonLog implements Log {
  readonly #least: number;
  readonly #destination: LogDestination;
  readonly #caller: string;

  constructor(least: number, destination: LogDestination, caller: string) {
    this.#least = least;
    this.#destination = destination;
    this.#caller = JSON.stringify(caller);
  }

  debug(message: string, fields?: LogFields): void {
    this.#line('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#line('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#line('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#line('error', message, fields);
  }

  child(caller: string): Log {
    return new JsonLog(this.#least, this.#destination, caller);
  }

  #line(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (ranks[level] < this.#least) return;
    const ts = new Date().toISOString();
    let line = `{"level":"${level}","ts":"${ts}","caller":${this.#caller}`;
    for (const [name, value] of Object.entries(fields)) {
      const text = jsonOf(name === 'error' ? describeError(value) : value);
      if (text !== undefined) line += `,${JSON.stringify(name)}:${text}`;
    }
    this.#destination.write(`${line},"msg":${JSON.stringify(message)}}\n`);
  }
}

/** A field that cannot be written must not cost the line, let alone the caller. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'bigint' ? String(part) : part,
    );
  } catch {
    return JSON.stringify(String(value));
  }
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
