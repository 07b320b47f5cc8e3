/**
 * What two clusters cannot have in common, taken out of etcdctl's outputs. This file is the whole
 * list; what it leaves alone must be equal to the last character.
 */

import { decodeResponseHeader } from '../../src/etcd/proto/generated/etcdserverpb.ts';
import { methodOf } from '../differential/twins.ts';
import type { Outcome } from './command.ts';

/** Values of one side with the name that both sides have in common, like a member's id. */
export type Names = ReadonlyMap<string, string>;

type Rule = {
  readonly why: string;
  readonly pattern: RegExp;
  readonly to: string | ((found: string) => string);
};

const duration = String.raw`(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ms|µs|s)`;

const rules: readonly Rule[] = [
  {
    why: 'elections: terms and the entries that they add are counted anew in every cluster',
    pattern: /("?(?:raft_?term|raft_?index|raftAppliedIndex)"? ?: ?)\d+/gi,
    to: '$1<n>',
  },
  {
    why: 'sizes: bbolt and lmdb need different room for the same data',
    pattern: /("db_?size(?:_?in_?use)?"? ?: ?)\d+/gi,
    to: '$1<size>',
  },
  {
    why: 'sizes, as the log line of a snapshot names them',
    pattern: /("size":)"\d+(?:\.\d+)? [kMG]?B"/g,
    to: '$1"<size>"',
  },
  {
    why: 'the version: ours is that of the API, 3.7.0, since patches are of the program',
    pattern: /("version"? ?: ?)"3\.7\.\d+"/gi,
    to: '$1"<version>"',
  },
  {
    why: 'how long something took',
    pattern: new RegExp(`(took(?:"| =|:)? ?:? ?"?)${duration}`, 'gi'),
    to: '$1<duration>',
  },
  {
    why: 'ids are printed in sixteen places, with blanks before the shorter ones',
    pattern: /(Member|cluster) +/g,
    to: '$1 ',
  },
  {
    why: 'protobuf for Go prints messages with one blank or two, by the build, so that nobody relies on it',
    pattern: /(memberID:\d+) +(alarm:)/g,
    to: '$1 $2',
  },
  {
    why: 'time left of a lease',
    pattern: /((?:remaining\(|"ttl" ?: ?))\d+/gi,
    to: '$1<seconds>',
  },
  { why: 'the moment of a log line', pattern: /"ts":"[^"]*"/g, to: '"ts":"<moment>"' },
  { why: 'an address in the memory of etcdctl', pattern: /0x[0-9a-f]{6,}/g, to: '<pointer>' },
  {
    why: 'ports that the operating system chose for connections',
    pattern: /(LocalAddr: '127\.0\.0\.1:|tcp 127\.0\.0\.1:)\d+('|->)/g,
    to: '$1<port>$2',
  },
  {
    why: 'gRPC’s own log, which --debug shows: its lines follow the scheduling of goroutines',
    pattern: /^\d{4}\/\d\d\/\d\d [\d:]+ (?:INFO|WARNING|ERROR): .*\n/gm,
    to: '',
  },
  {
    why: 'how often a call was retried depends on when connections come up',
    pattern: /"attempt":\d+/g,
    to: '"attempt":<n>',
  },
  {
    why: 'as above: each try has a line of its own, and they are equal by now',
    pattern: /^(\{"level".*\n)\1+/gm,
    to: '$1',
  },
  {
    why: 'lengths of messages: ids are varints, and longer ones take more bytes',
    pattern: /(message larger than max \()\d+/g,
    to: '$1<n>',
  },
  {
    why: 'who notices first that the time of a call is up, the client or the server',
    pattern: /stream terminated by RST_STREAM with error code: CANCEL/g,
    to: 'context deadline exceeded',
  },
  {
    why: 'how a client first hears that its connection is refused: it may still be writing then',
    pattern:
      /(latest balancer error: ).*?(?:broken pipe|connection reset by peer|EOF|certificate required)(?:\\")?(?=")/g,
    to: '$1<refused>',
  },
  {
    why: 'the keys of a lease stand in the order of a Go map',
    pattern: /attached keys\(\[.*\]\)/g,
    to: (list) => list.replace(/\[(.*)\]/, (_, keys: string) => keys.split(' ').sort().join(' ')),
  },
  {
    why: 'the moments at which `check` draws its progress bar',
    pattern: /\r?\d+ \/ \d+ \[[^\]]*\] +[\d.]+% (?:\?|[\d.]+)? ?p\/s(?: [\dhms.]+)?\s*/g,
    to: '',
  },
  {
    why: 'what `check` measures, and so whether it is content with this machine',
    pattern:
      /^(?:PASS: (Throughput) is|FAIL: (Throughput) too low:|PASS: (Slowest request|Stddev).*|(Slowest request|Stddev) to.*).*\n/gm,
    to: '<$1$2$3$4>\n',
  },
  {
    why: 'how many writes `check perf` came to, and its verdict',
    pattern: /((?:Compacting|Compacted) with revision )\d+|^(?:PASS|FAIL)$/gm,
    to: '$1<measured>',
  },
  {
    why: 'memory that `check datascale` measured, and what took too long for it on a slow disk',
    pattern: /^(?:PASS: Approximate system memory used .*|FAIL: (?:too many errors|ERROR\(.*))\n/gm,
    to: '',
  },
];

/** Columns of `endpoint status` and `endpoint health` to which the rules above apply. */
const statusColumns: readonly string[] = [
  ...['VERSION', 'DB SIZE', 'IN USE', 'PERCENTAGE NOT IN USE'],
  ...['RAFT TERM', 'RAFT INDEX', 'RAFT APPLIED INDEX', 'TOOK'],
];

/** The same by position, where there are no titles. */
const statusPositions: readonly number[] = [2, 4, 5, 6, 10, 11, 12];

/** The call whose answer a command prints with `-w protobuf`. */
const protobufOf: Readonly<Record<string, string>> = {
  get: 'KV/Range',
  put: 'KV/Put',
  del: 'KV/DeleteRange',
  txn: 'KV/Txn',
  watch: 'Watch/Watch',
  'lease revoke': 'Lease/LeaseRevoke',
  'member add': 'Cluster/MemberAdd',
  'member remove': 'Cluster/MemberRemove',
  'member update': 'Cluster/MemberUpdate',
  'member promote': 'Cluster/MemberPromote',
  'member list': 'Cluster/MemberList',
  'alarm list': 'Maintenance/Alarm',
  'alarm disarm': 'Maintenance/Alarm',
  'move-leader': 'Maintenance/MoveLeader',
  'downgrade validate': 'Maintenance/Downgrade',
  'downgrade enable': 'Maintenance/Downgrade',
  'downgrade cancel': 'Maintenance/Downgrade',
  'auth status': 'Auth/AuthStatus',
  'user add': 'Auth/UserAdd',
  'user get': 'Auth/UserGet',
  'user list': 'Auth/UserList',
  'user delete': 'Auth/UserDelete',
  'user passwd': 'Auth/UserChangePassword',
  'user grant-role': 'Auth/UserGrantRole',
  'user revoke-role': 'Auth/UserRevokeRole',
  'role add': 'Auth/RoleAdd',
  'role get': 'Auth/RoleGet',
  'role list': 'Auth/RoleList',
  'role delete': 'Auth/RoleDelete',
  'role grant-permission': 'Auth/RoleGrantPermission',
  'role revoke-permission': 'Auth/RoleRevokePermission',
};

/** Of these the client library's answer is printed, which as a message is its header. */
const printsHeader: readonly string[] = ['grant', 'timetolive', 'list', 'keep-alive'];

/**
 * A call's time goes to the server with it, and when it is up, both say so; on a busy machine the
 * server's word can be there before the client looks. For cases whose time is to be up.
 */
export function withoutServersTimeout(stderr: string): string {
  return stderr
    .replace(
      /etcdserver: request timed out(?:, possibly due to [a-z ]+)?/g,
      'context deadline exceeded',
    )
    .replace(/code = Unavailable desc = context/g, 'code = DeadlineExceeded desc = context');
}

/** The outcome of a command as text that both sides must have in common. */
export function normalised(outcome: Outcome, command: string, isProtobuf: boolean, names: Names) {
  const stdout = isProtobuf
    ? protobufText(outcome.stdout, command)
    : printedText(outcome.stdout.toString(), command);
  const isVerdict = stdout.includes('<measured>') && /^code [01]$/.test(outcome.end);
  return {
    end: isVerdict ? 'measured' : outcome.end,
    stdout: inOrder(named(stdout, names), command),
    stderr: named(byRules(outcome.stderr), names),
  };
}

function printedText(text: string, command: string): string {
  let lines = text.split('\n');
  // A count every thirty seconds.
  if (command === 'make-mirror') lines = lines.filter((line) => !/^\d+$/.test(line));
  if (text.startsWith('┌')) lines = tableLines(lines);
  else if (command === 'endpoint status') lines = lines.map(statusLine);
  return byRules(lines.join('\n'));
}

/**
 * The endpoints whose health is asked for stand in the order of their answers, and members in that
 * of their ids, so that a new one can be anywhere.
 */
function inOrder(text: string, command: string): string {
  const isByChance = command === 'endpoint health' || text.includes('<NEW>');
  if (!isByChance) return text;
  const sorted = (list: string, between: string): string =>
    list.split(between).sort().join(between);
  if (text.startsWith('[{') || text.startsWith('{')) {
    return text.replace(/\[\{.*\}\]/, (list) => `[{${sorted(list.slice(2, -2), '},{')}}]`);
  }
  if (text.startsWith('"')) {
    const blocks = text.split(/\n+(?="(?:ID|Endpoint)" :)/).map((block) => block.trim());
    return blocks.sort().join('\n');
  }
  return sorted(
    text.replace(/(?<=ETCD_INITIAL_CLUSTER=").*(?=")/, (list) => sorted(list, ',')),
    '\n',
  );
}

function statusLine(line: string): string {
  const cells = line.split(', ');
  if (cells.length < 14) return line;
  return cells.map((cell, i) => (statusPositions.includes(i) ? '<n>' : cell)).join(', ');
}

/** Cells without the blanks and lines whose lengths follow the longest value. */
function tableLines(lines: readonly string[]): string[] {
  let titles: readonly string[] = [];
  return lines.map((line) => {
    if (!line.startsWith('│')) return line.replace(/─+/g, '─');
    const cells = line.split('│').map((cell) => cell.trim());
    if (titles.length === 0) titles = cells;
    else if (titles.includes('TOOK') || titles.includes('RAFT TERM')) {
      return cells
        .map((cell, i) => (statusColumns.includes(titles[i] ?? '') ? '<n>' : cell))
        .join('│');
    }
    return cells.join('│');
  });
}

function protobufText(bytes: Buffer, command: string): string {
  if (bytes.length === 0) return '';
  if (printsHeader.some((name) => command === `lease ${name}`)) {
    return messageText(decodeResponseHeader(bytes));
  }
  const path = protobufOf[command];
  if (path === undefined) return byRules(bytes.toString());
  const answer = methodOf(`/etcdserverpb.${path}`).decodeResponse(bytes);
  return messageText(answer);
}

function messageText(message: unknown): string {
  return JSON.stringify(message, (key, value: unknown) => {
    if (key === 'raftTerm') return '<n>';
    if (key === 'version' && typeof value === 'string') return '<version>';
    if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
    return typeof value === 'bigint' ? BigInt.asUintN(64, value).toString() : value;
  });
}

function byRules(text: string): string {
  return rules.reduce(
    (sofar, { pattern, to }) =>
      typeof to === 'string' ? sofar.replace(pattern, to) : sofar.replace(pattern, to),
    text,
  );
}

/** Keys as `-w json` and `--hex` print them, readable where `isWanted` says so. */
export function readable(text: string, isWanted: (key: string) => boolean): string {
  return text.replace(/"[A-Za-z0-9+/]{16,}={0,2}"|(?:\\x[0-9a-f]{2}){16,}/g, (found) => {
    const bytes = found.startsWith('"')
      ? Buffer.from(found, 'base64')
      : Buffer.from(found.replaceAll('\\x', ''), 'hex');
    const key = bytes.toString('latin1');
    return isWanted(key) ? key : found;
  });
}

function named(printed: string, names: Names): string {
  const values = [...names.keys()].sort((a, b) => b.length - a.length);
  const text = readable(printed, (key) => values.some((value) => key.includes(value)));
  if (values.length === 0) return text;
  const any = values.map((value) => value.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
  const pattern = new RegExp(`(?<![0-9a-zA-Z])(?:${any})(?![0-9a-zA-Z])`, 'g');
  return text.replace(pattern, (value) => `<${names.get(value)}>`);
}
