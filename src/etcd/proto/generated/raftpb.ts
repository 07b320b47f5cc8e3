// Made by tools/gen-proto.ts from proto/. Do not edit.
import { emptyBytes } from '../../../base/bytes.ts';
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';

export const EntryType = {
  EntryNormal: 0,
  EntryConfChange: 1,
  EntryConfChangeV2: 2,
} as const;
export type EntryType = number;

export const MessageType = {
  MsgHup: 0,
  MsgBeat: 1,
  MsgProp: 2,
  MsgApp: 3,
  MsgAppResp: 4,
  MsgVote: 5,
  MsgVoteResp: 6,
  MsgSnap: 7,
  MsgHeartbeat: 8,
  MsgHeartbeatResp: 9,
  MsgUnreachable: 10,
  MsgSnapStatus: 11,
  MsgCheckQuorum: 12,
  MsgTransferLeader: 13,
  MsgTimeoutNow: 14,
  MsgReadIndex: 15,
  MsgReadIndexResp: 16,
  MsgPreVote: 17,
  MsgPreVoteResp: 18,
  MsgStorageAppend: 19,
  MsgStorageAppendResp: 20,
  MsgStorageApply: 21,
  MsgStorageApplyResp: 22,
  MsgForgetLeader: 23,
} as const;
export type MessageType = number;

export const ConfChangeTransition = {
  ConfChangeTransitionAuto: 0,
  ConfChangeTransitionJointImplicit: 1,
  ConfChangeTransitionJointExplicit: 2,
} as const;
export type ConfChangeTransition = number;

export const ConfChangeType = {
  ConfChangeAddNode: 0,
  ConfChangeRemoveNode: 1,
  ConfChangeUpdateNode: 2,
  ConfChangeAddLearnerNode: 3,
} as const;
export type ConfChangeType = number;

export interface Entry {
  readonly type: number;
  readonly term: number;
  readonly index: number;
  readonly data: Uint8Array;
}
export type EntryInit = {
  readonly type?: number | undefined;
  readonly term?: number | undefined;
  readonly index?: number | undefined;
  readonly data?: Uint8Array | undefined;
};

export function encodeEntry(m: EntryInit): Uint8Array {
  return encodeWith(writeEntry, m);
}
export function decodeEntry(bytes: Uint8Array): Entry {
  return readEntry(new Reader(bytes), undefined);
}

function newEntry(): Draft<Entry> {
  return {
    type: 0,
    term: 0,
    index: 0,
    data: emptyBytes,
  };
}

