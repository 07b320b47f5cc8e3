/**
 * URLs of unix sockets as etcd writes them:
 *
 *   unix:///run/etcd.sock       unixs:///run/etcd.sock (TLS)
 *   unix://localhost:2379       a file of that name in the working directory
 *   unix:etcd.sock              the same for clients
 */
export type SocketUrl = {
  readonly isSecured: boolean;
  /** What stands where other URLs have host and port. */
  readonly authority: string;
  readonly path: string;
};

/** Undefined for URLs of other schemes. */
export function parseSocketUrl(text: string): SocketUrl | undefined {
  const parts = /^(unixs?):(?:\/\/([^/?#]*))?([^?#]*)/i.exec(text);
  if (parts === null) return undefined;
  const [, scheme = '', authority = '', path = ''] = parts;
  return { isSecured: scheme.length > 'unix'.length, authority, path: decoded(path) };
}

/** The file that clients connect to. */
export function clientSocketFile({ authority, path }: SocketUrl): string {
  return authority + path;
}

/**
 * The file that members connect to: etcd takes only what stands for host and port. Where that is
 * empty etcd's members cannot reach each other; ours take the path.
 */
export function peerSocketFile({ authority, path }: SocketUrl): string {
  return authority === '' ? path : authority;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
