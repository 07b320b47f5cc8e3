import type { EtcdClusterStatus } from '../api/etcd-cluster.ts';
import type { LocalWorkload } from './state-file.ts';
import { replaceFile } from './state-file.ts';

/** What the file tells about; LocalCluster is one. */
export interface DescribedCluster {
  readonly status: EtcdClusterStatus | undefined;
  readonly workloads: readonly LocalWorkload[];
  pidOf(memberName: string): number | undefined;
  dataDirOf(memberName: string): string;
}

/**
 * `status.json`, for scripts: where clients connect, and each member's process. Written only when
 * it says something new, and always replaced as a whole.
 */
export class StatusFile {
  readonly #path: string;
  #written = '';

  constructor(path: string) {
    this.#path = path;
  }

  write(cluster: DescribedCluster): void {
    const text = `${JSON.stringify(describe(cluster), undefined, 2)}\n`;
    if (text === this.#written) return;
    // Observed anew by every run, so it need not outlive a power loss.
    replaceFile(this.#path, text, 'not-synced');
    this.#written = text;
  }
}

function describe(cluster: DescribedCluster): object {
  const { status } = cluster;
  const members = cluster.workloads.map(({ plan }) => ({
    name: plan.name,
    pid: cluster.pidOf(plan.name) ?? null,
    clientUrl: plan.clientUrl,
    peerUrl: plan.peerUrl,
    dataDir: cluster.dataDirOf(plan.name),
    role: status?.members.find(({ name }) => name === plan.name)?.role ?? 'unknown',
  }));
  return {
    phase: status?.phase ?? 'Creating',
    endpoints: members.map(({ clientUrl }) => clientUrl),
    leader: members.find(({ role }) => role === 'leader')?.name ?? null,
    members,
  };
}
