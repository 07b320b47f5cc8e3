/** Delta debugging: the shortest program that still shows a difference, within a budget. */
import type { Operation, Program } from './operation.ts';
import type { Difference } from './run.ts';

export type Shrunk = {
  readonly program: Program;
  readonly difference: Difference;
  readonly tries: number;
};

export type ShrinkBudget = { readonly tries: number; readonly milliseconds: number };

/** `differs` runs a program from a clean state and says where it differs, if it does. */
export async function shrink(
  program: Program,
  difference: Difference,
  differs: (program: Program) => Promise<Difference | undefined>,
  budget: ShrinkBudget,
): Promise<Shrunk> {
  const shrinker = new Shrinker(program, difference, differs, budget);
  await shrinker.run();
  const { best, bestDifference, tries } = shrinker;
  return { program: best, difference: bestDifference, tries };
}

class Shrinker {
  best: Program;
  bestDifference: Difference;
  tries = 0;
  readonly #differs: (program: Program) => Promise<Difference | undefined>;
  readonly #triesMax: number;
  readonly #deadlineMs: number;

  constructor(
    program: Program,
    difference: Difference,
    differs: (program: Program) => Promise<Difference | undefined>,
    budget: ShrinkBudget,
  ) {
    this.best = program;
    this.bestDifference = difference;
    this.#differs = differs;
    this.#triesMax = budget.tries;
    this.#deadlineMs = performance.now() + budget.milliseconds;
  }

  async run(): Promise<void> {
    await this.#try(this.best.slice(0, this.bestDifference.index + 1));
    await this.#dropOperations();
    await this.#simplifyOperations();
    // What a smaller operation no longer needs.
    await this.#dropOperations();
  }

  get #isSpent(): boolean {
    return this.tries >= this.#triesMax || performance.now() > this.#deadlineMs;
  }

  async #try(candidate: Program): Promise<boolean> {
    if (this.#isSpent || candidate.length === 0) return false;
    this.tries += 1;
    const difference = await this.#differs(candidate);
    // Another difference is another finding.
    if (difference?.kind !== this.bestDifference.kind) return false;
    this.best = candidate.slice(0, difference.index + 1);
    this.bestDifference = difference;
    return true;
  }

  /** Ever smaller pieces, from the end: what comes late depends on what comes early. */
  async #dropOperations(): Promise<void> {
    for (let size = Math.ceil(this.best.length / 2); size >= 1; size = Math.floor(size / 2)) {
      let end = this.best.length;
      while (end > 0 && !this.#isSpent) {
        const start = Math.max(0, end - size);
        const wasDropped = await this.#try([...this.best.slice(0, start), ...this.best.slice(end)]);
        end = wasDropped ? Math.min(start, this.best.length) : start;
      }
    }
  }

  async #simplifyOperations(): Promise<void> {
    for (let at = 0; at < this.best.length; at += 1) {
      let skip = 0;
      while (!this.#isSpent) {
        const smaller = [...smallerThan(this.best[at])][skip];
        if (smaller === undefined) break;
        const candidate = this.best.with(at, smaller as Operation);
        // The others before were tried already and did not show it.
        if (!(await this.#try(candidate))) skip += 1;
        if (at >= this.best.length) return;
      }
    }
  }
}

/** What makes an operation what it is: without these it would not run. */
const essential = new Set(['kind', 'path', 'way', 'route', 'body', 'stream', 'of', 'name', '$']);

/** The same value without one of its parts, at any depth; large parts first. */
export function* smallerThan(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (Array.isArray(value)) {
    for (let i = value.length - 1; i >= 0; i -= 1) yield value.toSpliced(i, 1);
    for (const [i, item] of value.entries()) {
      for (const smaller of smallerThan(item)) yield value.with(i, smaller);
    }
    return;
  }
  if ('$' in value) return;
  for (const [name, field] of Object.entries(value)) {
    if (essential.has(name)) continue;
    // A list can be empty, a request too, but both must be there.
    const isNeeded = ['request', 'requests', 'createRequest', 'leases', 'leave', 'bytes'].includes(
      name,
    );
    if (!isNeeded) {
      const { [name]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
    }
    for (const smaller of smallerThan(field)) yield { ...value, [name]: smaller };
  }
}
