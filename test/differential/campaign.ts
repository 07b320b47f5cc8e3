/** Many programs, several pairs of servers at a time, until enough operations have run. */
import { generate, type Setting, settingOf } from './generate.ts';
import type { Program } from './operation.ts';
import { type Difference, Run, type Tamper } from './run.ts';
import { type ShrinkBudget, shrink } from './shrink.ts';
import { Twins } from './twins.ts';

export type Finding = {
  readonly group: number;
  readonly nth: number;
  readonly setting: Setting;
  readonly difference: Difference;
  /** As it was generated. */
  readonly program: Program;
  /** The shortest found, and where that differs; undefined when it does not differ on its own. */
  readonly shrunk: { readonly program: Program; readonly difference: Difference } | undefined;
};

export type CampaignOptions = {
  readonly seed: number;
  readonly operations: number;
  /** How many pairs of servers at a time. */
  readonly pairs: number;
  readonly findingsMax: number;
  readonly budget: ShrinkBudget;
  readonly tamper?: Tamper;
  readonly onProgress?: (operations: number) => void;
  readonly onFinding?: (finding: Finding) => void;
};

/** How many programs before one that does not differ alone are tried along with it. */
const earlierMax = 8;

export class Campaign {
  readonly findings: Finding[] = [];
  readonly #options: CampaignOptions;
  #operations = 0;
  #nextGroup: number;

  constructor(options: CampaignOptions, firstGroup = 0) {
    this.#options = options;
    this.#nextGroup = firstGroup;
  }

  get operations(): number {
    return this.#operations;
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.pairs }, () => this.#groups()));
  }

  get #isDone(): boolean {
    const { operations, findingsMax } = this.#options;
    return this.#operations >= operations || this.findings.length >= findingsMax;
  }

  async #groups(): Promise<void> {
    while (!this.#isDone) {
      const group = this.#nextGroup++;
      await this.#group(group);
    }
  }

  async #group(group: number): Promise<void> {
    const setting = settingOf(group);
    let pair = await RunningPair.start(setting, this.#options.tamper);
    try {
      for (let nth = 0; nth < setting.programsPerPair && !this.#isDone; nth += 1) {
        const program = generate(this.#options.seed, group, nth);
        const before = pair.operations;
        const difference = await pair.program(program);
        this.#count(pair.operations - before);
        if (difference !== undefined) {
          await pair.close();
          await this.#found(group, nth, program, difference);
          pair = await RunningPair.start(setting, this.#options.tamper);
          continue;
        }
        if (setting.programsPerPair === 1) continue;
        const left = await pair.reset();
        if (left === undefined) continue;
        await this.#found(group, nth, program, { ...left, index: program.length });
        await pair.close();
        pair = await RunningPair.start(setting, this.#options.tamper);
      }
    } finally {
      await pair.close();
    }
  }

  #count(operations: number): void {
    this.#operations += operations;
    this.#options.onProgress?.(this.#operations);
  }

  async #found(
    group: number,
    nth: number,
    program: Program,
    difference: Difference,
  ): Promise<void> {
    const setting = settingOf(group);
    const { tamper, budget } = this.#options;
    const shrink = (candidate: Program): Promise<Finding['shrunk']> =>
      shrinkOnServers(setting, candidate, difference, tamper, budget);
    // What programs before it have left in the history may belong to it.
    const shrunk = (await shrink(program)) ?? (await shrink(this.#withEarlier(group, nth)));
    const finding = { group, nth, setting, difference, program, shrunk };
    this.findings.push(finding);
    this.#options.onFinding?.(finding);
  }

  #withEarlier(group: number, nth: number): Program {
    const first = Math.max(0, nth - earlierMax);
    const programs = Array.from({ length: nth + 1 - first }, (_, i) =>
      generate(this.#options.seed, group, first + i),
    );
    return programs.flatMap((program, i) => (i === 0 ? program : [{ kind: 'reset' }, ...program]));
  }
}

/** Every try begins on servers without keys, leases and alarms; after a difference on new ones. */
async function shrinkOnServers(
  setting: Setting,
  program: Program,
  difference: Difference,
  tamper: Tamper | undefined,
  budget: ShrinkBudget,
): Promise<Finding['shrunk']> {
  let pair: RunningPair | undefined;
  const differs = async (candidate: Program): Promise<Difference | undefined> => {
    pair ??= await RunningPair.start(setting, tamper);
    const found = await pair.program(candidate);
    const isReusable = setting.programsPerPair > 1 && (await pair.reset()) === undefined;
    if (isReusable) return found;
    await pair.close();
    pair = undefined;
    return found;
  };
  try {
    const again = await differs(program);
    if (again?.kind !== difference.kind) return undefined;
    return await shrink(program, again, differs, budget);
  } finally {
    await pair?.close();
  }
}

/** Servers of one setting, and the run that goes on on them. */
class RunningPair {
  readonly #twins: Twins;
  readonly #run: Run;

  static async start(setting: Setting, tamper: Tamper | undefined): Promise<RunningPair> {
    return new RunningPair(await Twins.start(setting.flags), setting, tamper);
  }

  private constructor(twins: Twins, setting: Setting, tamper: Tamper | undefined) {
    this.#twins = twins;
    const areHashesComparable = setting.name !== 'own lease ids';
    this.#run = new Run(twins, { areHashesComparable, tamper });
  }

  get operations(): number {
    return this.#run.operations;
  }

  async program(program: Program): Promise<Difference | undefined> {
    return await this.#run.program(program);
  }

  async reset(): Promise<Difference | undefined> {
    return await this.#run.reset();
  }

  async close(): Promise<void> {
    await this.#twins.close();
  }
}

/** Runs one program alone on new servers. */
export async function runAlone(
  setting: Setting,
  program: Program,
  budget: ShrinkBudget,
  tamper?: Tamper,
): Promise<Finding['shrunk'] | 'equal'> {
  const pair = await RunningPair.start(setting, tamper);
  const difference = await pair.program(program);
  await pair.close();
  if (difference === undefined) return 'equal';
  return (
    (await shrinkOnServers(setting, program, difference, tamper, budget)) ?? {
      program,
      difference,
    }
  );
}
