import { fchmodSync, fstatSync } from 'node:fs';
import type { Log } from '../../base/log.ts';

/** As of every file of a member; the binding would let everybody read them. */
export const fileMode = 0o600;

/**
 * Takes the rights of others from a file that an earlier version made. Who may not do so (the file
 * is somebody else's) is told, and serves all the same.
 */
export function keepToOwner(fd: number, path: string, log: Log): void {
  const mode = fstatSync(fd).mode & 0o777;
  if ((mode & ~fileMode) === 0) return;
  const fields = { path, mode: `0${mode.toString(8)}` };
  try {
    fchmodSync(fd, fileMode);
    log.info('others could read the store; from now on only its owner can', fields);
  } catch (error) {
    log.warn('others can read the store, and its mode cannot be changed', { ...fields, error });
  }
}
