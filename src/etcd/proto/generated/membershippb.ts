// Made by tools/gen-proto.ts from proto/. Do not edit.
import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';

/** What raft needs to know of a member; changes only by a conf change. */
export interface RaftAttributes {
  readonly peerUrls: readonly string[];
  readonly isLearner: boolean;
}
export type RaftAttributesInit = {
  readonly peerUrls?: readonly string[] | undefined;
  readonly isLearner?: boolean | undefined;
};

export function encodeRaftAttributes(m: RaftAttributesInit): Uint8Array {
  return encodeWith(writeRaftAttributes, m);
}
export function decodeRaftAttributes(bytes: Uint8Array): RaftAttributes {
  return readRaftAttributes(new Reader(bytes), undefined);
}

function newRaftAttributes(): Draft<RaftAttributes> {
  return {
    peerUrls: [],
    isLearner: false,
  };
}

export function readRaftAttributes(r: Reader, into: RaftAttributes | undefined): RaftAttributes {
  const m = (into as Draft<RaftAttributes> | undefined) ?? newRaftAttributes();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.peerUrls.push(r.string());
        break;
      }
      case 16: {
        m.isLearner = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeRaftAttributes(w: Writer, m: RaftAttributesInit): void {
  if (m.isLearner !== undefined && m.isLearner !== false) {
    w.bool(m.isLearner); w.byte(16);
  }
  if (m.peerUrls !== undefined) {
    for (let i = m.peerUrls.length - 1; i >= 0; i--) {
      w.string(m.peerUrls[i] as string); w.byte(10);
    }
  }
}

/** What a member publishes about itself once it serves. */
export interface Attributes {
  readonly name: string;
  readonly clientUrls: readonly string[];
}
export type AttributesInit = {
  readonly name?: string | undefined;
  readonly clientUrls?: readonly string[] | undefined;
};

export function encodeAttributes(m: AttributesInit): Uint8Array {
  return encodeWith(writeAttributes, m);
}
export function decodeAttributes(bytes: Uint8Array): Attributes {
  return readAttributes(new Reader(bytes), undefined);
}

function newAttributes(): Draft<Attributes> {
  return {
    name: '',
    clientUrls: [],
  };
}

export function readAttributes(r: Reader, into: Attributes | undefined): Attributes {
  const m = (into as Draft<Attributes> | undefined) ?? newAttributes();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.clientUrls.push(r.string());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeAttributes(w: Writer, m: AttributesInit): void {
  if (m.clientUrls !== undefined) {
    for (let i = m.clientUrls.length - 1; i >= 0; i--) {
      w.string(m.clientUrls[i] as string); w.byte(18);
    }
  }
  if (m.name !== undefined && m.name !== '') {
    w.string(m.name); w.byte(10);
  }
}

export interface Member {
  readonly ID: bigint;
  readonly raftAttributes: RaftAttributes | undefined;
  readonly memberAttributes: Attributes | undefined;
}
export type MemberInit = {
  readonly ID?: bigint | undefined;
  readonly raftAttributes?: RaftAttributesInit | undefined;
  readonly memberAttributes?: AttributesInit | undefined;
};

export function encodeMember(m: MemberInit): Uint8Array {
  return encodeWith(writeMember, m);
}
export function decodeMember(bytes: Uint8Array): Member {
  return readMember(new Reader(bytes), undefined);
}

function newMember(): Draft<Member> {
  return {
    ID: 0n,
    raftAttributes: undefined,
    memberAttributes: undefined,
  };
}

export function readMember(r: Reader, into: Member | undefined): Member {
  const m = (into as Draft<Member> | undefined) ?? newMember();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.raftAttributes = readRaftAttributes(r, m.raftAttributes);
        r.leave(outer);
        break;
      }
      case 26: {
        const outer = r.enter();
        m.memberAttributes = readAttributes(r, m.memberAttributes);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeMember(w: Writer, m: MemberInit): void {
  if (m.memberAttributes !== undefined) {
    const end = w.size();
    writeAttributes(w, m.memberAttributes);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.raftAttributes !== undefined) {
    const end = w.size();
    writeRaftAttributes(w, m.raftAttributes);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.ID !== undefined && m.ID !== 0n) {
    w.big(m.ID); w.byte(8);
  }
}

export interface ClusterVersionSetRequest {
  readonly ver: string;
}
export type ClusterVersionSetRequestInit = {
  readonly ver?: string | undefined;
};

export function encodeClusterVersionSetRequest(m: ClusterVersionSetRequestInit): Uint8Array {
  return encodeWith(writeClusterVersionSetRequest, m);
}
export function decodeClusterVersionSetRequest(bytes: Uint8Array): ClusterVersionSetRequest {
  return readClusterVersionSetRequest(new Reader(bytes), undefined);
}

function newClusterVersionSetRequest(): Draft<ClusterVersionSetRequest> {
  return {
    ver: '',
  };
}

export function readClusterVersionSetRequest(r: Reader, into: ClusterVersionSetRequest | undefined): ClusterVersionSetRequest {
  const m = (into as Draft<ClusterVersionSetRequest> | undefined) ?? newClusterVersionSetRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.ver = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeClusterVersionSetRequest(w: Writer, m: ClusterVersionSetRequestInit): void {
  if (m.ver !== undefined && m.ver !== '') {
    w.string(m.ver); w.byte(10);
  }
}

export interface ClusterMemberAttrSetRequest {
  readonly memberID: bigint;
  readonly memberAttributes: Attributes | undefined;
}
export type ClusterMemberAttrSetRequestInit = {
  readonly memberID?: bigint | undefined;
  readonly memberAttributes?: AttributesInit | undefined;
};

export function encodeClusterMemberAttrSetRequest(m: ClusterMemberAttrSetRequestInit): Uint8Array {
  return encodeWith(writeClusterMemberAttrSetRequest, m);
}
export function decodeClusterMemberAttrSetRequest(bytes: Uint8Array): ClusterMemberAttrSetRequest {
  return readClusterMemberAttrSetRequest(new Reader(bytes), undefined);
}

function newClusterMemberAttrSetRequest(): Draft<ClusterMemberAttrSetRequest> {
  return {
    memberID: 0n,
    memberAttributes: undefined,
  };
}

export function readClusterMemberAttrSetRequest(r: Reader, into: ClusterMemberAttrSetRequest | undefined): ClusterMemberAttrSetRequest {
  const m = (into as Draft<ClusterMemberAttrSetRequest> | undefined) ?? newClusterMemberAttrSetRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.memberID = r.uint64Big();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.memberAttributes = readAttributes(r, m.memberAttributes);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeClusterMemberAttrSetRequest(w: Writer, m: ClusterMemberAttrSetRequestInit): void {
  if (m.memberAttributes !== undefined) {
    const end = w.size();
    writeAttributes(w, m.memberAttributes);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.memberID !== undefined && m.memberID !== 0n) {
    w.big(m.memberID); w.byte(8);
  }
}

export interface DowngradeInfoSetRequest {
  readonly enabled: boolean;
  readonly ver: string;
}
export type DowngradeInfoSetRequestInit = {
  readonly enabled?: boolean | undefined;
  readonly ver?: string | undefined;
};

export function encodeDowngradeInfoSetRequest(m: DowngradeInfoSetRequestInit): Uint8Array {
  return encodeWith(writeDowngradeInfoSetRequest, m);
}
export function decodeDowngradeInfoSetRequest(bytes: Uint8Array): DowngradeInfoSetRequest {
  return readDowngradeInfoSetRequest(new Reader(bytes), undefined);
}

function newDowngradeInfoSetRequest(): Draft<DowngradeInfoSetRequest> {
  return {
    enabled: false,
    ver: '',
  };
}

export function readDowngradeInfoSetRequest(r: Reader, into: DowngradeInfoSetRequest | undefined): DowngradeInfoSetRequest {
  const m = (into as Draft<DowngradeInfoSetRequest> | undefined) ?? newDowngradeInfoSetRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.enabled = r.bool();
        break;
      }
      case 18: {
        m.ver = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

export function writeDowngradeInfoSetRequest(w: Writer, m: DowngradeInfoSetRequestInit): void {
  if (m.ver !== undefined && m.ver !== '') {
    w.string(m.ver); w.byte(18);
  }
  if (m.enabled !== undefined && m.enabled !== false) {
    w.bool(m.enabled); w.byte(8);
  }
}
