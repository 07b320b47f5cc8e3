import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { LogFile } from '../../base/log-file.ts';

/** Appends JSON lines to a file, which it makes with its folders. */
export function openLogFile(file: string): LogFile {
  mkdirSync(dirname(file), { recursive: true });
  return new LogFile(file);
}
