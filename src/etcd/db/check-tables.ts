import { emptyBytes, equalBytes, utf8Text } from '../../base/bytes.ts';
import { authRecordKey } from '../auth/auth-record.ts';
import { type Bucket, buckets } from '../backend/backend.ts';
import { parseConfStateJson, parseMemberJson } from '../membership/member-json.ts';
import { finishedCompactKey, scheduledCompactKey } from '../mvcc/compaction.ts';
import { parseEtcdRevisionKey } from '../mvcc/revision.ts';
import { decodeRole, decodeUser } from '../proto/generated/authpb.ts';
import { decodeAlarmMember } from '../proto/generated/etcdserverpb.ts';
import { decodeLease } from '../proto/generated/leasepb.ts';
import { formatId } from '../proto/ids.ts';
import { checkKeys, type KeysFigures } from './check-keys.ts';
import { type Findings, printable } from './findings.ts';
import type { LmdbReads } from './lmdb-reads.ts';

export type TablesFigures = KeysFigures & {
  readonly compactRevision: number;
  readonly appliedIndex: number;
  readonly appliedTerm: number;
  readonly members: readonly string[];
};

/** Compares all tables of a store with each other. What is unreadable was found by the structure. */
export function checkTables(reads: LmdbReads, findings: Findings): TablesFigures {
  for (const name of buckets) {
    if (reads.root(name) !== undefined) continue;
    findings.damage('table', { table: name }, 'there is no such table');
  }
  for (const name of reads.tables) {
    if ((buckets as readonly string[]).includes(name)) continue;
    findings.waste('table', { table: name }, 'a table that nobody knows');
  }
  const marks = checkMarks(reads, findings);
  const keys = checkKeys(reads, Math.max(marks.scheduled, marks.finished), findings);
  if (marks.scheduled > Math.max(keys.lastRevision, 1)) {
    const message = `compacted at ${marks.scheduled}, and the history ends at ${keys.lastRevision}`;
    findings.damage('compaction-mark', { table: 'meta' }, message);
  }
  checkLeases(reads, findings);
  checkAuth(reads, findings);
  const members = checkMembers(reads, findings);
  checkEach(reads, 'alarm', findings, (key) => void decodeAlarmMember(key));
  checkFormat(reads, findings);
  const { index, term } = checkApplied(reads, findings);
  const compactRevision = Math.max(marks.scheduled, marks.finished);
  return { ...keys, compactRevision, appliedIndex: index, appliedTerm: term, members };
}

/** Calls `look` for every entry; what it throws is the damage of that entry. */
function checkEach(
  reads: LmdbReads,
  table: Bucket,
  findings: Findings,
  look: (key: Uint8Array, value: Uint8Array) => void,
): void {
  for (const [key, value] of reads.range(table, emptyBytes, undefined)) {
    try {
      look(key, value);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      findings.damage('record', { table, key: printable(key) }, message);
    }
  }
}

function checkMarks(reads: LmdbReads, findings: Findings): { scheduled: number; finished: number } {
  const mark = (name: Buffer): number => {
    const value = reads.get('meta', name);
    if (value === undefined) return -1;
    try {
      return parseEtcdRevisionKey(value).main;
    } catch (error) {
      const place = { table: 'meta', key: printable(name) };
      findings.damage('compaction-mark', place, String(error));
      return -1;
    }
  };
  const scheduled = mark(scheduledCompactKey);
  const finished = mark(finishedCompactKey);
  if (finished > scheduled && scheduled !== -1) {
    const message = `a compaction at ${finished} has ended, ${scheduled} is the last that began`;
    findings.damage('compaction-mark', { table: 'meta' }, message);
  }
  return { scheduled, finished };
}

function checkApplied(reads: LmdbReads, findings: Findings): { index: number; term: number } {
  const number = (name: string): number => {
    const value = reads.get('meta', Buffer.from(name));
    if (value === undefined) return 0;
    const place = { table: 'meta', key: `"${name}"` };
    if (value.length !== 8) {
      findings.damage('applied-index', place, `it has ${value.length} bytes, not 8`);
      return 0;
    }
    const found = Number(Buffer.from(value).readBigUInt64BE());
    if (!Number.isSafeInteger(found)) findings.damage('applied-index', place, 'it is too large');
    return found;
  };
  return { index: number('consistent_index'), term: number('term') };
}

function checkLeases(reads: LmdbReads, findings: Findings): void {
  checkEach(reads, 'lease', findings, (key, value) => {
    const lease = decodeLease(value);
    const id = Buffer.from(key);
    if (id.length !== 8 || id.readBigInt64BE() !== lease.ID) {
      throw new Error(`it stands under the id ${id.toString('hex')}, not its own`);
    }
    if (lease.TTL <= 0) throw new Error(`it is granted for ${lease.TTL} s`);
  });
}

function checkAuth(reads: LmdbReads, findings: Findings): void {
  const roles = new Set<string>();
  checkEach(reads, 'authRoles', findings, (key, value) => {
    const { name } = decodeRole(value);
    if (!equalBytes(authRecordKey(name), key)) throw new Error(`it is of ${printable(name)}`);
    roles.add(utf8Text(name));
  });
  checkEach(reads, 'authUsers', findings, (key, value) => {
    const user = decodeUser(value);
    if (!equalBytes(authRecordKey(user.name), key)) {
      throw new Error(`it is of ${printable(user.name)}`);
    }
    const missing = user.roles.find((role) => !roles.has(role));
    // etcd takes a deleted role from its users.
    if (missing !== undefined) throw new Error(`it has the role ${missing}, which does not exist`);
  });
  checkEach(reads, 'auth', findings, (key, value) => {
    const name = utf8Text(key);
    if (name === 'authEnabled' && (value.length !== 1 || (value[0] as number) > 1)) {
      throw new Error(`it is ${printable(value)}`);
    }
    if (name === 'authRevision' && value.length !== 8) throw new Error(`${value.length} bytes`);
  });
}

function checkMembers(reads: LmdbReads, findings: Findings): readonly string[] {
  const members: string[] = [];
  checkEach(reads, 'members', findings, (key, value) => {
    const { id } = parseMemberJson(utf8Text(value));
    if (utf8Text(key) !== formatId(id)) throw new Error(`it is of ${formatId(id)}`);
    if (reads.get('members_removed', key) !== undefined) throw new Error('it was removed');
    members.push(formatId(id));
  });
  checkEach(reads, 'members_removed', findings, (key) => {
    if (!/^[0-9a-f]{1,16}$/.test(utf8Text(key))) throw new Error('it is no id');
  });
  checkEach(reads, 'meta', findings, (key, value) => {
    if (utf8Text(key) !== 'confState') return;
    const { voters, learners } = parseConfStateJson(utf8Text(value));
    const stranger = [...voters, ...learners].find((id) => !members.includes(formatId(id)));
    if (stranger !== undefined && members.length > 0) {
      throw new Error(`it has ${formatId(stranger)}, which is no member`);
    }
  });
  return members;
}

function checkFormat(reads: LmdbReads, findings: Findings): void {
  const value = reads.get('local', Buffer.from('format'));
  const place = { table: 'local', key: '"format"' };
  if (value === undefined) findings.damage('record', place, 'the format is not there');
  else if (utf8Text(value) !== '1') {
    findings.damage('record', place, `the format is ${printable(value)}, not "1"`);
  }
}
