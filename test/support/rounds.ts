const times = Number(process.env['ROUNDS'] ?? 1);

/**
 * How often a random test goes round: `count` times where many people wait for it, in `npm run
 * check`, and ROUNDS times as often where nobody does, in `npm run rounds`.
 */
export function rounds(count: number): number {
  return Math.ceil(count * times);
}
