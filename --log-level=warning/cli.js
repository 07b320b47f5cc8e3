import { createRequire as requireOfBundle } from 'node:module';
const require = requireOfBundle(import.meta.url);
import {
  etcdTsVersion,
  versionText
} from "./chunk-MHRK3JHV.js";
import "./chunk-SW6PLNUW.js";

// src/cli.ts
import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
var usage = `usage: etcd-ts <command> [flags]

  server     an etcd member: etcd's own flags, ETCD_ variables and configuration file
  operator   the Kubernetes operator, against the current kubeconfig or the pod's account
  up         runs an EtcdCluster manifest on this machine: etcd-ts up -f FILE [--dir DIR]
  version    versions of this program and of the etcd API that it serves
`;
enableCompileCache(join(import.meta.dirname, "../node_modules/.cache/etcd-ts"));
async function runCommand(name2, argv2) {
  switch (name2) {
    case "server": {
      if (argv2.includes("--version") || argv2.includes("-version")) return printVersion();
      const { runServer } = await import("./main-OK7K4AIC.js");
      flushCompileCache();
      return await runServer(argv2);
    }
    case "operator": {
      const { runOperator } = await import("./main-ZLBTMFTM.js");
      flushCompileCache();
      return await runOperator(argv2);
    }
    case "up": {
      const { runUp } = await import("./up-LMI62Q43.js");
      flushCompileCache();
      return await runUp(argv2);
    }
    case "version":
    case "--version":
      return printVersion();
    case "help":
    case "--help":
    case "-h":
      process.stdout.write(usage);
      return 0;
    case void 0:
      process.stderr.write(usage);
      return 2;
    default:
      process.stderr.write(`etcd-ts ${etcdTsVersion}: unknown command "${name2}"

${usage}`);
      return 2;
  }
}
function printVersion() {
  process.stdout.write(versionText(process.platform, process.arch, process.version));
  return 0;
}
var [name, ...argv] = process.argv.slice(2);
process.exit(await runCommand(name, argv));
