import type { Status } from '../../transport/status.ts';

/** gRPC code → HTTP status, as etcd's gateway translates them. */
const httpStatuses: readonly number[] = [
  200, // OK
  499, // Canceled
  500, // Unknown
  400, // InvalidArgument
  504, // DeadlineExceeded
  404, // NotFound
  409, // AlreadyExists
  403, // PermissionDenied
  429, // ResourceExhausted
  400, // FailedPrecondition
  409, // Aborted
  400, // OutOfRange
  501, // Unimplemented
  500, // Internal
  503, // Unavailable
  500, // DataLoss
  401, // Unauthenticated
];

export function httpStatusOf(code: number): number {
  return httpStatuses[code] ?? 500;
}

export function statusJson({ code, message }: Status): string {
  return JSON.stringify({ code, message });
}
