/** The cluster under test: kubectl and helm as a user has them, and the API for what is polled. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KubeConfig, type V1Pod } from '@kubernetes/client-node';
import type { EtcdClusterStatus } from '../../src/operator/api/etcd-cluster.ts';
import { KubernetesClient } from '../../src/operator/kubernetes-client/kubernetes-client.ts';
import { resources } from '../../src/operator/kubernetes-client/resources.ts';

const run = promisify(execFile);
const repositoryRoot = join(import.meta.dirname, '../..');
/** A command that hangs has failed. */
const COMMAND_TIMEOUT_MS = 120_000;

export const image = process.env['E2E_IMAGE'] ?? '';
/** Says whether processes can be killed on their node. */
export const nodeShell = (process.env['E2E_NODE_SHELL'] ?? '').split(' ').filter((w) => w !== '');
const ctr = (process.env['E2E_CTR'] ?? 'ctr -n k8s.io').split(' ');

export async function command(program: string, ...args: readonly string[]): Promise<string> {
  const options = { cwd: repositoryRoot, timeout: COMMAND_TIMEOUT_MS, maxBuffer: 64 << 20 };
  const { stdout } = await run(program, [...args], options);
  return stdout;
}

export function kubectl(...args: readonly string[]): Promise<string> {
  return command('kubectl', ...args);
}

/** An object of kubectl's standard input: a manifest that is not in a file. */
export async function applyManifest(manifest: object): Promise<void> {
  const child = run('kubectl', ['apply', '-f', '-'], { timeout: COMMAND_TIMEOUT_MS });
  child.child.stdin?.end(JSON.stringify(manifest));
  await child;
}

export function connect(): KubernetesClient {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  return new KubernetesClient(kubeConfig);
}

export type ClusterObject = {
  readonly metadata?: { readonly uid?: string; readonly generation?: number };
  readonly status?: EtcdClusterStatus;
};

export type Cluster = { readonly namespace: string; readonly name: string };

export async function clusterObject(
  api: KubernetesClient,
  cluster: Cluster,
): Promise<ClusterObject | undefined> {
  return await api.get(resources.etcdCluster, cluster);
}

export async function podsOf(
  api: KubernetesClient,
  { namespace, name }: Cluster,
): Promise<readonly V1Pod[]> {
  const selector = `etcd-ts.dev/cluster=${name}`;
  return (await api.list<V1Pod>(resources.pod, namespace, selector)).items;
}

/**
 * A signal from the node: process 1 of a container cannot be killed or stopped from inside. The
 * container's id says which process is meant, so no other can be hit.
 */
export async function signalContainer(pod: V1Pod, signal: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
  const id = pod.status?.containerStatuses?.[0]?.containerID?.replace(/^.*:\/\//, '') ?? '';
  const tasks = await command(ctr[0] ?? '', ...ctr.slice(1), 'tasks', 'ls').catch(() =>
    onNode(...ctr, 'tasks', 'ls'),
  );
  const task = tasks.split('\n').find((line) => line.startsWith(`${id} `));
  const pid = /^\S+\s+(\d+)\s+RUNNING/.exec(task ?? '')?.[1];
  if (id === '' || pid === undefined) throw new Error(`no running process of ${id}:\n${tasks}`);
  await onNode('kill', `-${signal}`, pid);
}

function onNode(...words: readonly string[]): Promise<string> {
  return command(nodeShell[0] ?? '', ...nodeShell.slice(1), ...words);
}
