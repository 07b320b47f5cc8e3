/** Keys from `from` up to, and without, `to`; undefined: no end. */
export type KeyRange = { readonly from: Uint8Array; readonly to: Uint8Array | undefined };

/** etcd's words for ranges: no end means one key, an end of `\0` means all keys from there on. */
export function keyRange(key: Uint8Array, rangeEnd: Uint8Array): KeyRange {
  if (rangeEnd.length === 0) return { from: key, to: afterKey(key) };
  return { from: key, to: isOpenEnd(rangeEnd) ? undefined : rangeEnd };
}

export function isOpenEnd(rangeEnd: Uint8Array): boolean {
  return rangeEnd.length === 1 && rangeEnd[0] === 0;
}

/** The smallest key that is greater. */
function afterKey(key: Uint8Array): Uint8Array {
  const after = new Uint8Array(key.length + 1);
  after.set(key);
  return after;
}
