/**
 * Versions as etcd compares them: servers tell theirs in three parts, clusters and stores have two
 * and write the third as 0. Who may be in a cluster with whom depends on the first two alone.
 */
export type EtcdVersion = { readonly major: number; readonly minor: number };

/** The version of a cluster in which somebody could not be asked. */
export const oldestClusterVersion: EtcdVersion = { major: 3, minor: 0 };

/**
 * Three numbers, then what a semantic version may have behind them. Like the library that etcd
 * uses, and unlike the specification, it takes leading zeros.
 */
const threeParts =
  /^([0-9]+)\.([0-9]+)\.([0-9]+)(?:-(?<preRelease>[^+]*))?(?:\+(?<metadata>.*))?$/s;
const identifiers = /^(?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** undefined for what etcd cannot read. */
export function maybeParseVersion(text: string): EtcdVersion | undefined {
  const parts = threeParts.exec(text);
  if (parts === null) return undefined;
  const { preRelease = '', metadata = '' } = parts.groups ?? {};
  if (!identifiers.test(preRelease) || !identifiers.test(metadata)) return undefined;
  const [major, minor, patch] = parts.slice(1, 4).map(Number) as [number, number, number];
  const isInRange = [major, minor, patch].every((part) => Number.isSafeInteger(part));
  return isInRange ? { major, minor } : undefined;
}

/** The target of a downgrade may also be written without its last part. */
export function maybeParseTarget(text: string): EtcdVersion | undefined {
  return maybeParseVersion(text) ?? maybeParseVersion(`${text}.0`);
}

/** `3.7.0`: how cluster and storage versions are stored and sent. */
export function versionText({ major, minor }: EtcdVersion): string {
  return `${major}.${minor}.0`;
}

/** `3.7`: how people are told. */
export function shortVersion({ major, minor }: EtcdVersion): string {
  return `${major}.${minor}`;
}

/** Negative: a is lower. */
export function compareVersions(a: EtcdVersion, b: EtcdVersion): number {
  return a.major - b.major || a.minor - b.minor;
}

/** One step down, never two. */
export function isDowngrade(from: EtcdVersion, to: EtcdVersion): boolean {
  return from.major === to.major && to.minor === from.minor - 1;
}

/** The lowest of them; undefined when there is none or one of them is not known. */
export function lowestVersion(
  versions: readonly (EtcdVersion | undefined)[],
): EtcdVersion | undefined {
  let lowest: EtcdVersion | undefined;
  for (const version of versions) {
    if (version === undefined) return undefined;
    if (lowest === undefined || compareVersions(version, lowest) < 0) lowest = version;
  }
  return lowest;
}
