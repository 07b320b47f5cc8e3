import type { Answer } from '../../consensus/consensus.ts';
import { EtcdError } from '../../errors.ts';
import {
  decodeAuthenticateRequest,
  decodeAuthStatusRequest,
  encodeAuthStatusResponse,
} from '../../proto/generated/etcdserverpb.ts';
import type { UnaryRpc } from '../rpc.ts';
import type { Interceptors } from './interceptors.ts';
import type { ResponseHeader } from './response-header.ts';

const service = '/etcdserverpb.Auth';

/** Without users and roles yet: auth is off, and what asks for it is told so. */
export function authRpcs(
  around: Interceptors,
  header: ResponseHeader,
  currentRevision: () => number,
): UnaryRpc[] {
  return [
    around.unary(`${service}/AuthStatus`, decodeAuthStatusRequest, () => {
      // The auth revision of a store in which auth was never touched.
      const body = encodeAuthStatusResponse({ enabled: false, authRevision: 1 });
      return header.prepend({ body, revision: currentRevision() } satisfies Answer);
    }),
    around.unary(`${service}/Authenticate`, decodeAuthenticateRequest, () => {
      throw new EtcdError('AuthNotEnabled');
    }),
  ];
}
