import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { StreamKind } from './peer-link.ts';
import type { PeerAddress, PeerHandlers, PeerIdentity, PeerMetrics } from './transport.ts';

/** What the endpoints need of the rest of the transport. */
export type PeerEndpointContext = {
  readonly identity: PeerIdentity;
  readonly handlers: PeerHandlers;
  readonly metrics: PeerMetrics;
  readonly clock: Clock;
  readonly log: Log;
  isRemoved(id: bigint): boolean;
  isPeer(id: bigint): boolean;
  /** Takes the stream over for our messages to that peer. */
  attach(from: bigint, kind: StreamKind, response: ServerResponse): void;
  /** A sender that is not a member (yet) may still be answered. */
  addRemote(sender: PeerAddress): void;
};

export type Endpoint = (
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
) => Promise<void> | void;
