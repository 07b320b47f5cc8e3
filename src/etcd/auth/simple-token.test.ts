import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../base/random.ts';
import { newTokenPrefix, SimpleTokens, simpleTokenIndex } from './simple-token.ts';

const options = { ttlMs: 10_000, tokensMax: 3 };

test('a token names the entry that made it and is known as its user', () => {
  const tokens = new SimpleTokens(options);
  const token = tokens.assign('ann', 'abc', 7, 0);
  assert.equal(token, 'abc.7');
  assert.equal(tokens.usernameOf(token, 1), 'ann');
  assert.equal(tokens.usernameOf('abc.8', 1), undefined);
});

test('each use starts the time to live anew, and without use a token ends', () => {
  const tokens = new SimpleTokens(options);
  const token = tokens.assign('ann', 'abc', 7, 0);
  assert.equal(tokens.usernameOf(token, 9_000), 'ann');
  assert.equal(tokens.usernameOf(token, 18_000), 'ann');
  assert.equal(tokens.usernameOf(token, 28_000), undefined);
  assert.equal(tokens.size, 0);
});

test('tokens of a user end with its password, those of others stay', () => {
  const tokens = new SimpleTokens(options);
  const [ann, bob] = [tokens.assign('ann', 'a', 1, 0), tokens.assign('bob', 'b', 2, 0)];
  tokens.invalidateUser('ann');
  assert.equal(tokens.usernameOf(ann, 1), undefined);
  assert.equal(tokens.usernameOf(bob, 1), 'bob');
});

test('expired tokens make room, and beyond the bound the one used longest ago goes', () => {
  const tokens = new SimpleTokens(options);
  const first = tokens.assign('u', 'a', 1, 0);
  const second = tokens.assign('u', 'b', 2, 0);
  tokens.assign('u', 'c', 3, 0);
  assert.equal(tokens.usernameOf(first, 5_000), 'u');
  const fourth = tokens.assign('u', 'd', 4, 5_000);
  assert.equal(tokens.size, 3);
  assert.equal(tokens.usernameOf(second, 5_000), undefined);
  assert.equal(tokens.usernameOf(first, 5_000), 'u');
  tokens.assign('u', 'e', 5, 14_000);
  assert.equal(tokens.size, 3);
  assert.equal(tokens.usernameOf(fourth, 14_000), 'u');
});

test('what is no token has no index', () => {
  assert.equal(simpleTokenIndex('abc.12'), 12);
  for (const text of ['', 'abc', 'a.b.1', 'a.', 'a.1x', 'a.-1', '.']) {
    assert.equal(simpleTokenIndex(text), undefined);
  }
});

test('entries that a restart applies again make no tokens', () => {
  const tokens = new SimpleTokens(options);
  tokens.ignoreUpTo(8);
  assert.equal(tokens.usernameOf(tokens.assign('ann', 'abc', 7, 0), 0), undefined);
  assert.equal(tokens.usernameOf(tokens.assign('ann', 'abc', 8, 0), 0), 'ann');
});

test('a prefix is sixteen letters', () => {
  assert.match(newTokenPrefix(seededRandom(1)), /^[a-zA-Z]{16}$/);
});
