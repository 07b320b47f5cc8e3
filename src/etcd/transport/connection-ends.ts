import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** `address:port` of both ends, for log lines and traces. */
export type ConnectionEnds = {
  readonly local: string | undefined;
  readonly remote: string | undefined;
};

/** Undefined where it is no socket or is gone. */
export function connectionEnds(socket: Duplex): ConnectionEnds {
  if (!(socket instanceof Socket)) return { local: undefined, remote: undefined };
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  return { local: joined(localAddress, localPort), remote: joined(remoteAddress, remotePort) };
}

function joined(address: string | undefined, port: number | undefined): string | undefined {
  if (address === undefined) return undefined;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
