import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import type { Config } from '../config/config.ts';
import { parseServerCommand } from '../config/server-command.ts';
import type { Member } from '../membership/member.ts';
import {
  checkNotBootstrapped,
  checkVersions,
  joinIdentity,
  type PeerQuestions,
} from './join-cluster.ts';
import { newClusterIdentity } from './new-cluster.ts';

const urlOf = (name: string): string => `http://${name}.test:2380`;

function configOf(...names: readonly string[]): Config {
  const flags = [
    '--name=a',
    `--initial-advertise-peer-urls=${urlOf('a')}`,
    `--initial-cluster=${names.map((name) => `${name}=${urlOf(name)}`).join()}`,
    '--initial-cluster-state=existing',
  ];
  const command = parseServerCommand(flags, {}, () => '');
  assert.equal(command.kind, 'config');
  return command.config;
}

function member(name: string, id: bigint, changes: Partial<Member> = {}): Member {
  return { id, name, peerUrls: [urlOf(name)], clientUrls: [], isLearner: false, ...changes };
}

/** Peers that answer with these members, or that nobody reaches. */
function peers(members: readonly Member[], unreachable: readonly string[] = []): PeerQuestions {
  const check = (url: string): void => {
    if (unreachable.some((name) => url === urlOf(name))) throw new Error('ECONNREFUSED');
  };
  return {
    members: async (url) => {
      check(url);
      return { clusterId: 77n, members };
    },
    clusterVersion: async (url) => {
      check(url);
      return '3.7.0';
    },
  };
}

test('a joining member takes its id and the cluster’s from the member list', async () => {
  const members = [member('b', 2n, { clientUrls: ['http://b:2379'] }), member('a', 9n)];
  const identity = await joinIdentity(configOf('a', 'b'), silentLog, peers(members));
  assert.deepEqual([identity.memberId, identity.clusterId], [9n, 77n]);
});

test('the first peer that answers decides', async () => {
  const members = [member('a', 9n), member('b', 2n), member('c', 3n)];
  const ask = peers(members, ['b']);
  assert.equal((await joinIdentity(configOf('a', 'b', 'c'), silentLog, ask)).memberId, 9n);
  const none = peers(members, ['b', 'c']);
  const refused = joinIdentity(configOf('a', 'b', 'c'), silentLog, none);
  await assert.rejects(refused, /cannot fetch cluster info from peer urls/);
});

test('a member that was not added first, or is named with other URLs, is refused', async () => {
  const config = configOf('a', 'b');
  const notAdded = joinIdentity(config, silentLog, peers([member('b', 2n)]));
  await assert.rejects(notAdded, /member count is unequal.*MemberAdd first/);
  const others = peers([member('b', 2n), member('x', 3n)]);
  await assert.rejects(joinIdentity(config, silentLog, others), /no match found/);
});

test('a member that has served before does not come back with an empty disk', async () => {
  const served = member('a', 9n, { clientUrls: ['http://a:2379'] });
  const joining = joinIdentity(configOf('a', 'b'), silentLog, peers([served, member('b', 2n)]));
  await assert.rejects(joining, /has already been bootstrapped/);
});

test('a founding member whose disk was emptied is found by its peers’ list', async () => {
  const config = configOf('a', 'b');
  const identity = newClusterIdentity(config);
  const served = member('a', identity.memberId, { clientUrls: ['http://a:2379'] });
  const check = checkNotBootstrapped(config, identity, peers([served, member('b', 2n)]));
  await assert.rejects(check, /has already been bootstrapped/);
  const fresh = member('a', identity.memberId);
  await checkNotBootstrapped(config, identity, peers([fresh, member('b', 2n)]));
  await checkNotBootstrapped(config, identity, peers([served, member('b', 2n)], ['b']));
});

test('a cluster of a newer version is not joined; peers that do not answer decide nothing', async () => {
  const config = configOf('a', 'b');
  await assert.rejects(checkVersions(config, '3.6.0', peers([])), /runs version 3.7.0/);
  await checkVersions(config, '3.7.0', peers([]));
  await checkVersions(config, '3.6.0', peers([], ['b']));
});

test('every founding member computes the same ids, whatever it is called itself', () => {
  const identity = newClusterIdentity(configOf('a', 'b'));
  const other = newClusterIdentity({ ...configOf('a', 'b'), name: 'b' });
  assert.equal(identity.clusterId, other.clusterId);
  assert.notEqual(identity.memberId, other.memberId);
  assert.deepEqual(
    identity.members.map(({ id }) => id),
    other.members.map(({ id }) => id),
  );
});
