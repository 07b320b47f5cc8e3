import { utf8Text } from '../../base/bytes.ts';
import {
  ConfChangeType,
  type ConfState,
  decodeConfChange,
  type Entry,
  EntryType,
  type HardState,
  type Message,
  MessageType,
} from '../proto/generated/raftpb.ts';
import { idText } from './core.ts';
import type { Ready } from './ready.ts';
import type { ProgressStatus } from './status.ts';

/* One line per value, for scenario files and debug logs. Positions are term/index. */

export function describeEntry(entry: Entry): string {
  const position = `${entry.term}/${entry.index}`;
  if (entry.type === EntryType.EntryConfChange) {
    return `${position} ConfChange ${describeConfChange(entry.data)}`;
  }
  return entry.data.length === 0 ? position : `${position} "${utf8Text(entry.data)}"`;
}

export function describeMessage(m: Message): string {
  const parts = [`${idText(m.from)}->${idText(m.to)} ${messageName(m.type)}`];
  if (m.term !== 0) parts.push(`term=${m.term}`);
  if (m.logTerm !== 0 || m.index !== 0) parts.push(`log=${m.logTerm}/${m.index}`);
  if (m.commit !== 0) parts.push(`commit=${m.commit}`);
  if (m.reject) parts.push(`rejected hint=${m.rejectHint}`);
  if (m.context.length > 0) parts.push(`context=${describeContext(m.context)}`);
  const metadata = m.snapshot?.metadata;
  if (metadata !== undefined) {
    const state =
      metadata.confState === undefined ? '' : ` ${describeConfState(metadata.confState)}`;
    parts.push(`snapshot=${metadata.term}/${metadata.index}${state}`);
  }
  if (m.entries.length > 0) parts.push(`entries=[${m.entries.map(describeEntry).join(', ')}]`);
  return parts.join(' ');
}

export function describeReady(ready: Ready): string[] {
  const lines: string[] = [...ready.notes];
  if (ready.soft !== undefined) {
    lines.push(`lead=${idText(ready.soft.lead)} role=${ready.soft.role}`);
  }
  const { append, apply } = ready;
  for (const m of ready.send) lines.push(`send ${describeMessage(m)}`);
  if (append !== undefined) {
    const metadata = append.snapshot?.metadata;
    if (metadata !== undefined) lines.push(`install snapshot ${metadata.term}/${metadata.index}`);
    for (const entry of append.entries) lines.push(`append ${describeEntry(entry)}`);
    if (append.hardState !== undefined) lines.push(describeHardState(append.hardState));
    lines.push(append.mustSync ? 'sync' : 'no sync needed');
    for (const m of append.thenSend) lines.push(`then send ${describeMessage(m)}`);
  }
  if (apply !== undefined) {
    for (const entry of apply.entries) lines.push(`apply ${describeEntry(entry)}`);
  }
  for (const read of ready.reads) lines.push(`read ${utf8Text(read.requestId)} at ${read.index}`);
  return lines;
}

export function describeConfState(state: ConfState): string {
  const voters = `voters=(${state.voters.map(idText).join(' ')})`;
  if (state.learners.length === 0) return voters;
  return `${voters} learners=(${state.learners.map(idText).join(' ')})`;
}

export function describeProgress(progress: ProgressStatus): string {
  const parts = [progress.state, `match=${progress.match}`, `next=${progress.next}`];
  if (progress.isLearner) parts.push('learner');
  if (!progress.recentActive) parts.push('inactive');
  return parts.join(' ');
}

function describeHardState(state: HardState): string {
  return `hard state term=${state.term} vote=${idText(state.vote)} commit=${state.commit}`;
}

function describeConfChange(bytes: Uint8Array): string {
  const change = decodeConfChange(bytes);
  const id = idText(change.nodeId);
  switch (change.type) {
    case ConfChangeType.ConfChangeAddNode:
      return `add ${id}`;
    case ConfChangeType.ConfChangeRemoveNode:
      return `remove ${id}`;
    case ConfChangeType.ConfChangeUpdateNode:
      return `update ${id}`;
    default:
      return `add learner ${id}`;
  }
}

function messageName(type: MessageType): string {
  const named = Object.entries(MessageType).find(([, value]) => value === type);
  return named === undefined ? `type ${type}` : named[0];
}

/** Text where it is text, else hexadecimal. */
function describeContext(bytes: Uint8Array): string {
  const isText = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  if (isText) return utf8Text(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
