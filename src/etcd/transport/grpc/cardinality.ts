import { Code, StatusError } from '../../errors.ts';

/** A method that takes one request got none, or more; Go's words. */
export function noRequest(): StatusError {
  const words = 'cardinality violation: received no request message from non-client-streaming RPC';
  return new StatusError(Code.internal, words);
}

/** Go's gRPC reads the one request of a unary call by other code, which gives no code of its own. */
export function noUnaryRequest(): StatusError {
  return new StatusError(Code.unknown, 'EOF');
}

export function cutUnaryRequest(): StatusError {
  return new StatusError(Code.unknown, 'unexpected EOF');
}

export function manyRequests(): StatusError {
  const words =
    'cardinality violation: received multiple request messages for non-client-streaming RPC';
  return new StatusError(Code.internal, words);
}
