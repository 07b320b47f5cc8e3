import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { clusterIdFor, idHex, type Member, memberIdFor } from './member.ts';
import {
  confStateJson,
  memberJson,
  parseConfStateJson,
  parseMemberJson,
  promotionJson,
} from './member-json.ts';

type Ids = {
  bootstrap: {
    token: string;
    members: { peerURLs: string[]; id: string; idHex: string }[];
    clusterId: string;
  };
  memberAdd: { peerURLs: string[]; clusterToken: string; unixSeconds: number; id: string };
};

const vectors = JSON.parse(
  readFileSync(new URL('testdata/ids.json', import.meta.url), 'utf8'),
) as Ids;

void test('ids of initial members and their cluster are what etcd computes', () => {
  const { members, token, clusterId } = vectors.bootstrap;
  const ids = members.map(({ peerURLs }) => memberIdFor(peerURLs, token));
  assert.deepEqual(
    ids.map(String),
    members.map(({ id }) => id),
  );
  assert.deepEqual(
    ids.map(idHex),
    members.map((member) => member.idHex),
  );
  assert.equal(String(clusterIdFor(ids)), clusterId);
  assert.equal(clusterIdFor([...ids].reverse()), clusterIdFor(ids));
});

void test('the id of an added member depends on the second of its addition', () => {
  const { peerURLs, clusterToken, unixSeconds, id } = vectors.memberAdd;
  assert.equal(String(memberIdFor(peerURLs, clusterToken, unixSeconds)), id);
});

void test('the order of peer URLs does not matter for the id', () => {
  const urls = ['http://b:2380', 'http://a:2380'];
  assert.equal(memberIdFor(urls, 't'), memberIdFor([...urls].reverse(), 't'));
});

const full: Member = {
  id: 2n ** 64n - 1n,
  name: 'n<1>&',
  peerUrls: ['http://127.0.0.1:2380'],
  clientUrls: ['http://127.0.0.1:2379'],
  isLearner: true,
};

void test('member JSON is written as Go writes it and keeps all bits of the id', () => {
  assert.equal(
    memberJson(full),
    '{"id":18446744073709551615,"peerURLs":["http://127.0.0.1:2380"],"isLearner":true,' +
      '"name":"n\\u003c1\\u003e\\u0026","clientURLs":["http://127.0.0.1:2379"]}',
  );
  assert.equal(
    memberJson({ ...full, id: 1n, name: '', clientUrls: [], isLearner: false }),
    '{"id":1,"peerURLs":["http://127.0.0.1:2380"]}',
  );
  assert.deepEqual(parseMemberJson(memberJson(full)), { ...full, isPromote: false });
});

void test('a promotion carries null URLs', () => {
  const parsed = parseMemberJson(promotionJson(7n));
  assert.equal(parsed.isPromote, true);
  assert.deepEqual(parsed.peerUrls, []);
  assert.throws(() => parseMemberJson('{"name":"x"}'), /needs an id/);
  assert.throws(() => parseMemberJson('[1'));
});

void test('a conf state survives its JSON', () => {
  const state = {
    voters: [2n ** 63n + 1n, 3n],
    learners: [9n],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  const json = '{"voters":[9223372036854775809,3],"learners":[9],"auto_leave":false}';
  assert.equal(confStateJson(state), json);
  assert.deepEqual(parseConfStateJson(json), state);
});
