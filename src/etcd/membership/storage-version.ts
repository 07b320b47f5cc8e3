import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import type { ReadTxn, WriteTxn } from '../backend/backend.ts';
import {
  compareVersions,
  type EtcdVersion,
  maybeParseVersion,
  versionText,
} from './etcd-version.ts';

const storageVersionKey = utf8Bytes('storageVersion');
const termKey = utf8Bytes('term');

/** The first version that writes down which version its store has. */
const firstWritten: EtcdVersion = { major: 3, minor: 6 };
/** What a store has that says nothing, but was used. */
const unwritten: EtcdVersion = { major: 3, minor: 5 };

/** undefined while nothing was applied. */
export function readStorageVersion(txn: ReadTxn): EtcdVersion | undefined {
  const text = txn.get('meta', storageVersionKey);
  if (text !== undefined) return maybeParseVersion(utf8Text(text));
  const term = txn.get('meta', termKey);
  return term?.some((byte) => byte !== 0) === true ? unwritten : undefined;
}

/**
 * Every member moves its own store along with the cluster's version, up and down, so that a
 * snapshot of it is one that servers of that version take. The same records serve all of them:
 * nothing that this server writes to store or log needs more than 3.5, so nothing keeps a store
 * from going down. A cluster below that leaves the store as it is.
 */
export function moveStorageVersion(txn: WriteTxn, cluster: EtcdVersion): void {
  if (compareVersions(cluster, firstWritten) >= 0) {
    txn.put('meta', storageVersionKey, utf8Bytes(versionText(cluster)));
  } else if (compareVersions(cluster, unwritten) === 0) {
    txn.delete('meta', storageVersionKey);
  }
}

/** Whether the store has another version than the cluster wants it to have. */
export function isStorageBehind(txn: ReadTxn, cluster: EtcdVersion): boolean {
  if (compareVersions(cluster, unwritten) < 0) return false;
  const stored = readStorageVersion(txn);
  return stored === undefined || compareVersions(stored, cluster) !== 0;
}
