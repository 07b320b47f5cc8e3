import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One `etcd-ts up` per directory: two would start every member twice. Returns why not, if not. */
export function acquireDirectory(dir: string): { release(): void } | string {
  const file = join(dir, 'up.pid');
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(readFileSync(file, 'utf8'));
    if (owner > 0 && isAlive(owner)) {
      return `${dir} is in use by process ${owner}; stop it or choose another --dir`;
    }
    // Its owner was killed before it could clean up.
    rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
