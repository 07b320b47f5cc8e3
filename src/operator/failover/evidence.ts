import type { FailoverReport, ObservedInstance, ObservedStream } from '../reconcile/observed.ts';
import { failoverBounds } from './bounds.ts';

/**
 * What makes a leader dead. Two kinds of evidence:
 *
 * - Its process is known to be gone: nobody listens at its address, its container has ended, its
 *   pod or node no longer exists. Counts only against the very instance the stream was opened to.
 * - Silence: nobody knows what became of it (node cut off, process stopped), but a quorum of
 *   voters has not heard it for several heartbeats. One observer's broken connection never counts.
 *
 * A leader that speaks is alive, whatever else is said about it.
 */
export type Evidence =
  | { readonly isDead: true; readonly evidence: EvidenceKind }
  | { readonly isDead: false; readonly why: string };

export type EvidenceKind =
  | 'ConnectionRefused'
  | 'ContainerEnded'
  | 'PodGone'
  | 'NodeGone'
  | 'ProcessRestarted'
  | 'Silent';

export type Accused = {
  readonly memberId: bigint;
  readonly term: number;
  readonly instance: ObservedInstance | undefined;
  /** undefined: never watched (the operator has just started); then only silence can tell. */
  readonly stream: ObservedStream | undefined;
};

export function examineLeader(
  accused: Accused,
  survivors: readonly FailoverReport[],
  quorum: number,
  heartbeatMs: number,
  nowMs: number,
): Evidence {
  const { stream, memberId, term } = accused;
  const isConnected = stream?.state.kind === 'connected';
  const last = stream?.last;
  const isFresh =
    last !== undefined && nowMs - last.receivedMs <= failoverBounds.silentHeartbeats * heartbeatMs;
  if (isConnected && isFresh && last.leader === memberId && last.term >= term) {
    return { isDead: false, why: 'it says that it leads' };
  }
  const gone = stream && processGone(accused, stream);
  if (gone !== undefined) return { isDead: true, evidence: gone };
  const silentMs = failoverBounds.silentHeartbeats * heartbeatMs;
  const silent = survivors.filter((report) => leaderSilenceMs(report, nowMs) > silentMs);
  if (silent.length < quorum) return { isDead: false, why: 'a quorum has heard it lately' };
  const hasDenied = isConnected && isFresh && last.leader !== memberId;
  return { isDead: true, evidence: hasDenied ? 'ProcessRestarted' : 'Silent' };
}

function processGone(accused: Accused, stream: ObservedStream): EvidenceKind | undefined {
  const { instance } = accused;
  if (stream.state.kind === 'connected') return undefined;
  if (instance === undefined || instance.uid !== stream.instanceUid) return 'PodGone';
  if (instance.container.state === 'terminated') return 'ContainerEnded';
  if (instance.isNodeGone) return 'NodeGone';
  if (stream.state.kind === 'broken' && stream.state.isRefused) return 'ConnectionRefused';
  return undefined;
}

/** How long ago this survivor heard its leader, as of now. */
export function leaderSilenceMs(report: FailoverReport, nowMs: number): number {
  return report.millisSinceLeaderHeard + (nowMs - report.receivedMs);
}
