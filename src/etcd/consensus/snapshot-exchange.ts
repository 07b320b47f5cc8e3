import type { Log } from '../../base/log.ts';
import type { PeerTransport, SnapshotDatabase } from '../peer/transport.ts';
import type { Message, Snapshot } from '../proto/generated/raftpb.ts';
import { formatId } from '../proto/ids.ts';
import type { AppliedPosition } from './snapshot-policy.ts';

/** This member's whole state as of `position`, about to be streamed as a bbolt file. */
export type OpenedDatabase = SnapshotDatabase & {
  readonly position: AppliedPosition;
  /** The membership in etcd's older form: members up to 3.6 read it. */
  readonly storeV2: Uint8Array;
};

export type SnapshotExchangeParts = {
  readonly log: Log;
  readonly peers: () => PeerTransport;
  readonly openDatabase: () => Promise<OpenedDatabase>;
  /** Writes a received database to its file, durably. */
  readonly storeReceived: (index: number, pieces: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Makes the received database of this index the state; durable when it resolves. */
  readonly replaceState: (index: number) => Promise<AppliedPosition>;
  /** The WAL marker of a snapshot, durable, behind a hard state that has reached it. */
  readonly saveWalSnapshot: (position: AppliedPosition) => Promise<void>;
  readonly step: (message: Message) => void;
  readonly reportSnapshot: (member: bigint, ok: boolean) => void;
  readonly transferStarted: () => void;
  readonly transferEnded: () => void;
  readonly installed: (position: AppliedPosition) => void;
};

/** Whole states between members, for those that need entries the log no longer has. */
export class SnapshotExchange {
  readonly #parts: SnapshotExchangeParts;
  readonly #sendingTo = new Set<bigint>();
  /** Indexes of databases that are arriving: each has one file. */
  readonly #receiving = new Set<number>();

  constructor(parts: SnapshotExchangeParts) {
    this.#parts = parts;
  }

  /** Raft asked for it; the answer comes through `delivered`. */
  send(message: Message): void {
    const { log, reportSnapshot } = this.#parts;
    if (this.#sendingTo.has(message.to)) {
      reportSnapshot(message.to, false);
      return;
    }
    this.#sendingTo.add(message.to);
    this.#parts.transferStarted();
    this.#open(message).catch((error: unknown) => {
      log.error('failed to open a snapshot for a member', { to: formatId(message.to), error });
      this.delivered(message.to, false);
    });
  }

  /** The transport is done with the snapshot for this member. */
  delivered(member: bigint, ok: boolean): void {
    if (this.#sendingTo.delete(member)) this.#parts.transferEnded();
    this.#parts.log.info(ok ? 'delivered a snapshot' : 'failed to deliver a snapshot', {
      to: formatId(member),
    });
    this.#parts.reportSnapshot(member, ok);
  }

  /** A leader's snapshot: stored first, so that raft only hears of one that is here. */
  async receive(message: Message, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const index = message.snapshot?.metadata?.index ?? 0;
    const from = formatId(message.from);
    if (this.#receiving.has(index)) {
      throw new Error(`a snapshot of index ${index} is being received already`);
    }
    this.#receiving.add(index);
    this.#parts.log.info('receiving a snapshot', { from, index });
    try {
      await this.#parts.storeReceived(index, pieces);
    } finally {
      this.#receiving.delete(index);
    }
    this.#parts.step(message);
  }

  /**
   * Raft accepted the snapshot. The new state is complete and durable under its own name before the
   * WAL mentions it: a crash in between starts with the new state and writes the marker then.
   */
  async install(snapshot: Snapshot): Promise<void> {
    const index = snapshot.metadata?.index ?? 0;
    const position = await this.#parts.replaceState(index);
    await this.#parts.saveWalSnapshot(position);
    this.#parts.installed(position);
    this.#parts.log.info('applied snapshot', { index: position.index, term: position.term });
  }

  /** The state may be newer than what raft named: the receiver simply starts further on. */
  async #open(message: Message): Promise<void> {
    const database = await this.#parts.openDatabase();
    const { index, term, confState } = database.position;
    const snapshot = { data: database.storeV2, metadata: { confState, index, term } };
    this.#parts.log.info('sending a snapshot', {
      to: formatId(message.to),
      index,
      bytes: database.sizeBytes,
    });
    this.#parts.peers().sendSnapshot({ ...message, snapshot }, database);
  }
}
