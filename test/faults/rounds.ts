import type { TestContext } from 'node:test';
import { type Random, seededRandom } from '../../src/base/random.ts';

/** How often each scenario is repeated: 1 within `make test`, more for `make faults`. */
export const faultRounds = Number(process.env['FAULT_ROUNDS'] ?? 1);

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Moments and victims; `SEED=…` repeats a choice. */
export function faultRandom(t: TestContext): Random {
  t.diagnostic(`SEED=${seed}`);
  return seededRandom(seed);
}
