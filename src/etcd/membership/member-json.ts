import type { ConfState } from '../proto/generated/raftpb.ts';
import { parseBigJson } from '../proto/ids.ts';
import type { Member } from './member.ts';

/*
 * Members as Go's encoding/json writes them, byte for byte: in buckets, in conf changes and between
 * peers. Ids are JSON numbers up to 2^64 − 1, which JSON.parse and JSON.stringify would round.
 */

/** A member as a conf change carries it. */
export type MemberContext = Member & { readonly isPromote: boolean };

/** `isLearner` only when true; `name` and `clientURLs` only when there are any. */
export function memberJson(member: Member): string {
  const fields = [`"id":${member.id}`, `"peerURLs":${goJson(member.peerUrls)}`];
  if (member.isLearner) fields.push('"isLearner":true');
  if (member.name !== '') fields.push(`"name":${goJson(member.name)}`);
  if (member.clientUrls.length > 0) fields.push(`"clientURLs":${goJson(member.clientUrls)}`);
  return `{${fields.join(',')}}`;
}

/** The context of a conf change that makes a voter out of a learner. */
export function promotionJson(id: bigint): string {
  return `{"id":${id},"peerURLs":null,"isPromote":true}`;
}

/** Throws on anything that is not such an object. */
export function parseMemberJson(text: string): MemberContext {
  const value = parseBigJson(text);
  if (typeof value !== 'object' || value === null) throw new Error('a member must be an object');
  const { id, name, peerURLs, clientURLs, isLearner, isPromote } = value as Record<string, unknown>;
  if (typeof id !== 'bigint') throw new Error(`a member needs an id: ${text}`);
  return {
    id,
    name: typeof name === 'string' ? name : '',
    peerUrls: strings(peerURLs),
    clientUrls: strings(clientURLs),
    isLearner: isLearner === true,
    isPromote: isPromote === true,
  };
}

/** raft's configuration as etcd keeps it in `meta/confState`. */
export function confStateJson(state: Partial<ConfState>): string {
  const fields: string[] = [];
  const add = (name: string, ids: readonly bigint[] | undefined): void => {
    if (ids !== undefined && ids.length > 0) fields.push(`"${name}":[${ids.join(',')}]`);
  };
  add('voters', state.voters);
  add('learners', state.learners);
  add('voters_outgoing', state.votersOutgoing);
  add('learners_next', state.learnersNext);
  fields.push(`"auto_leave":${state.autoLeave === true}`);
  return `{${fields.join(',')}}`;
}

/** Throws on anything that is not an object. */
export function parseConfStateJson(text: string): ConfState {
  const read = parseBigJson(text);
  if (typeof read !== 'object' || read === null) throw new Error('a configuration is an object');
  const value = read as Record<string, unknown>;
  return {
    voters: ids(value.voters),
    learners: ids(value.learners),
    votersOutgoing: ids(value.voters_outgoing),
    learnersNext: ids(value.learners_next),
    autoLeave: value.auto_leave === true,
  };
}

/** Go escapes what could end a script element, and the two separators that old JavaScript forbade. */
function goJson(value: string | readonly string[]): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function ids(value: unknown): bigint[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'bigint') : [];
}
