import {
  decodeCampaignRequest,
  decodeLeaderRequest,
  decodeProclaimRequest,
  decodeResignRequest,
  encodeCampaignResponse,
  encodeLeaderResponse,
  encodeProclaimResponse,
  encodeResignResponse,
  type LeaderRequest,
} from '../../proto/generated/v3electionpb.ts';
import { campaign, leader, observe, proclaim, resign } from '../../service/election.ts';
import type { LocalClient } from '../../service/local-client.ts';
import type { Call, Rpc, RpcStream } from '../rpc.ts';
import { decodeMessage, type Interceptors } from './interceptors.ts';

const service = '/v3electionpb.Election';

export function electionRpcs(around: Interceptors, clientOf: (call: Call) => LocalClient): Rpc[] {
  return [
    // What may wait for long must not hold the buffer that its request arrived in.
    around.unary(`${service}/Campaign`, decodeCampaignRequest, async (request, call) =>
      encodeCampaignResponse(
        await campaign(clientOf(call), {
          name: request.name.slice(),
          value: request.value.slice(),
          lease: request.lease,
        }),
      ),
    ),
    around.unary(`${service}/Proclaim`, decodeProclaimRequest, async (request, call) =>
      encodeProclaimResponse(await proclaim(clientOf(call), request)),
    ),
    around.unary(`${service}/Leader`, decodeLeaderRequest, async (request, call) =>
      encodeLeaderResponse(await leader(clientOf(call), request)),
    ),
    around.unary(`${service}/Resign`, decodeResignRequest, async (request, call) =>
      encodeResignResponse(await resign(clientOf(call), request)),
    ),
    around.stream('server-stream', `${service}/Observe`, (stream, call) => {
      stream.onMessage = (bytes) => {
        send(stream, clientOf(call), bytes).catch((error: unknown) => stream.fail(error));
      };
    }),
  ];
}

async function send(stream: RpcStream, client: LocalClient, bytes: Uint8Array): Promise<void> {
  const request: LeaderRequest = decodeMessage(decodeLeaderRequest, bytes);
  for await (const response of observe(client, { name: request.name.slice() })) {
    if (!stream.write(encodeLeaderResponse(response))) await stream.drained();
  }
  stream.end();
}
