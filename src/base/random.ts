import { randomBytes } from 'node:crypto';

/** Randomness as an argument, so that a simulated run can be replayed from its seed. */
export interface Random {
  /** A whole number in [0, limit). `limit` is at most 2^32. */
  below(limit: number): number;
}

export const systemRandom: Random = {
  below: (limit) => Math.floor((randomBytes(4).readUInt32LE(0) / 0x1_0000_0000) * limit),
};

/** Mulberry32: small, fast and the same on every machine. For simulation and tests, not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    below: (limit) => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * limit);
    },
  };
}
