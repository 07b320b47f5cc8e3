import { openSync, writeSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import type { LogDestination } from '../../base/log.ts';
import { journalOutput, type LogSettings } from '../config/log-settings.ts';
import { type Journal, openJournal, systemJournal } from './journal.ts';
import { RotatingFile } from './rotating-file.ts';

/**
 * Opens what `--log-outputs` names. Lines are written synchronously: the ones before a crash are
 * the ones that matter. Throws in etcd's words when an output cannot be opened.
 */
export function openLogOutputs(
  settings: LogSettings,
  clock: Clock,
  journal: Journal = systemJournal,
): LogDestination {
  const opened = settings.outputs.map((output) => openOutput(output, settings, clock, journal));
  const [only] = opened;
  if (opened.length === 1 && only !== undefined) return only;
  return {
    write: (line) => {
      for (const output of opened) output.write(line);
    },
  };
}

function openOutput(
  output: string,
  settings: LogSettings,
  clock: Clock,
  journal: Journal,
): LogDestination {
  if (output === 'stdout') return descriptor(1);
  if (output === 'stderr') return descriptor(2);
  if (output === journalOutput) return openJournal(journal, descriptor(2));
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(output)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'file') {
    throw new Error(`open sink "${output}": no sink found for scheme "${scheme}"`);
  }
  const path = scheme === 'file' ? new URL(output).pathname : output;
  try {
    if (settings.rotation !== undefined) return new RotatingFile(path, settings.rotation, clock);
    return descriptor(openSync(path, 'a', 0o666));
  } catch (error) {
    const reason = goReason(error as NodeJS.ErrnoException);
    throw new Error(`open sink "${output}": open ${path}: ${reason}`, { cause: error });
  }
}

/** A pipe or terminal that is slow or gone must not stop the server. */
function descriptor(fd: number): LogDestination {
  return {
    write: (line) => {
      const bytes = Buffer.from(line);
      let from = 0;
      let attempts = 0;
      while (from < bytes.length && attempts < fullPipeAttemptsMax) {
        try {
          from += writeSync(fd, bytes, from);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
          attempts += 1;
          Atomics.wait(pause, 0, 0, fullPipeWaitMs);
        }
      }
    },
  };
}

/** A reader that takes nothing for this long loses lines. */
const fullPipeAttemptsMax = 100;
const fullPipeWaitMs = 10;
const pause = new Int32Array(new SharedArrayBuffer(4));

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EROFS: 'read-only file system',
};

function goReason(error: NodeJS.ErrnoException): string {
  return reasons[error.code ?? ''] ?? error.message;
}
