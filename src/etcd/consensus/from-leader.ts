import { type Message, MessageType } from '../proto/generated/raftpb.ts';

/** What only a leader sends: its sender leads, or did when it sent it. */
export function isFromLeader(message: Message): boolean {
  return (
    message.type === MessageType.MsgApp ||
    message.type === MessageType.MsgHeartbeat ||
    message.type === MessageType.MsgSnap
  );
}
