export type VoteResult = 'pending' | 'won' | 'lost';

/** How many of `count` voters are a majority. */
export function majoritySize(count: number): number {
  return Math.floor(count / 2) + 1;
}

/**
 * The highest index that a majority of voters has reached, given each voter's index in any order.
 * Sorts `acked` in place. No voters: nothing is reached.
 */
export function majorityIndex(acked: number[]): number {
  const count = acked.length;
  if (count === 0) return 0;
  // Insertion sort: a configuration has a handful of voters and this runs on every acknowledgement.
  for (let i = 1; i < count; i += 1) {
    const value = acked[i] as number;
    let at = i - 1;
    while (at >= 0 && (acked[at] as number) > value) {
      acked[at + 1] = acked[at] as number;
      at -= 1;
    }
    acked[at + 1] = value;
  }
  return acked[count - majoritySize(count)] as number;
}

/** The outcome of an election in which `granted` and `refused` of `voters` have answered. */
export function voteResult(voters: number, granted: number, refused: number): VoteResult {
  // An election without voters is won, so that an empty configuration cannot block anything.
  if (voters === 0) return 'won';
  const needed = majoritySize(voters);
  if (granted >= needed) return 'won';
  return voters - refused < needed ? 'lost' : 'pending';
}
