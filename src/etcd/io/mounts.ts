/** One line of /proc/self/mountinfo, as far as it says what a file system is. */
export type Mount = {
  /** `major:minor` of the device. */
  readonly device: string;
  readonly mountPoint: string;
  readonly fileSystem: string;
  /** What is mounted: a device, `server:/export`, or only a word. */
  readonly source: string;
};

/**
 *   36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 *   id parent device root mount-point options tags… - type source super-options   (proc(5))
 *
 * Lines of another form are left out: the kernel may add to them, never to what is read here.
 */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ', 2);
    const [, , device, , mountPoint] = before.split(' ');
    const [fileSystem, source = ''] = after.split(' ');
    if (device === undefined || mountPoint === undefined || !fileSystem) return [];
    const place = { device, mountPoint: unescaped(mountPoint), source: unescaped(source) };
    return [{ ...place, fileSystem }];
  });
}

/** The mount that an absolute path without links is in: of several in one place the last one. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) {
    const { mountPoint } = mount;
    const isIn = path === mountPoint || mountPoint === '/' || path.startsWith(`${mountPoint}/`);
    if (isIn && mountPoint.length >= (found?.mountPoint.length ?? 0)) found = mount;
  }
  return found;
}

/** Blanks and backslashes stand there in octal. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
