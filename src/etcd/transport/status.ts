import { InvariantError } from '../../base/assert.ts';
import { Code, EtcdError, StatusError } from '../errors.ts';
import { DecodeError } from '../proto/wire.ts';

export type Status = { readonly code: number; readonly message: string };

/** The reasons a call's signal is aborted with; the words are those of Go's context package. */
export const callCanceled = new StatusError(Code.canceled, 'context canceled');
export const callDeadlineExceeded = new StatusError(
  Code.deadlineExceeded,
  'context deadline exceeded',
);

/**
 * What a caller is told about an error. Anything unforeseen is Unknown with its own text, as Go's
 * gRPC does. A broken invariant is not an answer: it is thrown where nobody catches it, so that the
 * member stops.
 */
export function statusOf(error: unknown): Status {
  if (error instanceof EtcdError || error instanceof StatusError) {
    return { code: error.code, message: error.message };
  }
  if (error instanceof DecodeError) {
    const message = `grpc: error unmarshalling request: ${error.message}`;
    return { code: Code.internal, message };
  }
  if (error instanceof InvariantError) {
    queueMicrotask(() => {
      throw error;
    });
  }
  if (isNamed(error, 'AbortError')) return statusOf(callCanceled);
  if (isNamed(error, 'TimeoutError')) return statusOf(callDeadlineExceeded);
  return { code: Code.unknown, message: error instanceof Error ? error.message : String(error) };
}

/**
 * Unforeseen: worth a line in the log, because the code does not say what to do. Refusals of etcd's
 * without a code are not: there may be thousands a second.
 */
export function isUnforeseen({ code, message }: Status): boolean {
  return code === Code.unknown && !message.startsWith('etcdserver: ');
}

export function messageTooLarge(bytes: number, bytesMax: number): StatusError {
  const message = `grpc: received message larger than max (${bytes} vs. ${bytesMax})`;
  return new StatusError(Code.resourceExhausted, message);
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
