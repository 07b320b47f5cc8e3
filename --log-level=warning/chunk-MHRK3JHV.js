import { createRequire as requireOfBundle } from 'node:module';
const require = requireOfBundle(import.meta.url);

// src/version.ts
var servedEtcdVersion = "3.7.0";
var etcdTsVersion = "0.1.0";
function versionText(platform, arch, nodeVersion) {
  const goArch = arch === "x64" ? "amd64" : arch;
  return [
    `etcd Version: ${servedEtcdVersion}`,
    "Git SHA: none",
    `Go Version: none (Node.js ${nodeVersion})`,
    `Go OS/Arch: ${platform}/${goArch}`,
    `etcd-ts Version: ${etcdTsVersion}`,
    ""
  ].join("\n");
}

export {
  servedEtcdVersion,
  etcdTsVersion,
  versionText
};
