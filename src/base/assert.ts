/**
 * Stops the program when an invariant is broken. Never use it for outside input: a broken invariant
 * means that continuing could lose data, so nobody catches the error below the supervisor.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** For conditions that are checked too often to put their message together each time. */
export function broken(message: string): InvariantError {
  return new InvariantError(message);
}

/** The last branch of every `switch` over a discriminated union. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable value: ${String(value)}`);
}

export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}
