import type { Clock } from '../../base/clock.ts';
import type { ObserveResponse } from '../../etcd/proto/generated/etcdtspb.ts';
import type { ObservedStream } from '../reconcile/observed.ts';

/** One life of a member's process and where it listens. */
export type StreamTarget = {
  readonly memberName: string;
  readonly instanceUid: string;
  readonly endpoint: string;
};

/** What this needs of a member client. */
export interface ObservableMember {
  observe(onReport: (report: ObserveResponse) => void, onEnd: (error: Error) => void): () => void;
  close(): void;
}

type Stream = {
  readonly target: StreamTarget;
  readonly member: ObservableMember;
  state: ObservedStream['state'];
  last: ObservedStream['last'];
  cancel: () => void;
  closed: boolean;
};

/** Reconnecting to a refused port costs nothing; a member that comes back is heard at once. */
const RECONNECT_MS = 50;
/** A member has one per kind; they go into a status, which must not grow without end. */
const STORAGE_WARNINGS_MAX = 8;

/**
 * One Failover.Observe stream to every member. The kernel closes the stream of a process that dies
 * within a millisecond, long before any pod status tells; a refused reconnect confirms it.
 */
export class FailoverStreams {
  readonly #clock: Clock;
  readonly #connect: (endpoint: string) => ObservableMember;
  /** Something a failover could depend on has changed. */
  readonly #onChange: () => void;
  readonly #streams = new Map<string, Stream>();

  constructor(clock: Clock, connect: (endpoint: string) => ObservableMember, onChange: () => void) {
    this.#clock = clock;
    this.#connect = connect;
    this.#onChange = onChange;
  }

  /** Opens streams to new instances and closes those to instances that are not named any more. */
  setTargets(targets: readonly StreamTarget[]): void {
    const wanted = new Map(targets.map((target) => [target.memberName, target]));
    for (const [name, stream] of this.#streams) {
      const target = wanted.get(name);
      const isSame =
        target?.instanceUid === stream.target.instanceUid &&
        target.endpoint === stream.target.endpoint;
      if (isSame) wanted.delete(name);
      else this.#close(stream);
    }
    for (const target of wanted.values()) this.#open(target);
  }

  observed(): readonly ObservedStream[] {
    return [...this.#streams.values()].map((stream) => ({
      memberName: stream.target.memberName,
      instanceUid: stream.target.instanceUid,
      state: stream.state,
      last: stream.last,
    }));
  }

  close(): void {
    for (const stream of this.#streams.values()) this.#close(stream);
  }

  #open(target: StreamTarget): void {
    const stream: Stream = {
      target,
      member: this.#connect(target.endpoint),
      state: { kind: 'connecting', sinceMs: this.#clock.wallMs() },
      last: undefined,
      cancel: () => {},
      closed: false,
    };
    this.#streams.set(target.memberName, stream);
    this.#listen(stream);
  }

  #listen(stream: Stream): void {
    stream.cancel = stream.member.observe(
      (report) => this.#reported(stream, report),
      (error) => this.#ended(stream, error),
    );
  }

  #reported(stream: Stream, report: ObserveResponse): void {
    if (stream.closed) return;
    const before = stream.last;
    const wasConnected = stream.state.kind === 'connected';
    const nowMs = this.#clock.wallMs();
    if (!wasConnected) stream.state = { kind: 'connected', sinceMs: nowMs };
    stream.last = {
      memberId: report.header?.memberId ?? 0n,
      leader: report.leaderId,
      term: report.term,
      lastTerm: report.lastTerm,
      lastIndex: report.lastIndex,
      appliedIndex: report.appliedIndex,
      millisSinceLeaderHeard: report.millisSinceLeader,
      storageWarnings: report.storageWarnings.slice(0, STORAGE_WARNINGS_MAX),
      receivedMs: nowMs,
    };
    const changed = before?.leader !== report.leaderId || before.term !== report.term;
    if (!wasConnected || changed) this.#onChange();
  }

  #ended(stream: Stream, error: Error): void {
    if (stream.closed) return;
    const isRefused = error.message.includes('ECONNREFUSED');
    const was = stream.state;
    if (was.kind !== 'broken' || (isRefused && !was.isRefused)) {
      const sinceMs = was.kind === 'broken' ? was.sinceMs : this.#clock.wallMs();
      stream.state = { kind: 'broken', sinceMs, isRefused };
      this.#onChange();
    }
    // The first attempt after a break comes at once: its refusal is the second half of the
    // evidence.
    const waitMs = was.kind === 'connected' ? 0 : RECONNECT_MS;
    void this.#clock.after(waitMs).then(() => {
      if (!stream.closed) this.#listen(stream);
    });
  }

  #close(stream: Stream): void {
    stream.closed = true;
    stream.cancel();
    stream.member.close();
    if (this.#streams.get(stream.target.memberName) === stream) {
      this.#streams.delete(stream.target.memberName);
    }
  }
}
