/** What is compared: `etcd-ts up` with and without its failover, and Go etcd under a supervisor. */
import { EtcdClient } from '../support/etcd-client.ts';
import { ProcessCluster } from '../support/process-cluster.ts';
import { UpCluster } from '../support/up-cluster.ts';

export type Subject = {
  readonly title: string;
  /** The least time between two kills; a controller refuses to act as often as a test may kill. */
  readonly paceMs: number;
  readonly endpoints: readonly string[];
  /** Sends the signal to the process behind the endpoint; something else restarts it. */
  kill(endpoint: string, signal: 'SIGKILL' | 'SIGTERM'): void;
  /** Resolves when every member has its process back and serves. */
  whole(): Promise<void>;
  close(): Promise<void>;
};

const size = 3;

/** Five failovers a minute are allowed, so that a flapping network makes no election storm. */
const failoverPaceMs = 12_500;

export async function upSubject(failover: boolean): Promise<Subject> {
  const up = await UpCluster.start({ size, args: failover ? [] : ['--no-failover'] });
  const endpoints = up.status().members.map(({ clientUrl }) => new URL(clientUrl).host);
  return {
    title: failover ? 'etcd-ts' : 'etcd-ts, no failover',
    paceMs: failover ? failoverPaceMs : 0,
    endpoints,
    kill: (endpoint, signal) => {
      const member = up.status().members.find(({ clientUrl }) => clientUrl.endsWith(endpoint));
      if (member === undefined || member.pid === null) throw new Error(`no process at ${endpoint}`);
      process.kill(member.pid, signal);
    },
    whole: async () => {
      await up.settled(size);
    },
    close: () => up.close(),
  };
}

export async function goSubject(): Promise<Subject> {
  const cluster = await ProcessCluster.start({ size, kind: 'etcd' });
  let restarting: Promise<void> = Promise.resolve();
  return {
    title: 'Go etcd',
    paceMs: 0,
    endpoints: cluster.members.map((member) => member.endpoint),
    kill: (endpoint, signal) => {
      const member = cluster.members.find((candidate) => candidate.endpoint === endpoint);
      if (member === undefined) throw new Error(`no member at ${endpoint}`);
      restarting = member.kill(signal).then(() => cluster.restart(member));
    },
    whole: async () => {
      await restarting;
      await cluster.leader();
    },
    close: async () => {
      await restarting.catch(() => {}); // A member that starts now must not outlive its folder.
      await cluster.close();
    },
  };
}

/** The endpoint of the member that all members call their leader; undefined while they differ. */
export async function findLeader(endpoints: readonly string[]): Promise<string | undefined> {
  const clients = endpoints.map((endpoint) => new EtcdClient(endpoint, 2_000));
  try {
    const statuses = await Promise.all(clients.map((client) => client.status()));
    const [leader] = new Set(statuses.map((status) => status.leader));
    const isAgreed = statuses.every((status) => status.leader === leader);
    const at = statuses.findIndex((status) => status.header?.memberId === leader);
    return isAgreed && leader !== 0n ? endpoints[at] : undefined;
  } finally {
    for (const client of clients) client.close();
  }
}
