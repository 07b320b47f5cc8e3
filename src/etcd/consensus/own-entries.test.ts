import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, EntryType } from '../proto/generated/raftpb.ts';
import { OwnEntries } from './own-entries.ts';

type Proposal = { readonly bytes: Uint8Array };

const proposal = (byte = 1): Proposal => ({ bytes: new Uint8Array([byte]) });
const entry = (index: number, { bytes }: Proposal): Entry => {
  return { type: EntryType.EntryNormal, term: 1, index, data: bytes };
};

test('each entry finds what it was made of, across batches and behind entries of others', () => {
  const own = new OwnEntries<Proposal>(10);
  const [a, b, c] = [proposal(), proposal(), proposal()];
  own.appended([a, b], 5);
  own.appended([c], 7);
  assert.equal(own.take(entry(3, proposal())), undefined);
  assert.equal(own.take(entry(4, a)), a);
  assert.equal(own.take(entry(5, b)), b);
  assert.equal(own.take(entry(6, proposal())), undefined);
  assert.equal(own.take(entry(7, c)), c);
  assert.equal(own.count, 0);
});

test('an entry of another leader at the same index is not taken for ours, equal as it may be', () => {
  const own = new OwnEntries<Proposal>(10);
  const ours = proposal(7);
  own.appended([ours], 4);
  assert.equal(own.take(entry(4, proposal(7))), undefined);
  assert.equal(own.count, 0);
});

test('what is appended after the end of the log was replaced hides what stood there', () => {
  const own = new OwnEntries<Proposal>(10);
  const [lost, kept, again] = [proposal(), proposal(), proposal()];
  own.appended([kept, lost], 5);
  own.appended([lost, lost], 7);
  own.appended([again], 6);
  assert.equal(own.take(entry(4, kept)), kept);
  assert.equal(own.take(entry(5, proposal())), undefined);
  assert.equal(own.take(entry(6, again)), again);
  assert.equal(own.count, 0);
});

test('entries that were passed over, as by a snapshot, are forgotten', () => {
  const own = new OwnEntries<Proposal>(10);
  const last = proposal();
  own.appended([proposal(), proposal()], 5);
  own.appended([proposal(), last], 7);
  assert.equal(own.take(entry(7, last)), last);
  assert.equal(own.count, 0);
});

test('no more are remembered than allowed, and later ones again when there is room', () => {
  const own = new OwnEntries<Proposal>(2);
  const [a, b, c, d] = [proposal(), proposal(), proposal(), proposal()];
  own.appended([a, b], 2);
  own.appended([c], 3);
  assert.equal(own.count, 2);
  assert.equal(own.take(entry(1, a)), a);
  assert.equal(own.take(entry(2, b)), b);
  assert.equal(own.take(entry(3, c)), undefined);
  own.appended([d], 4);
  assert.equal(own.take(entry(4, d)), d);
});
