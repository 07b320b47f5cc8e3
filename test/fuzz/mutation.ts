/**
 * What all fuzz suites share: the seed and the number of runs, and bytes that were right once.
 *
 * RUNS=… tries per claim; SEED=… repeats a run, which is printed.
 */
import fc from 'fast-check';

export const runs = Number(process.env['RUNS'] ?? 300);
export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
console.log(`SEED=${seed} RUNS=${runs}`);
export const parameters = { seed, numRuns: runs, endOnFailure: true };

/** Whoever needs longer for one claim hangs; the slowest takes seconds. */
export const hangAfter = { timeout: 300_000 };

export type Mutation = {
  readonly kind: 'flip' | 'drop' | 'repeat' | 'insert' | 'splice' | 'cut';
  /** Where, as a part of the whole. */
  readonly at: number;
  readonly length: number;
  readonly byte: number;
  readonly other: number;
};

/** @param bytes values that a flipped byte takes: all, or those that mean something to the format */
export function mutations(
  most: number,
  bytes: fc.Arbitrary<number> = fc.nat(255),
): fc.Arbitrary<readonly Mutation[]> {
  const mutation = fc.record({
    kind: fc.constantFrom('flip', 'drop', 'repeat', 'insert', 'splice', 'cut'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(40),
    byte: bytes,
    other: fc.nat(),
  });
  return fc.array(mutation, { minLength: 1, maxLength: most });
}

/** `samples` are what a splice goes on with, from the same place on. */
export function mutate(
  bytes: Uint8Array,
  { kind, at, length, byte, other }: Mutation,
  samples: readonly Uint8Array[],
): Buffer {
  const start = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, start), bytes.subarray(start)];
  switch (kind) {
    case 'flip': {
      const flipped = Buffer.from(bytes);
      if (start < bytes.length) flipped[start] = byte;
      return flipped;
    }
    case 'drop':
      return Buffer.concat([before, after.subarray(length)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(length, byte), after]);
    case 'splice': {
      const sample = samples[other % samples.length] ?? bytes;
      return Buffer.concat([before, sample.subarray(Math.floor(at * sample.length))]);
    }
    case 'cut':
      return Buffer.from(before);
  }
}

/** One of the samples with some damage. */
export function damaged(
  samples: readonly Uint8Array[],
  most = 4,
  bytes?: fc.Arbitrary<number>,
): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...samples), mutations(most, bytes))
    .map(([sample, all]) =>
      all.reduce<Buffer>((b, one) => mutate(b, one, samples), Buffer.from(sample)),
    );
}
