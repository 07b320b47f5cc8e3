/**
 * How etcd spells 64-bit identities: hexadecimal in URLs, headers, bucket keys and logs; a plain
 * JSON number in the JSON that Go's encoder makes (which JavaScript's own JSON would round).
 */

const hexId = /^[0-9a-fA-F]{1,16}$/;
const jsonInteger = /^-?\d{1,20}$/;
/** Go's encoder writes these as escapes so that JSON can stand inside HTML. */
const goEscaped = /[<>&\u2028\u2029]/g;

/** Lower-case hexadecimal without leading zeros; signed ids are shown as their 64 bits. */
export function formatId(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16);
}

/** The unsigned id, or undefined when the text is not one to sixteen hexadecimal digits. */
export function maybeParseId(text: string): bigint | undefined {
  return hexId.test(text) ? BigInt(`0x${text}`) : undefined;
}

/** JSON in which every integer of up to twenty digits is read as a `bigint`: nothing is rounded. */
export function parseBigJson(text: string): unknown {
  // TypeScript's library does not know the reviver's third argument yet.
  const reviver = (_key: string, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number') return value;
    const source = context?.source ?? '';
    return jsonInteger.test(source) ? BigInt(source) : value;
  };
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

/** Compact JSON as Go's encoder writes it: bigints as plain numbers, HTML characters escaped. */
export function stringifyBigJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? bigJson.rawJSON(String(inner)) : inner,
  );
  return text.replace(goEscaped, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The engine's way to put a number of any size into JSON unrounded. */
const bigJson = JSON as unknown as { rawJSON(text: string): unknown };
