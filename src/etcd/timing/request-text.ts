import { enums, messages } from '../proto/generated/descriptors.ts';
import type {
  Compare,
  InternalRaftRequest,
  PutRequest,
  RequestOp,
  TxnRequest,
} from '../proto/generated/etcdserverpb.ts';

/*
 * Requests as etcd's log lines show them: protobuf's text form on one line, without values and
 * passwords. For slow requests only: nothing here is fast.
 */

/** Longer texts are cut: a transaction may hold megabytes of keys. */
const textLengthMax = 4_096;

export function cut(text: string): string {
  return text.length <= textLengthMax ? text : `${text.slice(0, textLengthMax)}…`;
}

/** Any message in text form; `type` is its full name. Fields that are unset are left out. */
export function messageText(type: string, message: object): string {
  const values = message as Readonly<Record<string, unknown>>;
  const parts: string[] = [];
  for (const { name, jsonName, type: kind, typeName = '', oneof } of messages[type] ?? []) {
    const value = values[jsonName];
    const items = Array.isArray(value) ? (value as readonly unknown[]) : [value];
    for (const item of items) {
      if (item === undefined || (oneof === undefined && isEmpty(item))) continue;
      if (kind === 'message') parts.push(`${name}:{${messageText(typeName, item as object)}}`);
      else if (kind === 'enum') parts.push(`${name}:${enumText(typeName, item)}`);
      else parts.push(`${name}:${scalarText(item)}`);
    }
  }
  return parts.join(' ');
}

export function putText(put: PutRequest): string {
  const { key, value, ...rest } = put;
  return joined([
    key.length > 0 ? `key:${scalarText(key)}` : '',
    value.length > 0 ? `value_size:${value.length}` : '',
    messageText('etcdserverpb.PutRequest', rest),
  ]);
}

export function txnText({ compare, success, failure }: TxnRequest): string {
  const branch = (ops: readonly RequestOp[]): string => ops.map(opText).join(' ');
  return (
    `compare:<${compare.map(compareText).join(' ')}> ` +
    `success:<${branch(success)}> failure:<${branch(failure)}>`
  );
}

function opText(op: RequestOp): string {
  if (op.requestPut !== undefined) return `request_put:<${putText(op.requestPut)}>`;
  if (op.requestTxn !== undefined) return `request_txn:<${txnText(op.requestTxn)}>`;
  return messageText('etcdserverpb.RequestOp', op);
}

function compareText(compare: Compare): string {
  const type = 'etcdserverpb.Compare';
  if (compare.value === undefined) return messageText(type, compare);
  const { value, ...rest } = compare;
  return joined([
    messageText(type, { ...rest, value: undefined, rangeEnd: undefined }),
    `value_size:${value.length}`,
    messageText(type, { rangeEnd: compare.rangeEnd }),
  ]);
}

/** What an entry of the log asks for. */
export function entryText(request: InternalRaftRequest): string {
  const { header = {} } = request;
  const head = `header:<${messageText('etcdserverpb.RequestHeader', header)}>`;
  if (request.put !== undefined) return `${head} put:<${putText(request.put)}>`;
  if (request.txn !== undefined) return `${head} txn:<${txnText(request.txn)}>`;
  if (request.leaseGrant !== undefined) {
    const { TTL, ID } = request.leaseGrant;
    return `${head} lease_grant:<ttl:${TTL}-second id:${leaseText(ID)}>`;
  }
  if (request.leaseRevoke !== undefined) {
    return `${head} lease_revoke:<id:${leaseText(request.leaseRevoke.ID)}>`;
  }
  if (request.authenticate !== undefined) {
    // etcd writes the token too, but who reads the log could use it.
    return `${head} authenticate:<name:${request.authenticate.name}>`;
  }
  if (request.authUserAdd !== undefined) {
    return `${head} auth_user_add:<name:${request.authUserAdd.name}>`;
  }
  if (request.authUserChangePassword !== undefined) {
    return `${head} auth_user_change_password:<name:${request.authUserChangePassword.name}>`;
  }
  return messageText('etcdserverpb.InternalRaftRequest', request);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function leaseText(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16).padStart(16, '0');
}

function enumText(type: string, value: unknown): string {
  const found = Object.entries(enums[type] ?? {}).find(([, number]) => number === value);
  return found?.[0] ?? String(value);
}

function isEmpty(value: unknown): boolean {
  if (value instanceof Uint8Array || typeof value === 'string') return value.length === 0;
  return value === 0 || value === 0n || value === false;
}

export function scalarText(value: unknown): string {
  if (value instanceof Uint8Array) return quoted(Buffer.from(value).toString('latin1'));
  if (typeof value === 'string') return quoted(Buffer.from(value).toString('latin1'));
  return String(value);
}

const escapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
};

/** One character per byte; what cannot be printed in octal. */
function quoted(bytes: string): string {
  const text = bytes.replaceAll(
    /[^ !#-[\]-~]/g,
    (byte) => escapes[byte] ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${text}"`;
}
