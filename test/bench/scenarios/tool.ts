import { utf8Text } from '../../../src/base/bytes.ts';
import { keyAt } from '../keyspace.ts';
import { measureTool } from '../load/benchmark-tool.ts';
import type { Goal, Scenario } from '../scenario.ts';
import { loaded } from '../scenario.ts';

/** The tool's client takes most of the processor, so ratios are nearer to 1 than elsewhere. */
const crowd = ['--conns=100', '--clients=1000'];
const sizes = ['--key-size=16', '--val-size=256', '--key-space-size=10000'];

function tool(
  name: string,
  title: string,
  args: readonly string[],
  goals: readonly Goal[] = [],
): Scenario {
  return {
    name: `tool-${name}`,
    title: `benchmark ${title}, 100×1,000`,
    server: loaded,
    goals,
    run: (target, scale) => measureTool(target, scale, [...args, ...crowd]),
  };
}

const goals: readonly Goal[] = [{ figure: 'perSecond', min: 1.5 }];

export const toolScenarios: readonly Scenario[] = [
  tool('put', 'put', ['put', ...sizes], goals),
  tool('range', 'range', ['range', utf8Text(keyAt(4_711))], goals),
  // A read of ten keys and a put of one, nine to one; latencies are those of the slower kind.
  tool('mixed', 'txn-mixed 90/10', ['txn-mixed', 'k', '--rw-ratio=9', '--limit=10', ...sizes]),
];
