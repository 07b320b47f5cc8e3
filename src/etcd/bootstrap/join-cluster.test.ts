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
    downgradeEnabled: async (url) => {
      check(url);
      return false;
    },
    pause: async () => {},
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

type Said = { readonly versions: readonly string[]; readonly downgrading?: boolean };

/** Members b, c, … that name these cluster versions, one per round for a list of lists. */
async function join(...rounds: readonly Said[]): Promise<string> {
  const names = (rounds[0] as Said).versions.map((_, i) => String.fromCharCode(98 + i));
  const members = [member('a', 1n), ...names.map((name, i) => member(name, BigInt(i + 2)))];
  let round = 0;
  const now = (): Said => rounds[Math.min(round, rounds.length - 1)] as Said;
  const ask: PeerQuestions = {
    ...peers([]),
    clusterVersion: async (url) => {
      const version = now().versions[names.findIndex((name) => url === urlOf(name))];
      if (version === undefined || version === 'silent') throw new Error('ECONNREFUSED');
      return version;
    },
    downgradeEnabled: async () => now().downgrading === true,
    pause: async () => void (round += 1),
  };
  try {
    await checkVersions({ memberId: 1n, clusterId: 7n, members }, '3.7.0', silentLog, ask);
    return round === 0 ? 'fits' : `fits after ${round}`;
  } catch (error) {
    return (error as Error).message.replace('incompatible with current running cluster: ', '');
  }
}

test('a cluster that is not newer is joined, by what those that answer say', async () => {
  for (const versions of [['3.7.0'], ['3.0.0'], ['silent', '3.6.0'], ['not_decided', '3.7.0']]) {
    assert.equal(await join({ versions }), 'fits', versions.join());
  }
  assert.equal(await join({ versions: ['3.7.0', '3.8.0'] }), 'it runs version 3.8.0');
  assert.equal(await join({ versions: ['2.3.0'] }), 'it runs version 2.3.0');
  assert.equal(await join({ versions: ['4.0.0'] }), 'it runs version 4.0.0');
});

test('during a downgrade only a server one version below the cluster joins', async () => {
  const downgrading = true;
  assert.equal(await join({ versions: ['3.8.0'], downgrading }), 'fits');
  assert.equal(await join({ versions: ['3.7.0'], downgrading }), 'it runs version 3.7.0');
  assert.equal(await join({ versions: ['3.6.0'], downgrading }), 'it runs version 3.6.0');
});

test('a cluster without a version is waited for, not for ever', async () => {
  const undecided = { versions: ['not_decided', 'silent'] };
  assert.equal(await join(undecided, undecided, { versions: ['silent', '3.7.0'] }), 'fits after 2');
  assert.equal(await join(undecided), 'no member names its version');
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
