import {
  decodeLockRequest,
  decodeUnlockRequest,
  encodeLockResponse,
  encodeUnlockResponse,
} from '../../proto/generated/v3lockpb.ts';
import type { LocalClient } from '../../service/local-client.ts';
import { lock, unlock } from '../../service/mutex.ts';
import type { Call, UnaryRpc } from '../rpc.ts';
import type { Interceptors } from './interceptors.ts';

const service = '/v3lockpb.Lock';

export function lockRpcs(around: Interceptors, clientOf: (call: Call) => LocalClient): UnaryRpc[] {
  return [
    around.unary(`${service}/Lock`, decodeLockRequest, async (request, call) =>
      encodeLockResponse(
        await lock(clientOf(call), { name: request.name.slice(), lease: request.lease }),
      ),
    ),
    around.unary(`${service}/Unlock`, decodeUnlockRequest, async (request, call) =>
      encodeUnlockResponse(await unlock(clientOf(call), request)),
    ),
  ];
}
