/**
 * Workloads of Go's client library (test/clients/go) on three real members, which are killed and
 * started again when a workload asks for it. `SERVER=etcd` runs them on Go etcd.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import type { MemberProcess } from '../support/member-process.ts';
import { missingPeers, peerProgram } from '../support/peers.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';

const skip = missingPeers('client-workload');
/** The workload itself gives up when it stands still for three minutes. */
const timeoutMs = 900_000;

const workloads: Readonly<Record<string, string>> = {
  mutex: 'a mutex is held by one at a time, and is free after a session is over',
  election: 'leaders of an election follow each other in the order of their candidacies',
  stm: 'software transactions lose no update, and isolate as they promise',
  lease: 'leases are kept alive over killed members, and expire with their keys',
  watch: 'a watch goes on over killed members without a gap and without a repetition',
  balancer: 'a client with three endpoints reads and writes while one of them is down',
  auth: 'clients log in again when tokens are over, roles change and members restart',
  namespace: 'namespaces do not see each other',
  ordering: 'serializable reads behind the ordering wrapper never go back',
  mirror: 'a mirror of a prefix ends equal',
  leasing: 'a cache under leases is never stale',
};

/** Tokens short enough to be over several times. */
const flags: Readonly<Record<string, readonly string[]>> = {
  auth: ['--auth-token-ttl=2', '--bcrypt-cost=4'],
};

for (const [name, claim] of Object.entries(workloads)) {
  test(`${name}: ${claim}`, { skip }, async (t) => {
    await withCluster(t, { size: 3, flags: flags[name] ?? [] }, async (cluster) => {
      await runWorkload(t, name, cluster);
    });
  });
}

async function runWorkload(t: TestContext, name: string, cluster: ProcessCluster): Promise<void> {
  const child = spawn(peerProgram('client-workload'), [cluster.endpoints, name]);
  const kill = (): void => void child.kill('SIGKILL');
  process.on('exit', kill);
  const timer = setTimeout(kill, timeoutMs);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdin.on('error', () => {}); // It has ended.
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `code ${code}`));
  });
  const counts: string[] = [];
  let faults = Promise.resolve();
  createInterface(child.stdout).on('line', (line) => {
    const [word, ...rest] = line.split(' ');
    if (word === '@count') counts.push(rest.join(' '));
    if (word !== '@fault') return;
    faults = faults.then(async () => {
      const done = await inflict(rest[0] ?? '', cluster).then(() => 'done', String);
      child.stdin.write(`${done}\n`);
    });
  });
  const end = await ended;
  clearTimeout(timer);
  process.off('exit', kill);
  await faults;
  assert.equal(end, 'code 0', errors);
  t.diagnostic(counts.join(', '));
}

async function inflict(fault: string, cluster: ProcessCluster): Promise<void> {
  switch (fault) {
    case 'kill-leader':
      return void (await (await cluster.leader()).kill('SIGKILL'));
    case 'kill-follower': {
      const leader = await cluster.leader();
      const follower = cluster.members.find((member) => member !== leader);
      return void (await follower?.kill('SIGKILL'));
    }
    case 'start-killed':
      for (const member of cluster.members.filter(({ isRunning }) => !isRunning)) {
        await startAgain(cluster, member);
      }
      return;
    case 'restart-each':
      for (const member of cluster.members) {
        await member.kill('SIGKILL');
        await startAgain(cluster, member);
      }
      return;
    case 'restart-each-unasked':
      // Without users of its own, the test may not ask who leads.
      for (const member of cluster.members) {
        await member.kill('SIGKILL');
        await cluster.restart(member);
      }
      return;
    default:
      throw new Error(`unknown fault ${fault}`);
  }
}

/** One that serves again has caught up, so that the next may be killed. */
async function startAgain(cluster: ProcessCluster, member: MemberProcess): Promise<void> {
  await cluster.restart(member);
  await cluster.leader();
}
