import { destination } from 'pino';

/** Appends JSON lines to a file; written synchronously, so the last line before a crash is there. */
export function openLogFile(file: string) {
  return destination({ dest: file, append: true, sync: true, mkdir: true });
}
