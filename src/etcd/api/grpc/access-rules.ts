import type { Access } from '../../service/access.ts';
import type { Call } from '../rpc.ts';

type Serve<T> = (request: T, call: Call) => Uint8Array | Promise<Uint8Array>;

/** With auth on only root may call it; asked before anything else of the request. */
export function forRoot<T>(access: Access, serve: Serve<T>): Serve<T> {
  return (request, call) =>
    access.isEnabled
      ? access.requireRoot(call).then(() => serve(request, call))
      : serve(request, call);
}

/** With auth on anybody who is logged in may call it. */
export function forUsers<T>(access: Access, serve: Serve<T>): Serve<T> {
  return (request, call) =>
    access.isEnabled
      ? access.requireUser(call).then(() => serve(request, call))
      : serve(request, call);
}
