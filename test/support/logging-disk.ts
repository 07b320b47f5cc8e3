import type { Disk } from '../../src/etcd/io/disk.ts';

/**
 * Writes down every operation that changes the disk, in the order in which it was asked for, as
 * one line: the transcripts of scenario files and the assertion "one write, one sync".
 */
export function loggingDisk(disk: Disk, lines: string[]): Disk {
  /** Open files by the name they have now: a file keeps being written after it was renamed. */
  const labels = new Set<{ path: string }>();
  return {
    list: (dir) => disk.list(dir),
    exists: (path) => disk.exists(path),
    lock: (path) => disk.lock(path),
    makeDir: (path) => {
      lines.push(`make-dir ${path}`);
      return disk.makeDir(path);
    },
    rename: (from, to) => {
      lines.push(`rename ${from} ${to}`);
      for (const label of labels) {
        if (label.path === from) label.path = to;
        else if (label.path.startsWith(`${from}/`)) label.path = to + label.path.slice(from.length);
      }
      return disk.rename(from, to);
    },
    remove: (path) => {
      lines.push(`remove ${path}`);
      return disk.remove(path);
    },
    removeDir: (path) => {
      lines.push(`remove-dir ${path}`);
      return disk.removeDir(path);
    },
    syncDir: (path) => {
      lines.push(`sync-dir ${path}`);
      return disk.syncDir(path);
    },
    open: async (path, mode) => {
      if (mode !== 'read') lines.push(`open ${path} to ${mode}`);
      const file = await disk.open(path, mode);
      const label = { path };
      labels.add(label);
      return {
        size: () => file.size(),
        read: (into, position) => file.read(into, position),
        write: (bytes, position) => {
          lines.push(`write ${label.path} ${bytes.length} bytes at ${position}`);
          return file.write(bytes, position);
        },
        writeDurably: (bytes, position) => {
          lines.push(`write durably ${label.path} ${bytes.length} bytes at ${position}`);
          return file.writeDurably(bytes, position);
        },
        truncate: (size) => {
          lines.push(`truncate ${label.path} to ${size}`);
          return file.truncate(size);
        },
        sync: () => {
          lines.push(`sync ${label.path}`);
          return file.sync();
        },
        close: () => {
          labels.delete(label);
          return file.close();
        },
      };
    },
  };
}
