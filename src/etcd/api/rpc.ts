import { assert } from '../../base/assert.ts';
import { Code, StatusError } from '../errors.ts';
import type { MethodDescriptor } from '../proto/descriptor.ts';
import { services } from '../proto/generated/descriptors.ts';
import type { Rpc } from '../transport/rpc.ts';

export type {
  Call,
  Cancelable,
  Reply,
  Rpc,
  RpcStream,
  StreamRpc,
  UnaryRpc,
} from '../transport/rpc.ts';
export { callInParts, callUnary, REPLY_ROOM_BYTES } from '../transport/rpc.ts';

/** Every method of every service, by path. */
export type RpcTable = ReadonlyMap<string, Rpc>;

/**
 * Completes the implemented methods with refusals, so that a client learns of a method we do not
 * have from its status and not from a broken connection.
 */
export function rpcTable(implemented: readonly Rpc[]): RpcTable {
  const table = new Map<string, Rpc>();
  for (const { methods } of services) {
    for (const method of methods) table.set(method.path, unimplemented(method));
  }
  for (const rpc of implemented) {
    const declared = table.get(rpc.path);
    assert(declared !== undefined, `${rpc.path} is not declared in proto/`);
    assert(declared.kind === rpc.kind, `${rpc.path} is declared as ${declared.kind}`);
    table.set(rpc.path, rpc);
  }
  return table;
}

function unimplemented({ name, path, kind }: MethodDescriptor): Rpc {
  const refusal = () => new StatusError(Code.unimplemented, `method ${name} not implemented`);
  if (kind === 'unary') {
    return {
      kind,
      path,
      handle: () => {
        throw refusal();
      },
    };
  }
  return { kind, path, open: (stream) => stream.fail(refusal()) };
}
