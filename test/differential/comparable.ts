/** Answers as plain values that two servers must have in common. */

/** What is one server's own (ids, addresses), under the name that both have for it. */
export class Names {
  readonly #names = new Map<string, string>();

  add(own: bigint | string, name: string): void {
    this.#names.set(String(own), name);
  }

  /** The text itself when nothing is known under it. */
  of(own: string): string {
    return this.#names.get(own) ?? own;
  }
}

/** A term grows with elections, which the clock decides. */
const terms = new Set(['raftTerm', 'raft_term']);

/** What has no common name when nobody has learned the ids: whether they are set. */
const identities = new Set(['clusterId', 'memberId', 'memberID']);

/**
 * A decoded message, or parsed JSON, with its bytes as text and its ids under common names. Without
 * names only whether an id is set remains.
 */
export function comparable(value: unknown, names?: Names): unknown {
  if (typeof value === 'string') return names?.of(value) ?? value;
  if (typeof value === 'bigint') return names?.of(value.toString()) ?? value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map((item) => comparable(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, field]: [string, unknown]) => {
    if (terms.has(key)) return [key, Number(field) === 0 ? 'unset' : 'set'];
    if (names === undefined && identities.has(key)) {
      return [key, field === 0n ? 'unset' : 'set'];
    }
    return [key, comparable(field, names)];
  });
  return withoutChance(Object.fromEntries(entries), names);
}

/** Of a member's status: sizes of files, and the release, of which docs/compatibility.md speaks. */
const ownStatus = ['version', 'dbSize', 'dbSizeInUse'];

function withoutChance(answer: Record<string, unknown>, names: Names | undefined): object {
  const sorted = (list: unknown): unknown =>
    Array.isArray(list) ? list.map((item) => JSON.stringify(item)).sort() : list;
  // In the order of a Go map.
  if ('alarms' in answer) return { ...answer, alarms: sorted(answer['alarms']) };
  // By time left, which is equal for leases of one millisecond.
  if ('leases' in answer) return { ...answer, leases: sorted(answer['leases']) };
  // By id, which each cluster makes for itself.
  if ('members' in answer) return { ...answer, members: sorted(answer['members']) };
  if ('token' in answer) return { ...answer, token: tokenForm(String(answer['token'])) };
  if ('dbSize' in answer) {
    const own = Object.fromEntries(ownStatus.map((name) => [name, 'own']));
    // Go's prototext puts one space or two between fields, by a hash of the program.
    const errors = JSON.stringify(answer['errors'] ?? [])
      .replaceAll(/ +/g, ' ')
      .replaceAll(/\d+/g, (id) => names?.of(id) ?? id);
    return { ...answer, ...own, errors: sorted(JSON.parse(errors)) };
  }
  if (!('grantedTTL' in answer)) return answer;
  // Time passes; the keys are in the order of a Go map.
  const TTL = Number(answer['TTL']) > 0 ? 'some' : answer['TTL'];
  return { ...answer, TTL, keys: sorted(answer['keys']) };
}

function tokenForm(token: string): string {
  if (/^[a-zA-Z]{16}\.\d+$/.test(token)) return 'simple';
  const [header, claims, signature, ...more] = token.split('.');
  if (signature === undefined || more.length > 0) return token;
  const [head, said] = [header, claims].map(
    (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as object,
  );
  return JSON.stringify({ ...head, ...said, exp: 'a while' });
}

/** Where two values first differ, with both sides cut short; undefined when they are equal. */
export function firstDifference(theirs: unknown, ours: unknown, at = ''): string | undefined {
  if (Object.is(theirs, ours)) return undefined;
  const bothObjects = typeof theirs === 'object' && typeof ours === 'object';
  if (!bothObjects || theirs === null || ours === null) {
    return `at ${at}: etcd ${short(theirs)}, ours ${short(ours)}`;
  }
  const [left, right] = [theirs as Record<string, unknown>, ours as Record<string, unknown>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = firstDifference(left[key], right[key], `${at}.${key}`);
    if (found !== undefined) return found;
  }
  const orders = [theirs, ours].map((value) => Object.keys(value).join(' '));
  if (orders[0] !== orders[1]) return `at ${at}: etcd's order ${orders[0]}, ours ${orders[1]}`;
  return undefined;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
