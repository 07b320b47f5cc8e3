import type { Log } from '../../base/log.ts';
import type { Disk } from '../io/disk.ts';

/** Why a member does not start, with the code that etcd's process ends with. */
export class StartRefusal extends Error {
  override readonly name = 'StartRefusal';
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Looks at a data directory before anything is written to it. One that was a v2 proxy's is refused:
 * whoever started this had something else in mind.
 */
export async function checkDataDirKind(disk: Disk, root: string, log: Log): Promise<void> {
  if (!(await disk.exists(root))) return;
  const names = (await disk.list(root)).toSorted();
  const isMember = names.includes('member');
  const isProxy = names.includes('proxy');
  for (const name of names) {
    if (name === 'member' || name === 'proxy') continue;
    log.warn('found invalid file under data directory', { filename: name, 'data-dir': root });
  }
  if (isMember && isProxy) {
    throw new StartRefusal('invalid datadir; both member and proxy directories exist', 1);
  }
  if (isProxy) throw new StartRefusal('v2 http proxy has already been deprecated in 3.6', 2);
}
