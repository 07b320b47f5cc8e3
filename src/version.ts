/** The etcd whose API is served: clients decide by it which features they may use. */
export const servedEtcdVersion = '3.7.0';

/** Ours; equal to package.json's version, which a test checks. */
export const etcdTsVersion = '0.1.0';

/** What `etcd --version` prints: test frameworks read the first line. Ours comes after etcd's four. */
export function versionText(platform: string, arch: string, nodeVersion: string): string {
  const goArch = arch === 'x64' ? 'amd64' : arch;
  return [
    `etcd Version: ${servedEtcdVersion}`,
    'Git SHA: none',
    `Go Version: none (Node.js ${nodeVersion})`,
    `Go OS/Arch: ${platform}/${goArch}`,
    `etcd-ts Version: ${etcdTsVersion}`,
    '',
  ].join('\n');
}
