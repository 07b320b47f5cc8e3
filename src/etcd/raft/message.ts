import { emptyBytes, equalBytes, utf8Bytes } from '../../base/bytes.ts';
import { type Message, MessageType } from '../proto/generated/raftpb.ts';

/** The part of a message that its sender chooses; the rest is zero. */
export type MessageFields = Partial<Message> & Pick<Message, 'type' | 'to'>;

/** Context of a vote request after a leadership transfer: it overrides the old leader's lease. */
export const campaignTransferContext: Uint8Array = utf8Bytes('CampaignTransfer');

export function isCampaignTransfer(context: Uint8Array): boolean {
  return equalBytes(context, campaignTransferContext);
}

export function buildMessage(fields: MessageFields, from: bigint, term: number): Message {
  return {
    type: fields.type,
    to: fields.to,
    from: fields.from ?? from,
    term: fields.term ?? term,
    logTerm: fields.logTerm ?? 0,
    index: fields.index ?? 0,
    entries: fields.entries ?? [],
    commit: fields.commit ?? 0,
    vote: 0n,
    snapshot: fields.snapshot,
    reject: fields.reject ?? false,
    rejectHint: fields.rejectHint ?? 0,
    context: fields.context ?? emptyBytes,
    responses: [],
  };
}

/** Types that only ever go from a member to itself in etcd; one from the network is ignored. */
export function isLocalType(type: MessageType): boolean {
  switch (type) {
    case MessageType.MsgHup:
    case MessageType.MsgBeat:
    case MessageType.MsgUnreachable:
    case MessageType.MsgSnapStatus:
    case MessageType.MsgCheckQuorum:
    case MessageType.MsgStorageAppend:
    case MessageType.MsgStorageAppendResp:
    case MessageType.MsgStorageApply:
    case MessageType.MsgStorageApplyResp:
    case MessageType.MsgForgetLeader:
      return true;
    default:
      return false;
  }
}

/** Requests that travel to the leader as if they were made there, without a term. */
export function isForwardedType(type: MessageType): boolean {
  return (
    type === MessageType.MsgProp ||
    type === MessageType.MsgReadIndex ||
    type === MessageType.MsgTransferLeader
  );
}

export function isResponseType(type: MessageType): boolean {
  return (
    type === MessageType.MsgAppResp ||
    type === MessageType.MsgVoteResp ||
    type === MessageType.MsgHeartbeatResp ||
    type === MessageType.MsgPreVoteResp
  );
}

export function isFromLeader(type: MessageType): boolean {
  return (
    type === MessageType.MsgApp || type === MessageType.MsgHeartbeat || type === MessageType.MsgSnap
  );
}
