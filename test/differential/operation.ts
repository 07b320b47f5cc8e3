/** One step of a program, as plain data: it can be left out, made smaller, printed and read back. */

/** How a request travels. */
export type Way = 'grpc' | 'json';

/** Whose token comes with a request: the last one that a login of that user got, or an odd one. */
export type Actor = { readonly user: string; readonly token?: TokenKind };

/** `other`: the one that the other server made for the same login. */
export type TokenKind = 'oldest' | 'garbage' | 'other';

type Asked = { readonly as?: Actor | undefined };

export type Operation = Asked &
  (
    | {
        readonly kind: 'call';
        readonly path: string;
        readonly request: object;
        readonly way: Way;
        /** Which of JSON's ways to write the same message; a seed. */
        readonly style?: number;
        /** Later requests name what the servers chose here (a lease, a member) by this. */
        readonly label?: string;
      }
    /** A JSON body as it is, for what no encoder would write. */
    | { readonly kind: 'body'; readonly route: string; readonly body: string }
    /** A gRPC message as it is. */
    | { readonly kind: 'bytes'; readonly path: string; readonly bytes: Uint8Array }
    /** A method that answers with a stream which ends. */
    | {
        readonly kind: 'stream';
        readonly path: string;
        readonly request: object;
        readonly way: Way;
      }
    | { readonly kind: 'keep-alive'; readonly requests: readonly object[]; readonly way: Way }
    | { readonly kind: 'login'; readonly name: string; readonly password: string }
    /**
     * Requests on a watch stream, which is opened when there is none of that number; one that goes
     * through JSON takes requests only when it is opened.
     */
    | {
        readonly kind: 'watch';
        readonly stream: number;
        readonly requests: readonly object[];
        readonly way: Way;
      }
    /** Every watch has shown everything there is. */
    | { readonly kind: 'sync' }
    /** What is left between two programs: no keys, leases, learners, alarms and open streams. */
    | { readonly kind: 'reset' }
    /** Both servers end, with or without notice, and come back on their data. */
    | { readonly kind: 'restart'; readonly signal: 'SIGKILL' | 'SIGTERM' }
    /** A lease that ends by itself, and keys that go with it. */
    | {
        readonly kind: 'expiry';
        readonly ID: bigint;
        readonly TTL: number;
        readonly keys: readonly Uint8Array[];
        readonly way: Way;
      }
    /** A downgrade is enabled, takes effect, and is cancelled. */
    | { readonly kind: 'downgrade'; readonly version: string; readonly way: Way }
    /** Leases that want one lock or to lead, one after the other, and in which order they go. */
    | {
        readonly kind: 'queue';
        readonly of: 'lock' | 'election';
        readonly name: Uint8Array;
        readonly leases: readonly bigint[];
        readonly leave: readonly Leave[];
        readonly way: Way;
      }
  );

/** `nth` of a queue's leases goes: it gives back what it has, or its lease is revoked. */
export type Leave = { readonly nth: number; readonly how: 'release' | 'revoke' };

export type Program = readonly Operation[];

/**
 * A value known only when the operation runs, so that a program stays what it is when operations
 * before are left out.
 */
export type Symbolic =
  /** The current revision, the one compacted last, or one between the two, and a bit more or less. */
  | { readonly $: 'now' | 'compacted'; readonly plus: number }
  | { readonly $: 'between'; readonly permille: number }
  /** An id of the server's choice: this member, or what a call with that label made. */
  | { readonly $: 'self' }
  | { readonly $: 'made'; readonly label: string }
  /** The member's own peer URL. */
  | { readonly $: 'peer-url' };

/** In place of a number, an id or a URL in a request. */
export function symbol<T>(value: Symbolic): T {
  return value as unknown as T;
}

export type Known = {
  readonly revision: number;
  readonly compacted: number;
  readonly self: bigint;
  readonly peerUrl: string;
  readonly made: ReadonlyMap<string, bigint>;
};

/** Nobody has this id. */
const unknownId = 4_242n;

/** The request for one of the servers. */
export function resolve<T>(value: T, known: Known): T {
  return resolved(value, known) as T;
}

function resolved(value: unknown, known: Known): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((item) => resolved(item, known));
  if ('$' in value) return valueOf(value as Symbolic, known);
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, resolved(field, known)]),
  );
}

function valueOf(symbolic: Symbolic, known: Known): number | bigint | string {
  const { revision, compacted } = known;
  switch (symbolic.$) {
    case 'now':
      return revision + symbolic.plus;
    case 'compacted':
      return compacted + symbolic.plus;
    case 'between':
      return compacted + Math.round(((revision - compacted) * symbolic.permille) / 1_000);
    case 'self':
      return known.self;
    case 'made':
      return known.made.get(symbolic.label) ?? unknownId;
    case 'peer-url':
      return known.peerUrl;
  }
}

/** A program as JSON text, one operation per line. */
export function toText(program: Program): string {
  return `[\n${program.map((operation) => `  ${lineOf(operation)}`).join(',\n')}\n]\n`;
}

export function lineOf(value: unknown): string {
  return JSON.stringify(value, (_name, field: unknown) => {
    if (typeof field === 'bigint') return { $big: field.toString() };
    if (field instanceof Uint8Array) return bytesJson(field);
    return field;
  });
}

/** One byte many times is written as that: values near a limit are. */
function bytesJson(bytes: Uint8Array): object {
  const first = bytes.subarray(0, 1);
  const isUniform = bytes.length > 100 && bytes.every((byte) => byte === first[0]);
  const text = Buffer.from(isUniform ? first : bytes).toString('latin1');
  return isUniform ? { $bytes: text, times: bytes.length } : { $bytes: text };
}

export function fromText(text: string): Program {
  return JSON.parse(text, (_name, field: unknown) => {
    if (typeof field !== 'object' || field === null) return field;
    if ('$big' in field) return BigInt(field.$big as string);
    if (!('$bytes' in field)) return field;
    const { $bytes, times = 1 } = field as { $bytes: string; times?: number };
    return Uint8Array.from(Buffer.from($bytes.repeat(times), 'latin1'));
  }) as Program;
}
