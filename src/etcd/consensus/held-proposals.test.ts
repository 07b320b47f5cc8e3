import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../config/limits.ts';
import {
  decodeMessage,
  encodeMessage,
  type Message,
  MessageType,
} from '../proto/generated/raftpb.ts';
import { HeldProposals } from './held-proposals.ts';

const proposal = decodeMessage(encodeMessage({ type: MessageType.MsgProp, from: 2n, to: 1n }));

function retried(held: HeldProposals, nowMs: number, isTaken = true): Message[] {
  const seen: Message[] = [];
  held.retry(nowMs, (message) => {
    seen.push(message);
    return isTaken;
  });
  return seen;
}

test('held proposals are tried again in order until they are taken', () => {
  const held = new HeldProposals(1_000);
  const second = { ...proposal, from: 3n };
  held.hold(proposal, 0);
  held.hold(second, 0);
  assert.deepEqual(retried(held, 1, false), [proposal, second]);
  assert.deepEqual(retried(held, 2), [proposal, second]);
  assert.deepEqual(retried(held, 3), []);
});

test('a proposal that was held too long is dropped', () => {
  const held = new HeldProposals(1_000);
  held.hold(proposal, 0);
  assert.deepEqual(retried(held, 1_000), []);
});

test('no more are held than the bound', () => {
  const held = new HeldProposals(1_000);
  for (let i = 0; i <= limits.heldProposalsMax; i += 1) held.hold(proposal, 0);
  assert.equal(retried(held, 1).length, limits.heldProposalsMax);
});
