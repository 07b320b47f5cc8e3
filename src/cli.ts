/** `etcd-ts SUBCOMMAND`: picks the program. Each is loaded only when it is asked for. */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { etcdTsVersion, versionText } from './version.ts';

const usage = `usage: etcd-ts <command> [flags]

  server     an etcd member: etcd's own flags, ETCD_ variables and configuration file
  operator   the Kubernetes operator, against the current kubeconfig or the pod's account
  up         runs an EtcdCluster manifest on this machine: etcd-ts up -f FILE [--dir DIR]
  db         work on a stopped member's data: snapshots, copies, figures; etcd-ts db --help
  version    versions of this program and of the etcd API that it serves
`;

/*
 * A restarted member serves sooner when its code need not be stripped and compiled again. The cache
 * is kept beside the packages and not in the shared temporary folder, where anybody could plant
 * code; where it cannot be written, as in the image, nothing is cached. It is flushed as soon as a
 * program is loaded, because a killed process writes nothing.
 */
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/etcd-ts'));

/** Returns the exit code. A command's own help is printed by the command. */
async function runCommand(name: string | undefined, argv: readonly string[]): Promise<number> {
  switch (name) {
    case 'server': {
      if (argv.includes('--version') || argv.includes('-version')) return printVersion();
      const { runServer } = await import('./etcd/main.ts');
      flushCompileCache();
      return await runServer(argv);
    }
    case 'operator': {
      const { runOperator } = await import('./operator/main.ts');
      flushCompileCache();
      return await runOperator(argv);
    }
    case 'up': {
      const { runUp } = await import('./operator/local/up.ts');
      flushCompileCache();
      return await runUp(argv);
    }
    case 'db': {
      const { runDb } = await import('./etcd/db/db.ts');
      flushCompileCache();
      return await runDb(argv, { out: process.stdout, err: process.stderr });
    }
    case 'version':
    case '--version':
      return printVersion();
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(usage);
      return 0;
    case undefined:
      process.stderr.write(usage);
      return 2;
    default:
      process.stderr.write(`etcd-ts ${etcdTsVersion}: unknown command "${name}"\n\n${usage}`);
      return 2;
  }
}

function printVersion(): number {
  process.stdout.write(versionText(process.platform, process.arch, process.version));
  return 0;
}

const [name, ...argv] = process.argv.slice(2);
// Not only an exit code: a connection or timer that somebody left behind must not keep a program
// alive that has ended. Output to files and pipes is synchronous here, so nothing of it is lost.
process.exit(await runCommand(name, argv));
