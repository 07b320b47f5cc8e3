import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** `address:port` of whoever is at the other end; undefined when it is no socket or is gone. */
export function remoteAddress(socket: Duplex): string | undefined {
  if (!(socket instanceof Socket) || socket.remoteAddress === undefined) return undefined;
  const { remoteAddress: address, remotePort, remoteFamily } = socket;
  return remoteFamily === 'IPv6' ? `[${address}]:${remotePort}` : `${address}:${remotePort}`;
}
