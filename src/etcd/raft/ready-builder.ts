import { assert } from '../../base/assert.ts';
import type { HardState, Message } from '../proto/generated/raftpb.ts';
import { type Core, idText } from './core.ts';
import type { AppendWork, ApplyWork, Ready, SoftState } from './ready.ts';
import { broadcastHeartbeats, flushAppends } from './replication.ts';

const none: readonly never[] = Object.freeze([]);

/** Turns what changed in the core into work for the caller, and knows what is outstanding. */
export class ReadyBuilder {
  readonly #core: Core;
  #outstanding: AppendWork | undefined;
  /** What the disk holds once the outstanding work is done. */
  #hardState: HardState;
  #soft: SoftState = { lead: 0n, role: 'follower' };
  /**
   * A commit index that moved alone is written with the next entries, or once per tick: it is no
   * promise to anybody, and a write of its own would only delay the entries behind it.
   */
  #commitIsDue = false;

  constructor(core: Core, hardState: HardState) {
    this.#core = core;
    this.#hardState = hardState;
  }

  ticked(): void {
    this.#commitIsDue = true;
  }

  take(mayApply: boolean): Ready | undefined {
    const core = this.#core;
    if (core.role === 'leader') {
      if (core.readsWaiting) broadcastHeartbeats(core);
      core.readsWaiting = false;
      flushAppends(core);
    }
    const soft = this.#takeSoft();
    const append = this.#outstanding === undefined ? this.#takeAppend() : undefined;
    const apply = mayApply ? this.#takeApply() : undefined;
    const { send, reads, notes } = core;
    const isEmpty = send.length === 0 && reads.length === 0 && notes.length === 0;
    if (isEmpty && soft === undefined && append === undefined && apply === undefined) {
      return undefined;
    }
    // What is handed out must never be an array that the core still fills: the caller may step raft
    // while it works on this Ready, and a message would leave twice.
    if (send.length > 0) core.send = [];
    if (reads.length > 0) core.reads = [];
    if (notes.length > 0) core.notes = [];
    return {
      ...(append === undefined ? {} : { append }),
      send: send.length > 0 ? send : none,
      ...(apply === undefined ? {} : { apply }),
      reads: reads.length > 0 ? reads : none,
      ...(soft === undefined ? {} : { soft }),
      notes: notes.length > 0 ? notes : none,
    };
  }

  /** The hard state that is now on disk. */
  appendDone(work: AppendWork): HardState {
    assert(work === this.#outstanding, 'this is not the write that is under way');
    this.#outstanding = undefined;
    return this.#hardState;
  }

  /**
   * Promises made while a write is under way wait for the next one, which holds what they are
   * about. If nothing is left to write they may go at once.
   */
  #takeAppend(): AppendWork | undefined {
    const core = this.#core;
    const { term, vote } = core;
    const commit = core.log.committed;
    const before = this.#hardState;
    const isNewVote = term !== before.term || vote !== before.vote;
    const isNewCommit = commit !== before.commit;
    const hasUnstable = core.log.hasUnstable;
    if (!hasUnstable && !isNewVote && !(isNewCommit && this.#commitIsDue)) {
      this.#releasePromises(core.sendAfterAppend);
      return undefined;
    }
    const { entries, snapshot } = core.log.takeUnstable();
    if (isNewVote || isNewCommit) this.#hardState = { term, vote, commit };
    this.#commitIsDue = false;
    this.#outstanding = {
      entries,
      ...(isNewVote || isNewCommit ? { hardState: this.#hardState } : {}),
      ...(snapshot === undefined ? {} : { snapshot }),
      thenSend: core.sendAfterAppend,
      mustSync: hasUnstable || isNewVote,
    };
    core.sendAfterAppend = [];
    return this.#outstanding;
  }

  #releasePromises(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    for (const m of messages) this.#core.send.push(m);
    this.#core.sendAfterAppend = [];
  }

  #takeApply(): ApplyWork | undefined {
    const { log, config } = this.#core;
    if (!log.hasCommitted) return undefined;
    return { entries: log.takeCommitted(config.maxApplyBytes, config.maxApplyEntries) };
  }

  #takeSoft(): SoftState | undefined {
    const { lead, role } = this.#core;
    const before = this.#soft;
    if (lead === before.lead && role === before.role) return undefined;
    if (lead !== before.lead) this.#core.note(this.#leaderText(before.lead));
    this.#soft = { lead, role };
    return this.#soft;
  }

  #leaderText(before: bigint): string {
    const { id, lead, term } = this.#core;
    const node = `raft.node: ${idText(id)}`;
    if (lead === 0n) return `${node} lost leader ${idText(before)} at term ${term}`;
    if (before === 0n) return `${node} elected leader ${idText(lead)} at term ${term}`;
    return `${node} changed leader from ${idText(before)} to ${idText(lead)} at term ${term}`;
  }
}
