import {
  decodeMemberAddRequest,
  decodeMemberListRequest,
  decodeMemberPromoteRequest,
  decodeMemberRemoveRequest,
  decodeMemberUpdateRequest,
} from '../../proto/generated/etcdserverpb.ts';
import type { ClusterService } from '../../service/cluster.ts';
import type { UnaryRpc } from '../rpc.ts';
import type { Interceptors } from './interceptors.ts';
import type { ResponseHeader } from './response-header.ts';

const service = '/etcdserverpb.Cluster';

export function clusterRpcs(
  around: Interceptors,
  header: ResponseHeader,
  cluster: ClusterService,
): UnaryRpc[] {
  return [
    around.unary(`${service}/MemberAdd`, decodeMemberAddRequest, async (request, call) =>
      header.prepend(await cluster.add(request, call.signal, call)),
    ),
    around.unary(`${service}/MemberRemove`, decodeMemberRemoveRequest, async (request, call) =>
      header.prepend(await cluster.remove(request, call.signal, call)),
    ),
    around.unary(`${service}/MemberUpdate`, decodeMemberUpdateRequest, async (request, call) =>
      header.prepend(await cluster.update(request, call.signal, call)),
    ),
    around.unary(`${service}/MemberList`, decodeMemberListRequest, async (request, call) =>
      header.prepend(await cluster.list(request, call.signal, call)),
    ),
    around.unary(`${service}/MemberPromote`, decodeMemberPromoteRequest, async (request, call) =>
      header.prepend(await cluster.promote(request, call.signal, call)),
    ),
  ];
}
