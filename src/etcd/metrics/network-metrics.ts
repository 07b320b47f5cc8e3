import { formatId } from '../proto/ids.ts';
import { doubling, type Instruments } from './instruments.ts';

export type NetworkMetrics = ReturnType<typeof networkMetrics>;

/** Traffic with clients and with other members. */
export function networkMetrics(make: Instruments) {
  const transfer = doubling(0.1, 10);
  return {
    // Never counted, and not by etcd 3.7 either: docs/observability.md says why.
    streamFailures: make.counter(
      'etcd_network_server_stream_failures_total',
      'Client streams that broke while sending or receiving.',
      ['Type', 'API'],
    ),
    knownPeers: make.gauge('etcd_network_known_peers', 'Members this one knows.', [
      'Local',
      'Remote',
    ]),
    activePeers: make.gauge('etcd_network_active_peers', 'Members this one is connected to.', [
      'Local',
      'Remote',
    ]),
    disconnectedPeers: make.counter(
      'etcd_network_disconnected_peers_total',
      'Lost connections to members.',
      ['Local', 'Remote'],
    ),
    peerSentBytes: make.counter('etcd_network_peer_sent_bytes_total', 'Bytes sent to a member.', [
      'To',
    ]),
    peerReceivedBytes: make.counter(
      'etcd_network_peer_received_bytes_total',
      'Bytes received from a member.',
      ['From'],
    ),
    peerSentFailures: make.counter(
      'etcd_network_peer_sent_failures_total',
      'Messages that could not be sent to a member.',
      ['To'],
    ),
    peerReceivedFailures: make.counter(
      'etcd_network_peer_received_failures_total',
      'Messages from a member that could not be used.',
      ['From'],
    ),
    peerRoundTripSeconds: make.histogram(
      'etcd_network_peer_round_trip_time_seconds',
      'Round trips between members.',
      doubling(0.0001, 16),
      ['To'],
    ),
    ...sent(make, transfer),
    ...received(make, transfer),
  };
}

function sent(make: Instruments, buckets: readonly number[]) {
  const name = 'etcd_network_snapshot_send';
  return {
    snapshotSendSuccesses: make.counter(`${name}_success`, 'Snapshots sent.', ['To']),
    snapshotSendFailures: make.counter(`${name}_failures`, 'Snapshots not sent.', ['To']),
    snapshotSendsInflight: make.gauge(`${name}_inflights_total`, 'Snapshots being sent.', ['To']),
    snapshotSendSeconds: make.histogram(
      `${name}_total_duration_seconds`,
      'How long sending a snapshot took.',
      buckets,
      ['To'],
    ),
  };
}

function received(make: Instruments, buckets: readonly number[]) {
  const name = 'etcd_network_snapshot_receive';
  return {
    snapshotReceiveSuccesses: make.counter(`${name}_success`, 'Snapshots received.', ['From']),
    snapshotReceiveFailures: make.counter(`${name}_failures`, 'Snapshots not received.', ['From']),
    snapshotReceivesInflight: make.gauge(`${name}_inflights_total`, 'Snapshots being received.', [
      'From',
    ]),
    snapshotReceiveSeconds: make.histogram(
      `${name}_total_duration_seconds`,
      'How long receiving a snapshot took.',
      buckets,
      ['From'],
    ),
  };
}

type TransferEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'succeeded'; readonly seconds: number }
  | { readonly kind: 'failed' };

/** What the peer transport reports, counted for one member. Fits peer/transport.ts' PeerMetrics. */
export class PeerMeter {
  readonly #metrics: NetworkMetrics;
  readonly #local: string;

  constructor(metrics: NetworkMetrics, local: bigint) {
    this.#metrics = metrics;
    this.#local = formatId(local);
  }

  sentBytes(id: bigint, bytes: number): void {
    this.#metrics.peerSentBytes.inc({ To: formatId(id) }, bytes);
  }

  receivedBytes(id: bigint, bytes: number): void {
    this.#metrics.peerReceivedBytes.inc({ From: formatId(id) }, bytes);
  }

  sendFailed(id: bigint): void {
    this.#metrics.peerSentFailures.inc({ To: formatId(id) });
  }

  receiveFailed(id: bigint): void {
    this.#metrics.peerReceivedFailures.inc({ From: formatId(id) });
  }

  active(id: bigint, isActive: boolean): void {
    const labels = { Local: this.#local, Remote: formatId(id) };
    this.#metrics.activePeers.set(labels, isActive ? 1 : 0);
    if (!isActive) this.#metrics.disconnectedPeers.inc(labels);
  }

  roundTrip(id: bigint, seconds: number): void {
    this.#metrics.peerRoundTripSeconds.observe({ To: formatId(id) }, seconds);
  }

  snapshotSend(id: bigint, event: TransferEvent): void {
    const m = this.#metrics;
    const labels = { To: formatId(id) };
    if (event.kind === 'started') m.snapshotSendsInflight.inc(labels);
    else m.snapshotSendsInflight.dec(labels);
    if (event.kind === 'failed') m.snapshotSendFailures.inc(labels);
    if (event.kind !== 'succeeded') return;
    m.snapshotSendSuccesses.inc(labels);
    m.snapshotSendSeconds.observe(labels, event.seconds);
  }

  snapshotReceive(id: bigint, event: TransferEvent): void {
    const m = this.#metrics;
    const labels = { From: formatId(id) };
    if (event.kind === 'started') m.snapshotReceivesInflight.inc(labels);
    else m.snapshotReceivesInflight.dec(labels);
    if (event.kind === 'failed') m.snapshotReceiveFailures.inc(labels);
    if (event.kind !== 'succeeded') return;
    m.snapshotReceiveSuccesses.inc(labels);
    m.snapshotReceiveSeconds.observe(labels, event.seconds);
  }
}
