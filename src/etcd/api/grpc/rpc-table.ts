import type { ClusterService } from '../../service/cluster.ts';
import type { FailoverService } from '../../service/failover.ts';
import type { KvService } from '../../service/kv.ts';
import type { LeaseService } from '../../service/lease.ts';
import type { MaintenanceService } from '../../service/maintenance.ts';
import type { WatchService } from '../../service/watch.ts';
import type { StreamRpc, UnaryRpc } from '../rpc.ts';
import { authRpcs } from './auth.ts';
import { clusterRpcs } from './cluster.ts';
import { failoverRpcs } from './failover.ts';
import { type InterceptorOptions, Interceptors } from './interceptors.ts';
import { kvRpcs } from './kv.ts';
import { leaseRpcs } from './lease.ts';
import { maintenanceRpcs } from './maintenance.ts';
import { ResponseHeader } from './response-header.ts';
import { unimplementedRpcs } from './unimplemented.ts';
import { watchRpcs } from './watch.ts';

export type RpcServices = {
  readonly kv: KvService;
  readonly watch: WatchService;
  readonly lease: LeaseService;
  readonly cluster: ClusterService;
  readonly maintenance: MaintenanceService;
  readonly failover: FailoverService;
  readonly currentRevision: () => number;
};

/** Every method of the wire contract, each exactly once: what all transports serve. */
export function buildRpcTable(
  services: RpcServices,
  options: InterceptorOptions,
): readonly (UnaryRpc | StreamRpc)[] {
  const around = new Interceptors(options);
  const header = new ResponseHeader(options.consensus);
  return [
    ...kvRpcs(around, header, services.kv),
    ...watchRpcs(around, header, services.watch),
    ...leaseRpcs(around, header, services.lease),
    ...clusterRpcs(around, header, services.cluster),
    ...maintenanceRpcs(around, header, services.maintenance),
    ...failoverRpcs(around, header, services.failover),
    ...authRpcs(around, header, services.currentRevision),
    ...unimplementedRpcs(),
  ];
}
