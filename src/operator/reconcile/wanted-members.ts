import type { StepInput } from './outcome.ts';
import { ownMembers, type Picture } from './picture.ts';

/**
 * How many members there should be right now. Usually the size; but Memory members cannot be
 * restarted without losing their data, so a new template reaches them by one additional member of
 * the new template for each old one that then leaves.
 */
export function wantedMembers(input: StepInput, picture: Picture): number {
  const { size, storageSpec } = input.cluster.spec;
  if (storageSpec.medium !== 'Memory') return size;
  const hasOutdated = ownMembers(picture).some(
    ({ workload, isUpdated }) => workload !== undefined && !isUpdated,
  );
  return hasOutdated ? size + 1 : size;
}