export function readEntry(r: Reader, into: Entry | undefined): Entry {
  const m = (into as Draft<Entry> | undefined) ?? newEntry();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.int32();
        break;
      }
      case 16: {
        m.term = r.uint64Exact();
        break;
      }
      case 24: {
        m.index = r.uint64Exact();
        break;
      }
      case 34: {
        m.data = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeEntry(w: Writer, m: EntryInit): void {
  if (m.data !== undefined && m.data.length !== 0) {
    w.bytes(m.data); w.byte(34);
  }
  w.uint(m.index ?? 0); w.byte(24);
  w.uint(m.term ?? 0); w.byte(16);
  w.int(m.type ?? 0); w.byte(8);
}

export interface SnapshotMetadata {
  readonly confState: ConfState | undefined;
  readonly index: number;
  readonly term: number;
}
export type SnapshotMetadataInit = {
  readonly confState?: ConfStateInit | undefined;
  readonly index?: number | undefined;
  readonly term?: number | undefined;
};

export function encodeSnapshotMetadata(m: SnapshotMetadataInit): Uint8Array {
  return encodeWith(writeSnapshotMetadata, m);
}
export function decodeSnapshotMetadata(bytes: Uint8Array): SnapshotMetadata {
  return readSnapshotMetadata(new Reader(bytes), undefined);
}

function newSnapshotMetadata(): Draft<SnapshotMetadata> {
  return {
    confState: undefined,
    index: 0,
    term: 0,
  };
}

export function readSnapshotMetadata(r: Reader, into: SnapshotMetadata | undefined): SnapshotMetadata {
  const m = (into as Draft<SnapshotMetadata> | undefined) ?? newSnapshotMetadata();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.confState = readConfState(r, m.confState);
        r.leave(outer);
        break;
      }
      case 16: {
        m.index = r.uint64Exact();
        break;
      }
      case 24: {
        m.term = r.uint64Exact();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeSnapshotMetadata(w: Writer, m: SnapshotMetadataInit): void {
  w.uint(m.term ?? 0); w.byte(24);
  w.uint(m.index ?? 0); w.byte(16);
  if (m.confState !== undefined) {
    const end = w.size();
    writeConfState(w, m.confState);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export interface Snapshot {
  readonly data: Uint8Array;
  readonly metadata: SnapshotMetadata | undefined;
}
export type SnapshotInit = {
  readonly data?: Uint8Array | undefined;
  readonly metadata?: SnapshotMetadataInit | undefined;
};

export function encodeSnapshot(m: SnapshotInit): Uint8Array {
  return encodeWith(writeSnapshot, m);
}
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  return readSnapshot(new Reader(bytes), undefined);
}

function newSnapshot(): Draft<Snapshot> {
  return {
    data: emptyBytes,
    metadata: undefined,
  };
}

export function readSnapshot(r: Reader, into: Snapshot | undefined): Snapshot {
  const m = (into as Draft<Snapshot> | undefined) ?? newSnapshot();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.data = r.bytes();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.metadata = readSnapshotMetadata(r, m.metadata);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeSnapshot(w: Writer, m: SnapshotInit): void {
  if (m.metadata !== undefined) {
    const end = w.size();
    writeSnapshotMetadata(w, m.metadata);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.data !== undefined && m.data.length !== 0) {
    w.bytes(m.data); w.byte(10);
  }
}

export interface Message {
  readonly type: number;
  readonly to: bigint;
  readonly from: bigint;
  readonly term: number;
  /** Term of the entry at `index`, which is the one before `entries`. */
  readonly logTerm: number;
  readonly index: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
  readonly snapshot: Snapshot | undefined;
  readonly reject: boolean;
  readonly rejectHint: number;
  readonly context: Uint8Array;
  readonly vote: bigint;
  readonly responses: readonly Message[];
}
export type MessageInit = {
  readonly type?: number | undefined;
  readonly to?: bigint | undefined;
  readonly from?: bigint | undefined;
  readonly term?: number | undefined;
  readonly logTerm?: number | undefined;
  readonly index?: number | undefined;
  readonly entries?: readonly EntryInit[] | undefined;
  readonly commit?: number | undefined;
  readonly snapshot?: SnapshotInit | undefined;
  readonly reject?: boolean | undefined;
  readonly rejectHint?: number | undefined;
  readonly context?: Uint8Array | undefined;
  readonly vote?: bigint | undefined;
  readonly responses?: readonly MessageInit[] | undefined;
};

export function encodeMessage(m: MessageInit): Uint8Array {
  return encodeWith(writeMessage, m);
}
export function decodeMessage(bytes: Uint8Array): Message {
  return readMessage(new Reader(bytes), undefined);
}

function newMessage(): Draft<Message> {
  return {
    type: 0,
    to: 0n,
    from: 0n,
    term: 0,
    logTerm: 0,
    index: 0,
    entries: [],
    commit: 0,
    snapshot: undefined,
    reject: false,
    rejectHint: 0,
    context: emptyBytes,
    vote: 0n,
    responses: [],
  };
}

export function readMessage(r: Reader, into: Message | undefined): Message {
  const m = (into as Draft<Message> | undefined) ?? newMessage();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.int32();
        break;
      }
      case 16: {
        m.to = r.uint64Big();
        break;
      }
      case 24: {
        m.from = r.uint64Big();
        break;
      }
      case 32: {
        m.term = r.uint64Exact();
        break;
      }
      case 40: {
        m.logTerm = r.uint64Exact();
        break;
      }
      case 48: {
        m.index = r.uint64Exact();
        break;
      }
      case 58: {
        const outer = r.enter();
        m.entries.push(readEntry(r, undefined));
        r.leave(outer);
        break;
      }
      case 64: {
        m.commit = r.uint64Exact();
        break;
      }
      case 74: {
        const outer = r.enter();
        m.snapshot = readSnapshot(r, m.snapshot);
        r.leave(outer);
        break;
      }
      case 80: {
        m.reject = r.bool();
        break;
      }
      case 88: {
        m.rejectHint = r.uint64Exact();
        break;
      }
      case 98: {
        m.context = r.bytes();
        break;
      }
      case 104: {
        m.vote = r.uint64Big();
        break;
      }
      case 114: {
        const outer = r.enter();
        m.responses.push(readMessage(r, undefined));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMessage(w: Writer, m: MessageInit): void {
  if (m.responses !== undefined) {
    for (let i = m.responses.length - 1; i >= 0; i--) {
      const item = m.responses[i] as MessageInit;
      const end = w.size();
      writeMessage(w, item);
      w.uint(w.size() - end);
      w.byte(114);
    }
  }
  w.big(m.vote ?? 0n); w.byte(104);
  if (m.context !== undefined && m.context.length !== 0) {
    w.bytes(m.context); w.byte(98);
  }
  w.uint(m.rejectHint ?? 0); w.byte(88);
  w.bool(m.reject ?? false); w.byte(80);
  if (m.snapshot !== undefined) {
    const end = w.size();
    writeSnapshot(w, m.snapshot);
    w.uint(w.size() - end);
    w.byte(74);
  }
  w.uint(m.commit ?? 0); w.byte(64);
  if (m.entries !== undefined) {
    for (let i = m.entries.length - 1; i >= 0; i--) {
      const item = m.entries[i] as EntryInit;
      const end = w.size();
      writeEntry(w, item);
      w.uint(w.size() - end);
      w.byte(58);
    }
  }
  w.uint(m.index ?? 0); w.byte(48);
  w.uint(m.logTerm ?? 0); w.byte(40);
  w.uint(m.term ?? 0); w.byte(32);
  w.big(m.from ?? 0n); w.byte(24);
  w.big(m.to ?? 0n); w.byte(16);
  w.int(m.type ?? 0); w.byte(8);
}

export interface HardState {
  readonly term: number;
  readonly vote: bigint;
  readonly commit: number;
}
export type HardStateInit = {
  readonly term?: number | undefined;
  readonly vote?: bigint | undefined;
  readonly commit?: number | undefined;
};

export function encodeHardState(m: HardStateInit): Uint8Array {
  return encodeWith(writeHardState, m);
}
export function decodeHardState(bytes: Uint8Array): HardState {
  return readHardState(new Reader(bytes), undefined);
}

function newHardState(): Draft<HardState> {
  return {
    term: 0,
    vote: 0n,
    commit: 0,
  };
}

export function readHardState(r: Reader, into: HardState | undefined): HardState {
  const m = (into as Draft<HardState> | undefined) ?? newHardState();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.term = r.uint64Exact();
        break;
      }
      case 16: {
        m.vote = r.uint64Big();
        break;
      }
      case 24: {
        m.commit = r.uint64Exact();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeHardState(w: Writer, m: HardStateInit): void {
  w.uint(m.commit ?? 0); w.byte(24);
  w.big(m.vote ?? 0n); w.byte(16);
  w.uint(m.term ?? 0); w.byte(8);
}

export interface ConfState {
  readonly voters: readonly bigint[];
  readonly learners: readonly bigint[];
  /** Voters of the configuration being left; non-empty while the change is joint. */
  readonly votersOutgoing: readonly bigint[];
  readonly learnersNext: readonly bigint[];
  readonly autoLeave: boolean;
}
export type ConfStateInit = {
  readonly voters?: readonly bigint[] | undefined;
  readonly learners?: readonly bigint[] | undefined;
  readonly votersOutgoing?: readonly bigint[] | undefined;
  readonly learnersNext?: readonly bigint[] | undefined;
  readonly autoLeave?: boolean | undefined;
};

export function encodeConfState(m: ConfStateInit): Uint8Array {
  return encodeWith(writeConfState, m);
}
export function decodeConfState(bytes: Uint8Array): ConfState {
  return readConfState(new Reader(bytes), undefined);
}

function newConfState(): Draft<ConfState> {
  return {
    voters: [],
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
}

export function readConfState(r: Reader, into: ConfState | undefined): ConfState {
  const m = (into as Draft<ConfState> | undefined) ?? newConfState();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.voters.push(r.uint64Big());
        break;
      }
      case 10: {
        const outer = r.enterPacked();
        while (r.pos < r.end) m.voters.push(r.uint64Big());
        r.leavePacked(outer);
        break;
      }
      case 16: {
        m.learners.push(r.uint64Big());
        break;
      }
      case 18: {
        const outer = r.enterPacked();
        while (r.pos < r.end) m.learners.push(r.uint64Big());
        r.leavePacked(outer);
        break;
      }
      case 24: {
        m.votersOutgoing.push(r.uint64Big());
        break;
      }
      case 26: {
        const outer = r.enterPacked();
        while (r.pos < r.end) m.votersOutgoing.push(r.uint64Big());
        r.leavePacked(outer);
        break;
      }
      case 32: {
        m.learnersNext.push(r.uint64Big());
        break;
      }
      case 34: {
        const outer = r.enterPacked();
        while (r.pos < r.end) m.learnersNext.push(r.uint64Big());
        r.leavePacked(outer);
        break;
      }
      case 40: {
        m.autoLeave = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeConfState(w: Writer, m: ConfStateInit): void {
  w.bool(m.autoLeave ?? false); w.byte(40);
  if (m.learnersNext !== undefined) {
    for (let i = m.learnersNext.length - 1; i >= 0; i--) {
      w.big(m.learnersNext[i] as bigint); w.byte(32);
    }
  }
  if (m.votersOutgoing !== undefined) {
    for (let i = m.votersOutgoing.length - 1; i >= 0; i--) {
      w.big(m.votersOutgoing[i] as bigint); w.byte(24);
    }
  }
  if (m.learners !== undefined) {
    for (let i = m.learners.length - 1; i >= 0; i--) {
      w.big(m.learners[i] as bigint); w.byte(16);
    }
  }
  if (m.voters !== undefined) {
    for (let i = m.voters.length - 1; i >= 0; i--) {
      w.big(m.voters[i] as bigint); w.byte(8);
    }
  }
}

export interface ConfChange {
  readonly id: bigint;
  readonly type: number;
  readonly nodeId: bigint;
  readonly context: Uint8Array;
}
export type ConfChangeInit = {
  readonly id?: bigint | undefined;
  readonly type?: number | undefined;
  readonly nodeId?: bigint | undefined;
  readonly context?: Uint8Array | undefined;
};

export function encodeConfChange(m: ConfChangeInit): Uint8Array {
  return encodeWith(writeConfChange, m);
}
export function decodeConfChange(bytes: Uint8Array): ConfChange {
  return readConfChange(new Reader(bytes), undefined);
}

function newConfChange(): Draft<ConfChange> {
  return {
    id: 0n,
    type: 0,
    nodeId: 0n,
    context: emptyBytes,
  };
}

export function readConfChange(r: Reader, into: ConfChange | undefined): ConfChange {
  const m = (into as Draft<ConfChange> | undefined) ?? newConfChange();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.id = r.uint64Big();
        break;
      }
      case 16: {
        m.type = r.int32();
        break;
      }
      case 24: {
        m.nodeId = r.uint64Big();
        break;
      }
      case 34: {
        m.context = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeConfChange(w: Writer, m: ConfChangeInit): void {
  if (m.context !== undefined && m.context.length !== 0) {
    w.bytes(m.context); w.byte(34);
  }
  w.big(m.nodeId ?? 0n); w.byte(24);
  w.int(m.type ?? 0); w.byte(16);
  w.big(m.id ?? 0n); w.byte(8);
}

export interface ConfChangeSingle {
  readonly type: number;
  readonly nodeId: bigint;
}
export type ConfChangeSingleInit = {
  readonly type?: number | undefined;
  readonly nodeId?: bigint | undefined;
};

export function encodeConfChangeSingle(m: ConfChangeSingleInit): Uint8Array {
  return encodeWith(writeConfChangeSingle, m);
}
export function decodeConfChangeSingle(bytes: Uint8Array): ConfChangeSingle {
  return readConfChangeSingle(new Reader(bytes), undefined);
}

function newConfChangeSingle(): Draft<ConfChangeSingle> {
  return {
    type: 0,
    nodeId: 0n,
  };
}

export function readConfChangeSingle(r: Reader, into: ConfChangeSingle | undefined): ConfChangeSingle {
  const m = (into as Draft<ConfChangeSingle> | undefined) ?? newConfChangeSingle();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.int32();
        break;
      }
      case 16: {
        m.nodeId = r.uint64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeConfChangeSingle(w: Writer, m: ConfChangeSingleInit): void {
  w.big(m.nodeId ?? 0n); w.byte(16);
  w.int(m.type ?? 0); w.byte(8);
}

export interface ConfChangeV2 {
  readonly transition: number;
  readonly changes: readonly ConfChangeSingle[];
  readonly context: Uint8Array;
}
export type ConfChangeV2Init = {
  readonly transition?: number | undefined;
  readonly changes?: readonly ConfChangeSingleInit[] | undefined;
  readonly context?: Uint8Array | undefined;
};

export function encodeConfChangeV2(m: ConfChangeV2Init): Uint8Array {
  return encodeWith(writeConfChangeV2, m);
}
export function decodeConfChangeV2(bytes: Uint8Array): ConfChangeV2 {
  return readConfChangeV2(new Reader(bytes), undefined);
}

function newConfChangeV2(): Draft<ConfChangeV2> {
  return {
    transition: 0,
    changes: [],
    context: emptyBytes,
  };
}

export function readConfChangeV2(r: Reader, into: ConfChangeV2 | undefined): ConfChangeV2 {
  const m = (into as Draft<ConfChangeV2> | undefined) ?? newConfChangeV2();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.transition = r.int32();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.changes.push(readConfChangeSingle(r, undefined));
        r.leave(outer);
        break;
      }
      case 26: {
        m.context = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeConfChangeV2(w: Writer, m: ConfChangeV2Init): void {
  if (m.context !== undefined && m.context.length !== 0) {
    w.bytes(m.context); w.byte(26);
  }
  if (m.changes !== undefined) {
    for (let i = m.changes.length - 1; i >= 0; i--) {
      const item = m.changes[i] as ConfChangeSingleInit;
      const end = w.size();
      writeConfChangeSingle(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  w.int(m.transition ?? 0); w.byte(8);
}
