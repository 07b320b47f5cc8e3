import type { Clock } from '../../base/clock.ts';
import type {
  Answer,
  Consensus,
  ConsensusStatus,
  ForgetLeaderOutcome,
} from '../consensus/consensus.ts';
import {
  encodeForgetLeaderResponse,
  encodeObserveResponse,
  type ForgetLeaderRequest,
  ForgetLeaderResponse_Outcome as Outcome,
} from '../proto/generated/etcdtspb.ts';

export type FailoverServiceOptions = {
  readonly consensus: Consensus;
  readonly currentRevision: () => number;
  readonly storageWarnings: () => readonly StorageWarning[];
  readonly clock: Clock;
  readonly heartbeatMs: number;
};

const outcomes: Readonly<Record<ForgetLeaderOutcome['did'], number>> = {
  forgotten: Outcome.FORGOTTEN,
  'already-leaderless': Outcome.ALREADY_LEADERLESS,
  'no-longer-so': Outcome.NO_LONGER_SO,
  'is-leader': Outcome.IS_LEADER,
};

/** As storage-warnings.ts has them; an operator only shows them. */
type StorageWarning = { readonly name: string; readonly message: string };

/**
 * How an operator shortens the time without a leader: it observes every member, and when a leader
 * is dead on its evidence it tells the survivors to stop waiting for it.
 */
export class FailoverService {
  readonly #options: FailoverServiceOptions;

  constructor(options: FailoverServiceOptions) {
    this.#options = options;
  }

  /**
   * Idempotent and safe at any moment: the request names the leader and term that the caller
   * believes dead, and a member that has moved on since does nothing.
   */
  forgetLeader(request: ForgetLeaderRequest): Answer {
    const { consensus, currentRevision } = this.#options;
    const outcome = consensus.forgetLeader(request);
    const after = consensus.status();
    const body = encodeForgetLeaderResponse({
      outcome: outcomes[outcome.did],
      campaigning: outcome.campaigning,
      leaderId: after.leader,
      term: after.term,
    });
    return { body, revision: currentRevision() };
  }

  /** Reports at once, on every change and every heartbeat, until the returned function is called. */
  observe(report: (answer: Answer) => void): () => void {
    const { consensus, currentRevision, storageWarnings, clock, heartbeatMs } = this.#options;
    const send = (): void => {
      const body = observed(consensus.status(), storageWarnings());
      report({ body, revision: currentRevision() });
    };
    const stopListening = consensus.onChange(send);
    const stopTicking = clock.every(heartbeatMs, send);
    send();
    return () => {
      stopListening();
      stopTicking();
    };
  }
}

function observed(status: ConsensusStatus, storageWarnings: readonly StorageWarning[]): Uint8Array {
  return encodeObserveResponse({
    leaderId: status.leader,
    term: status.term,
    lastIndex: status.lastIndex,
    lastTerm: status.lastTerm,
    appliedIndex: status.appliedIndex,
    millisSinceLeader: Math.floor(status.millisSinceLeaderHeard),
    role: status.role,
    isLearner: status.isLearner,
    commitIndex: status.commitIndex,
    storageWarnings: storageWarnings.map(({ name, message }) => ({ name, message })),
  });
}
