import type { IncomingMessage, ServerResponse } from 'node:http';
import { limits } from '../config/limits.ts';
import { EtcdError } from '../errors.ts';
import {
  decodeLeaseKeepAliveRequest,
  encodeLeaseKeepAliveResponse,
} from '../proto/generated/etcdserverpb.ts';
import {
  decodeLeaseInternalRequest,
  encodeLeaseInternalResponse,
} from '../proto/generated/leasepb.ts';
import type { PeerEndpointContext } from './endpoint.ts';
import { answer, answerError, BodyTooLarge, readBody } from './http-answers.ts';
import { bareWords } from './member-endpoints.ts';

/** Words of the lessor, which knows no prefix. */
const leaseNotFound = 'lease not found';
const notPrimaryLessor = 'not a primary lessor';
const applyTooSlow = 'waiting for node to catch up its applied index has timed out';

/** POST /leases: a follower renews a lease at us, the leader. */
export async function serveLeaseRenewal(
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): Promise<void> {
  const body = await readLeaseRequest(request, response);
  if (body === undefined) return;
  const id = parse(() => decodeLeaseKeepAliveRequest(body).ID);
  if (id === undefined) return answerError(response, 400, 'error unmarshalling request');
  try {
    const ttl = await context.handlers.renewLease(id);
    const encoded = encodeLeaseKeepAliveResponse({ ID: id, TTL: ttl });
    answer(response, 200, 'application/protobuf', encoded);
  } catch (error) {
    answerLeaseError(response, error, 400);
  }
}

/** POST /leases/internal: a follower asks for the remaining time of a lease. */
export async function serveLeaseLookUp(
  request: IncomingMessage,
  response: ServerResponse,
  context: PeerEndpointContext,
): Promise<void> {
  const body = await readLeaseRequest(request, response);
  if (body === undefined) return;
  const asked = parse(() => decodeLeaseInternalRequest(body).LeaseTimeToLiveRequest);
  if (asked === undefined) return answerError(response, 400, 'error unmarshalling request');
  try {
    const found = await context.handlers.leaseTimeToLive(asked.ID, asked.keys);
    const encoded = encodeLeaseInternalResponse({
      LeaseTimeToLiveResponse: { header: {}, ...found },
    });
    answer(response, 200, 'application/protobuf', encoded);
  } catch (error) {
    // The lessor may lose its office during the look-up: a wrong TTL would be worse than none.
    answerLeaseError(response, error, 500);
  }
}

async function readLeaseRequest(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Uint8Array | undefined> {
  if (request.method !== 'POST') {
    answerError(response, 405, 'Method Not Allowed');
    return undefined;
  }
  try {
    return await readBody(request, limits.peerSmallRequestBytesMax);
  } catch (error) {
    response.setHeader('Connection', 'close');
    if (error instanceof BodyTooLarge) answerError(response, 413, 'request body too large');
    else answerError(response, 400, 'error reading body');
    return undefined;
  }
}

function answerLeaseError(response: ServerResponse, error: unknown, otherwise: number): void {
  const name = error instanceof EtcdError ? error.name : '';
  if (name === 'LeaseNotFound') return answerError(response, 404, leaseNotFound);
  if (name === 'NotPrimaryLessor') return answerError(response, otherwise, notPrimaryLessor);
  if (name === 'TimeoutWaitAppliedIndex') return answerError(response, 408, applyTooSlow);
  answerError(response, otherwise, bareWords(error));
}

function parse<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
