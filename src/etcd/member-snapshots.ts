import type { Log } from '../base/log.ts';
import type { DataDir } from './bootstrap/data-dir.ts';
import type { ConsensusLoop } from './consensus/loop.ts';
import { SnapshotExchange } from './consensus/snapshot-exchange.ts';
import type { AppliedPosition, SnapshotPolicy } from './consensus/snapshot-policy.ts';
import { nodeDisk } from './io/node-disk.ts';
import type { LiveState } from './live-state.ts';
import type { PeerTransport } from './peer/transport.ts';
import { writePieces } from './snap/snapshot-file.ts';
import type { StateMeter } from './state-meter.ts';
import type { WatchHub } from './watch/watch-hub.ts';

export type MemberSnapshotsParts = {
  readonly log: Log;
  readonly peers: () => PeerTransport;
  readonly loop: () => ConsensusLoop;
  readonly state: LiveState;
  readonly meter: StateMeter;
  readonly dir: DataDir;
  readonly hub: WatchHub;
  readonly policy: SnapshotPolicy;
  /** After the state was replaced. */
  readonly setPeers: () => void;
  readonly saveWalSnapshot: (position: AppliedPosition) => Promise<void>;
};

/** How this member's state goes to others, and theirs becomes its own. */
export function createSnapshots(parts: MemberSnapshotsParts): SnapshotExchange {
  const { state, meter, dir, hub, policy } = parts;
  return new SnapshotExchange({
    log: parts.log,
    peers: parts.peers,
    openDatabase: () => state.openDatabase(),
    storeReceived: async (index, pieces) => {
      const path = dir.receivedDatabase(index);
      await meter.received((syncing) => writePieces(nodeDisk, path, pieces, syncing));
    },
    replaceState: async (index) => {
      // Watchers that catch up read the store in every turn, so they move before it is closed.
      const moveWatchers = (): void => hub.restored(state.current.store);
      const position = await meter.replacing(state.replace(index, moveWatchers));
      parts.setPeers();
      return position;
    },
    saveWalSnapshot: parts.saveWalSnapshot,
    step: (message) => parts.loop().step(message),
    reportSnapshot: (member, ok) => parts.loop().reportSnapshot(member, ok),
    transferStarted: () => policy.transferStarted(),
    transferEnded: () => policy.transferEnded(),
    installed: (position) => policy.installed(position.index),
  });
}
