import assert from 'node:assert/strict';
import type { Random } from '../../src/base/random.ts';
import {
  type ConfState,
  decodeConfChange,
  type Entry,
  EntryType,
  type HardState,
  type Message,
  type Snapshot,
} from '../../src/etcd/proto/generated/raftpb.ts';
import { etcdRaftConfig, type RaftConfig, type RestoredState } from '../../src/etcd/raft/config.ts';
import { Raft } from '../../src/etcd/raft/raft.ts';
import type { AppendWork, ApplyWork, ReadState, Ready } from '../../src/etcd/raft/ready.ts';

export const noConfState: ConfState = {
  voters: [],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

/** What survives a crash: exactly what completed writes and applications left. */
export type RaftDisk = {
  hardState: HardState;
  entries: Entry[];
  snapshotIndex: number;
  snapshotTerm: number;
  appliedIndex: number;
  confState: ConfState;
};

export function emptyDisk(): RaftDisk {
  return {
    hardState: { term: 0, vote: 0n, commit: 0 },
    entries: [],
    snapshotIndex: 0,
    snapshotTerm: 0,
    appliedIndex: 0,
    confState: noConfState,
  };
}

/** A disk that has `entries` from index 1 on, all applied up to `commit`. */
export function diskWith(state: {
  readonly voters: readonly bigint[];
  readonly learners?: readonly bigint[];
  readonly term?: number;
  readonly vote?: bigint;
  readonly commit?: number;
  readonly entries?: readonly Entry[];
}): RaftDisk {
  const commit = state.commit ?? 0;
  return {
    ...emptyDisk(),
    hardState: { term: state.term ?? 0, vote: state.vote ?? 0n, commit },
    entries: [...(state.entries ?? [])],
    appliedIndex: commit,
    confState: { ...noConfState, voters: state.voters, learners: state.learners ?? [] },
  };
}

export function restoredFrom(disk: RaftDisk): RestoredState {
  return { ...disk };
}

/**
 * One raft member with a disk in memory whose writes take as long as the test wants. Messages out
 * are collected in `outbox`; work that is under way waits in `append` and `apply`.
 */
export class RaftMember {
  readonly id: bigint;
  readonly disk: RaftDisk;
  readonly config: RaftConfig;
  raft: Raft;
  outbox: Message[] = [];
  append: AppendWork | undefined;
  apply: ApplyWork | undefined;
  reads: ReadState[] = [];
  notes: string[] = [];
  /** Called for each entry that is applied, and for each snapshot with its position. */
  onApply: (entry: Entry) => void = () => undefined;
  onInstall: (snapshot: Snapshot) => void = () => undefined;
  /** A broken driver, to see whether the simulation notices: promises leave before the write. */
  breaksPromises = false;

  constructor(id: bigint, disk: RaftDisk, random: Random, options?: Partial<RaftConfig>) {
    this.id = id;
    this.disk = disk;
    this.config = {
      ...etcdRaftConfig({ id, electionTicks: 10, heartbeatTicks: 1, preVote: true, random }),
      ...options,
    };
    this.raft = new Raft(this.config, restoredFrom(disk));
  }

  /** Starts again from the disk: everything that was under way is lost. */
  crash(): void {
    this.outbox = [];
    this.append = undefined;
    this.apply = undefined;
    this.reads = [];
    this.notes = [];
    this.raft = new Raft(this.config, restoredFrom(this.disk));
  }

  takeReady(): Ready | undefined {
    const ready = this.raft.takeReady();
    if (ready === undefined) return undefined;
    this.outbox.push(...ready.send);
    this.reads.push(...ready.reads);
    this.notes.push(...ready.notes);
    if (ready.append !== undefined) {
      assert.equal(this.append, undefined, 'one write at a time');
      this.append = ready.append;
      if (this.breaksPromises) this.outbox.push(...ready.append.thenSend);
    }
    if (ready.apply !== undefined) {
      assert.equal(this.apply, undefined, 'one application at a time');
      this.apply = ready.apply;
    }
    return ready;
  }

  /** Completes the write under way. */
  finishAppend(): void {
    const work = this.append;
    if (work === undefined) return;
    this.append = undefined;
    if (work.snapshot !== undefined) this.#install(work.snapshot);
    for (const entry of work.entries) this.#write(entry);
    if (work.hardState !== undefined) this.disk.hardState = work.hardState;
    if (!this.breaksPromises) this.outbox.push(...work.thenSend);
    this.raft.appendDone(work);
  }

  /** Completes the application under way, atomically with the applied index. */
  finishApply(): void {
    const work = this.apply;
    if (work === undefined) return;
    this.apply = undefined;
    const last = work.entries.at(-1);
    // A snapshot that was installed meanwhile has overtaken it.
    if (last === undefined || last.index <= this.disk.appliedIndex) return;
    for (const entry of work.entries) {
      assert.equal(entry.index, this.disk.appliedIndex + 1, 'applied in order, without gaps');
      if (entry.type === EntryType.EntryConfChange) {
        this.disk.confState = this.raft.applyConfChange(decodeConfChange(entry.data));
      }
      this.disk.appliedIndex = entry.index;
      this.onApply(entry);
    }
    this.raft.appliedTo(last.index);
  }

  /** Takes and does everything there is to do. */
  settle(): void {
    while (
      this.takeReady() !== undefined ||
      this.append !== undefined ||
      this.apply !== undefined
    ) {
      this.finishAppend();
      this.finishApply();
    }
  }

  /** Compacts raft's log and the one on disk. */
  compact(index: number): void {
    if (index <= this.disk.snapshotIndex || index > this.disk.appliedIndex) return;
    const term = this.raft.termAt(index);
    // A snapshot that is being installed has replaced the log already.
    if (term === undefined) return;
    // A marker is only valid with a commit index that has reached it.
    this.disk.hardState = {
      ...this.disk.hardState,
      commit: Math.max(this.disk.hardState.commit, index),
    };
    this.disk.entries.splice(0, index - this.disk.snapshotIndex);
    this.disk.snapshotIndex = index;
    this.disk.snapshotTerm = term;
    this.raft.compactLog(index);
  }

  takeOutbox(): Message[] {
    const taken = this.outbox;
    this.outbox = [];
    return taken;
  }

  /** As the WAL does: an entry replaces everything from its index on when it is read back. */
  #write(entry: Entry): void {
    const at = entry.index - this.disk.snapshotIndex - 1;
    if (at < 0) return;
    assert.ok(at <= this.disk.entries.length, 'no gap on disk');
    this.disk.entries.length = at;
    this.disk.entries.push(entry);
  }

  #install(snapshot: Snapshot): void {
    const metadata = snapshot.metadata;
    assert.ok(metadata?.confState !== undefined);
    const behind = metadata.index - this.disk.snapshotIndex;
    // Old entries behind the snapshot stay where they are, as in a WAL.
    this.disk.entries.splice(0, behind);
    this.disk.snapshotIndex = metadata.index;
    this.disk.snapshotTerm = metadata.term;
    this.disk.appliedIndex = metadata.index;
    this.disk.confState = metadata.confState;
    this.apply = undefined;
    this.onInstall(snapshot);
  }
}
