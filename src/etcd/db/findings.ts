/** Where something is wrong, as far as it can be said. */
export type Place = {
  readonly file?: string;
  readonly page?: number;
  readonly table?: string;
  /** A key of the table, or of the store, printable. */
  readonly key?: string;
};

/**
 * `damage`: something is lost or would be answered wrongly. `waste`: nothing is lost, but room is
 * given away or a file is left over.
 */
export type Severity = 'damage' | 'waste';

export type Finding = {
  readonly severity: Severity;
  /** The same word for everything of one kind; what is counted. */
  readonly kind: string;
  readonly place: Place;
  readonly message: string;
};

/** What is described of each kind; the others are counted. */
const describedPerKindMax = 20;

/** Everything a check found, in its order. Memory is bounded however much it is. */
export class Findings {
  readonly described: Finding[] = [];
  readonly counts = new Map<string, number>();
  #damages = 0;

  get isDamaged(): boolean {
    return this.#damages > 0;
  }

  get first(): Finding | undefined {
    return this.described.find(({ severity }) => severity === 'damage') ?? this.described[0];
  }

  damage(kind: string, place: Place, message: string): void {
    this.#damages += 1;
    this.#add({ severity: 'damage', kind, place, message });
  }

  waste(kind: string, place: Place, message: string): void {
    this.#add({ severity: 'waste', kind, place, message });
  }

  #add(finding: Finding): void {
    const count = (this.counts.get(finding.kind) ?? 0) + 1;
    this.counts.set(finding.kind, count);
    if (count <= describedPerKindMax) this.described.push(finding);
  }
}

export function placeText({ file, page, table, key }: Place): string {
  const parts = [
    file,
    page === undefined ? undefined : `page ${page}`,
    table === undefined ? undefined : `table ${table}`,
    key === undefined ? undefined : `key ${key}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** Bytes for people: text where it is text, else hexadecimal; long ones are cut. */
export function printable(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, 80);
  const rest = bytes.length > shown.length ? `… (${bytes.length} bytes)` : '';
  const isText = shown.every((byte) => byte >= 0x20 && byte < 0x7f);
  const text = Buffer.from(shown).toString(isText ? 'latin1' : 'hex');
  return isText ? `"${text}"${rest}` : `0x${text}${rest}`;
}
