import type { Access } from '../../service/access.ts';
import type { AuthService } from '../../service/auth.ts';
import type { ClusterService } from '../../service/cluster.ts';
import type { DowngradeService } from '../../service/downgrade.ts';
import type { FailoverService } from '../../service/failover.ts';
import type { KvService } from '../../service/kv.ts';
import type { LeaseService } from '../../service/lease.ts';
import type { MaintenanceService } from '../../service/maintenance.ts';
import type { ServingStatus } from '../../service/serving-status.ts';
import type { WatchService } from '../../service/watch.ts';
import type { Rpc } from '../rpc.ts';
import { authRpcs } from './auth.ts';
import { clusterRpcs } from './cluster.ts';
import { electionRpcs } from './election.ts';
import { failoverRpcs } from './failover.ts';
import { healthRpcs } from './health.ts';
import { type InterceptorOptions, Interceptors } from './interceptors.ts';
import { kvRpcs, rangeRpc } from './kv.ts';
import { leaseRpcs } from './lease.ts';
import { localClients } from './local-client.ts';
import { lockRpcs } from './lock.ts';
import { maintenanceRpcs } from './maintenance.ts';
import { rangeStreamRpc } from './range-stream.ts';
import { ResponseHeader } from './response-header.ts';
import { watchRpcs } from './watch.ts';

export type RpcServices = {
  readonly kv: KvService;
  /** The same for the pieces of a RangeStream, which are no requests of their own. */
  readonly kvPieces: KvService;
  readonly watch: WatchService;
  readonly lease: LeaseService;
  readonly cluster: ClusterService;
  readonly maintenance: MaintenanceService;
  readonly downgrade: DowngradeService;
  readonly failover: FailoverService;
  readonly auth: AuthService;
  readonly access: Access;
  readonly serving: ServingStatus;
};

export type RpcOptions = InterceptorOptions & {
  /** `--max-request-bytes`: about this much of a streamed range goes into one message. */
  readonly requestBytesMax: number;
};

/**
 * The methods that are there, each once; `rpcTable` answers Unimplemented for the rest of the wire
 * contract.
 */
export function implementedRpcs(services: RpcServices, options: RpcOptions): readonly Rpc[] {
  const around = new Interceptors(options);
  const header = new ResponseHeader(options.consensus);
  const { access } = services;
  const basic = [
    ...kvRpcs(around, header, services.kv, access),
    ...watchRpcs(around, header, services.watch),
    ...leaseRpcs(around, header, services.lease),
  ];
  const clientOf = localClients(basic);
  return [
    ...basic,
    rangeStreamRpc(around, rangeRpc(around, header, services.kvPieces), options.requestBytesMax),
    ...lockRpcs(around, clientOf),
    ...electionRpcs(around, clientOf),
    ...healthRpcs(around, services.serving),
    ...clusterRpcs(around, header, services.cluster),
    ...maintenanceRpcs(around, header, services.maintenance, services.downgrade, access),
    ...failoverRpcs(around, header, services.failover, access),
    ...authRpcs(around, header, services.auth),
  ];
}
