import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { HttpPeerTransport } from '../../src/etcd/peer/http-transport.ts';
import { plainPeers } from '../../src/etcd/peer/peer-dialer.ts';
import {
  type DisconnectEvidence,
  noPeerMetrics,
  type PeerHandlers,
} from '../../src/etcd/peer/transport.ts';
import type { Message, MessageInit } from '../../src/etcd/proto/generated/raftpb.ts';
import { decodeMessage, encodeMessage } from '../../src/etcd/proto/generated/raftpb.ts';

/** A message as it comes off the wire: every field present. */
export function message(init: MessageInit): Message {
  return decodeMessage(encodeMessage(init));
}

export type PeerMember = {
  readonly id: bigint;
  readonly url: string;
  readonly transport: HttpPeerTransport;
  readonly stepped: Message[];
  readonly unreachable: bigint[];
  readonly snapshots: { readonly id: bigint; readonly ok: boolean }[];
  readonly disconnects: { readonly id: bigint; readonly evidence: DisconnectEvidence }[];
  removedByPeers: number;
};

/**
 * A member that is nothing but a transport: it writes down what it is told. `handlers` replaces
 * what a test wants to decide itself.
 */
export async function startPeerMember(
  id: bigint,
  handlers: Partial<PeerHandlers> = {},
  port = 0,
  clusterId = 7n,
): Promise<PeerMember> {
  const refuse = async (): Promise<never> => Promise.reject(new Error('not in this test'));
  const member: Omit<PeerMember, 'transport' | 'url'> = {
    id,
    stepped: [],
    unreachable: [],
    snapshots: [],
    disconnects: [],
    removedByPeers: 0,
  };
  const transport = new HttpPeerTransport({
    identity: {
      memberId: id,
      clusterId,
      serverVersion: '3.7.0',
      advertisePeerUrls: [`http://127.0.0.1:${port}`],
    },
    handlers: {
      step: (stepped) => {
        member.stepped.push(stepped);
        return 'ok';
      },
      reportUnreachable: (peer) => member.unreachable.push(peer),
      reportSnapshot: (peer, ok) => member.snapshots.push({ id: peer, ok }),
      peerDisconnected: (peer, evidence) => member.disconnects.push({ id: peer, evidence }),
      receiveSnapshot: refuse,
      members: () => [],
      versionJson: () => '{"etcdserver":"3.7.0","etcdcluster":"3.7.0","storage":"3.7.0"}',
      hashKv: refuse,
      promoteMember: refuse,
      renewLease: refuse,
      leaseTimeToLive: refuse,
      downgradeEnabled: async () => false,
      removedByPeers: () => {
        member.removedByPeers += 1;
      },
      ...handlers,
    },
    metrics: noPeerMetrics,
    clock: systemClock,
    log: silentLog,
    listen: [{ address: { kind: 'tcp', host: '127.0.0.1', port } }],
    dialer: plainPeers,
    dialTimeoutMs: 2_000,
  });
  await transport.start();
  const url = `http://127.0.0.1:${transport.addresses()[0]?.port}`;
  return Object.assign(member, { transport, url });
}
