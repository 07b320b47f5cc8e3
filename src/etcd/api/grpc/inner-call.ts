import type { Call } from '../rpc.ts';

/** What a method asks of other methods in its caller's name: the same rights, not counted again. */
export function innerCall(call: Call): Call {
  // The names are the call's own: a method of a class is not copied by a spread.
  const { viaGateway, deadlineMs, certificateSubject, signal } = call;
  const metadata = (name: string): string | undefined => call.metadata(name);
  const inner: Call = {
    metadata,
    viaGateway,
    deadlineMs,
    certificateSubject,
    signal,
    isInner: true,
  };
  signal.addEventListener('abort', () => inner.underWay?.cancel(), { once: true });
  return inner;
}
