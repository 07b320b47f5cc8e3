import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { MemberProcess } from '../../../test/support/member-process.ts';
import { message, type PeerMember, startPeerMember } from '../../../test/support/peer-member.ts';
import { missingPeers, peerProgram } from '../../../test/support/peers.ts';
import { freePort } from '../../../test/support/ports.ts';
import { until } from '../../../test/support/until.ts';
import type { Member } from '../membership/member.ts';
import { type Entry, type Message, MessageType } from '../proto/generated/raftpb.ts';
import { fetchDowngradeEnabled, fetchMembers, fetchVersion, hashKvOf } from './peer-client.ts';

const run = promisify(execFile);
const skip = missingPeers('etcd', 'etcdctl');
const inTime = (): AbortSignal => AbortSignal.timeout(10_000);

/** The least a follower must do: append what fits, acknowledge, answer heartbeats. */
class Follower {
  readonly log: Entry[] = [];
  readonly received = new Set<number>();
  member: PeerMember | undefined;

  step(m: Message): 'ok' {
    this.received.add(m.type);
    if (m.type === MessageType.MsgHeartbeat) {
      this.#reply(m, { type: MessageType.MsgHeartbeatResp, context: m.context });
    } else if (m.type === MessageType.MsgApp) {
      this.#append(m);
    }
    return 'ok';
  }

  holds(text: string): boolean {
    return this.log.some((entry) => Buffer.from(entry.data).includes(text));
  }

  #append(m: Message): void {
    if (m.index > this.log.length) {
      const hint = this.log.length;
      const logTerm = this.log.at(-1)?.term ?? 0;
      const type = MessageType.MsgAppResp;
      this.#reply(m, { type, reject: true, index: m.index, rejectHint: hint, logTerm });
      return;
    }
    if (m.entries.length > 0) this.log.splice(m.index, Number.POSITIVE_INFINITY, ...m.entries);
    const index = m.index + m.entries.length;
    this.#reply(m, { type: MessageType.MsgAppResp, index });
  }

  #reply(to: Message, fields: Parameters<typeof message>[0]): void {
    const answer = message({ ...fields, from: to.to, to: to.from, term: to.term });
    this.member?.transport.send([answer]);
  }
}

async function startEtcd(dir: string): Promise<MemberProcess> {
  const etcd = new MemberProcess({
    kind: 'etcd',
    name: 'go',
    dataDir: join(dir, 'go.etcd'),
    logPath: join(dir, 'go.log'),
    clientPort: await freePort(),
    peerPort: await freePort(),
    flags: [],
  });
  etcd.start(`go=${etcd.peerUrl}`, 'new');
  await etcd.ready();
  return etcd;
}

async function joinAsLearner(
  etcd: MemberProcess,
  follower: Follower,
  port: number,
): Promise<bigint> {
  const url = `http://127.0.0.1:${port}`;
  await ctl(etcd, 'member', 'add', 'ts', `--peer-urls=${url}`, '--learner');
  const { clusterId, members } = await fetchMembers(etcd.peerUrl, inTime());
  const self = members.find((m) => m.peerUrls.includes(url)) as Member;
  assert.equal(self.isLearner, true);
  const handlers = { step: (m: Message) => follower.step(m), members: () => members };
  follower.member = await startPeerMember(self.id, handlers, port, clusterId);
  follower.member.transport.setPeers(members, () => false);
  return self.id;
}

async function ctl(etcd: MemberProcess, ...args: string[]): Promise<string> {
  const { stdout } = await run(peerProgram('etcdctl'), [`--endpoints=${etcd.endpoint}`, ...args]);
  return stdout;
}

test('a member that has only this transport joins Go etcd, follows and votes with it', {
  skip,
}, async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'peer-interop-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const etcd = await startEtcd(dir);
  t.after(() => etcd.kill('SIGKILL'));
  const follower = new Follower();
  t.after(() => follower.member?.transport.stop());
  await ctl(etcd, 'put', 'before', 'joined');
  const id = await joinAsLearner(etcd, follower, await freePort());

  await until('the follower to hold the log from its start', () => follower.holds('before'));
  await ctl(etcd, 'put', 'while', 'learner');
  await until('a later entry on the stream', () => follower.holds('while'));
  assert.ok(follower.received.has(MessageType.MsgHeartbeat));
  assert.deepEqual(
    follower.log.map((entry) => entry.index),
    follower.log.map((_, at) => at + 1),
  );

  // With two voters nothing commits without our acknowledgement.
  await ctl(etcd, 'member', 'promote', id.toString(16));
  await ctl(etcd, 'put', 'both', 'agree');
  await until('the entry both agreed on', () => follower.holds('both'));
  assert.match(await ctl(etcd, 'get', 'both', '--print-value-only'), /agree/);

  const log = readFileSync(etcd.config.logPath, 'utf8').split('\n');
  const established = log.filter((line) => line.includes('established TCP streaming connection'));
  for (const end of ['reader', 'writer']) {
    for (const stream of ['stream MsgApp v2', 'stream Message']) {
      const wanted = `"stream-${end}-type":"${stream}"`;
      assert.ok(
        established.some((line) => line.includes(wanted)),
        wanted,
      );
    }
  }

  const leader = (await fetchMembers(etcd.peerUrl, inTime())).members.find((m) => m.id !== id);
  const transport = follower.member?.transport;
  assert.notEqual(transport?.activeSinceMs(leader?.id ?? 0n), undefined);
  await etcd.kill('SIGKILL');
  await until('the death of the leader to be noticed', () =>
    follower.member?.disconnects.some((d) => d.evidence === 'refused'),
  );
});

test('what Go etcd answers members is understood', { skip }, async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'peer-interop-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const etcd = await startEtcd(dir);
  t.after(() => etcd.kill('SIGKILL'));
  await ctl(etcd, 'put', 'a', '1');

  const { clusterId, members } = await fetchMembers(etcd.peerUrl, inTime());
  assert.deepEqual(
    members.map(({ name, isLearner, peerUrls }) => ({ name, isLearner, peerUrls })),
    [{ name: 'go', isLearner: false, peerUrls: [etcd.peerUrl] }],
  );
  assert.match((await fetchVersion(etcd.peerUrl, inTime())).server, /^3\.\d+\.\d+$/);
  assert.equal(await fetchDowngradeEnabled(etcd.peerUrl, inTime()), false);
  const hashed = await hashKvOf(etcd.peerUrl, 0, clusterId, inTime());
  assert.equal(hashed.revision, 2);
  const shown = await ctl(etcd, 'endpoint', 'hashkv', '-w', 'json');
  assert.ok(shown.includes(String(hashed.hash)), `${shown} names ${hashed.hash}`);
  const future = hashKvOf(etcd.peerUrl, 99, clusterId, inTime());
  await assert.rejects(future, { name: 'FutureRev' });
  const elsewhere = hashKvOf(etcd.peerUrl, 0, 1n, inTime());
  await assert.rejects(elsewhere, { name: 'ClusterIDMismatch' });
});
