import type { Clock } from '../../base/clock.ts';
import type { Consensus } from './consensus.ts';

/** Resolves at the next change of leader, term, role or learner state, or after `ms`. */
export function changeOr(
  consensus: Pick<Consensus, 'onChange'>,
  clock: Clock,
  ms: number,
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stopListening();
      abort.abort();
      resolve();
    };
    const abort = new AbortController();
    const stopListening = consensus.onChange(done);
    clock.after(ms, abort.signal).then(done, () => undefined);
  });
}
