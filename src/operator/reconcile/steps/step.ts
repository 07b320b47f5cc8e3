import type { StepInput, StepOutcome } from '../outcome.ts';
import type { Picture } from '../picture.ts';

/** What a step sees: the input of the pass and its picture, made once for all steps. */
export type PlanInput = StepInput & { readonly picture: Picture };

export type Step = (input: PlanInput) => StepOutcome;
