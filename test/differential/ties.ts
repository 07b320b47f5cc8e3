/**
 * Lists sorted by something that several keys have in common. Go's sort keeps the order of equal
 * ones up to twelve elements; above that their order is chance of its algorithm, so it is not
 * compared, nor which of them a limit cuts off.
 */

/** As in RangeRequest.SortTarget, with both names that an answer may have for it. */
const sortedBy: Readonly<Record<number, readonly string[]>> = {
  1: ['version'],
  2: ['createRevision', 'create_revision'],
  3: ['modRevision', 'mod_revision'],
  4: ['value'],
};

const stableUpTo = 12;

type Fields = Readonly<Record<string, unknown>>;

/** The answer to a Range or Txn with equal elements in an order of their own. */
export function withoutTies(path: string, request: object, answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer;
  if (path.endsWith('/Range')) return rangeAnswer(request as Fields, answer as Fields);
  if (path.endsWith('/Txn')) return txnAnswer(request as Fields, answer as Fields);
  return answer;
}

function txnAnswer(request: Fields, answer: Fields): Fields {
  const branch = answer['succeeded'] === true ? request['success'] : request['failure'];
  const ops = (branch ?? []) as readonly Fields[];
  const responses = answer['responses'] as readonly Fields[] | undefined;
  if (responses === undefined) return answer;
  return { ...answer, responses: responses.map((each, i) => opAnswer(ops[i] ?? {}, each)) };
}

function opAnswer(op: Fields, response: Fields): Fields {
  const entries = Object.entries(response).map(([name, value]) => {
    if (value === undefined) return [name, value];
    const answer = value as Fields;
    if (name === 'responseRange' || name === 'response_range') {
      return [name, rangeAnswer((op['requestRange'] ?? {}) as Fields, answer)];
    }
    if (name === 'responseTxn' || name === 'response_txn') {
      return [name, txnAnswer((op['requestTxn'] ?? {}) as Fields, answer)];
    }
    return [name, answer];
  });
  return Object.fromEntries(entries) as Fields;
}

function rangeAnswer(request: Fields, answer: Fields): Fields {
  const names = sortedBy[Number(request['sortTarget'] ?? 0)];
  const kvs = answer['kvs'] as readonly Fields[] | undefined;
  if (names === undefined || kvs === undefined || Number(answer['count']) <= stableUpTo) {
    return answer;
  }
  // Sorted by values that are not sent along.
  const isBlind = request['keysOnly'] === true && names[0] === 'value';
  const targetOf = (kv: Fields | undefined): string =>
    isBlind ? '' : String(names.map((name) => kv?.[name]).find((each) => each !== undefined) ?? '');
  const last = targetOf(kvs.at(-1));
  const isCut = Number(request['limit'] ?? 0) > 0;
  const settled: unknown[] = [];
  let group: string[] = [];
  for (const [i, kv] of kvs.entries()) {
    const target = targetOf(kv);
    group.push(isCut && target === last ? `any of ${target}` : JSON.stringify(kv));
    if (i + 1 < kvs.length && targetOf(kvs[i + 1]) === target) continue;
    settled.push(...group.toSorted());
    group = [];
  }
  return { ...answer, kvs: settled };
}
