import { existsSync } from 'node:fs';
import { rm, rmdir, stat } from 'node:fs/promises';
import type { ListenOptions, Server } from 'node:net';
import { dirname } from 'node:path';

export type ListenAddress =
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      /** Other processes may listen on the port too; the system spreads the connections. */
      readonly isShared?: boolean;
    }
  | { readonly kind: 'unix'; readonly path: string };

/**
 * Resolves when the server listens; rejects in etcd's words when it cannot. A file where a socket
 * is to be is replaced: a server that was killed leaves its own behind. A server that is closed
 * removes its file.
 */
export async function listenOn(server: Server, address: ListenAddress): Promise<void> {
  if (address.kind === 'unix') await removeStale(address.path);
  const options: ListenOptions =
    address.kind === 'unix'
      ? { path: address.path }
      : { host: address.host, port: address.port, reusePort: address.isShared === true };
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => {
      const reason = bindReasons[bindCode(cause, address)] ?? cause.message;
      reject(new Error(`listen ${addressText(address)}: bind: ${reason}`, { cause }));
    };
    server.once('error', failed);
    server.listen(options, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

export function addressText(address: ListenAddress): string {
  if (address.kind === 'unix') return `unix ${address.path}`;
  const { host, port } = address;
  return `tcp ${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function removeStale(path: string): Promise<void> {
  try {
    if ((await stat(path).catch(() => undefined))?.isDirectory()) await rmdir(path);
    else await rm(path, { force: true });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const reason = bindReasons[code] ?? (cause as Error).message;
    throw new Error(`remove ${path}: ${reason}`, { cause });
  }
}

/** libuv says EACCES of a socket's folder that is missing. */
function bindCode({ code = '' }: NodeJS.ErrnoException, address: ListenAddress): string {
  if (code !== 'EACCES' || address.kind !== 'unix') return code;
  return existsSync(dirname(address.path)) ? code : 'ENOENT';
}

const bindReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
  EINVAL: 'invalid argument',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
};
