/**
 * `make bench`: etcd-ts beside Go etcd, in alternating pairs, and the project's goals. Writes
 * docs/benchmarks.md's table. `--quick` runs one short pair of the scenarios that have a goal and
 * only prints; ONLY=name[,name…] runs scenarios whose names begin so; PAIRS=3 and SECONDS_EACH=2
 * change the amount.
 */

import { execFileSync } from 'node:child_process';
import { measuredBy, writeMarkedSection } from '../support/marked-section.ts';
import { missingPeers, repositoryRoot } from '../support/peers.ts';
import { missingH2load } from './load/h2load.ts';
import { writeOverview } from './overview.ts';
import { runPair } from './pairs.ts';
import { formatReport, formatRow, type Pair } from './report.ts';
import type { Scale, Scenario } from './scenario.ts';
import { growthScenarios } from './scenarios/growth.ts';
import { leaseScenarios } from './scenarios/lease.ts';
import { maintenanceScenarios } from './scenarios/maintenance.ts';
import { putScenarios } from './scenarios/put.ts';
import { rangeScenarios } from './scenarios/range.ts';
import { threeMemberScenarios } from './scenarios/three-members.ts';
import { tlsScenarios } from './scenarios/tls.ts';
import { toolScenarios } from './scenarios/tool.ts';
import { watchScenarios } from './scenarios/watch.ts';

const all: readonly Scenario[] = [
  ...rangeScenarios,
  ...putScenarios,
  ...tlsScenarios,
  ...toolScenarios,
  ...watchScenarios,
  ...leaseScenarios,
  ...maintenanceScenarios,
  ...threeMemberScenarios,
  ...growthScenarios,
];

const isQuick = process.argv.includes('--quick');
const only = (process.env['ONLY'] ?? '').split(',').filter((name) => name !== '');
const scale: Scale = {
  isQuick,
  seconds: Number(process.env['SECONDS_EACH'] ?? (isQuick ? 0.2 : 2)),
};
const pairCount = Number(process.env['PAIRS'] ?? (isQuick ? 1 : 3));

const missing = missingPeers('etcd', 'benchmark') || (await missingH2load());
if (missing !== false) {
  console.error(`bench: ${missing}`);
  process.exit(1);
}
const chosen = all.filter(({ name, goals = [] }) =>
  only.length === 0 ? !isQuick || goals.length > 0 : only.some((start) => name.startsWith(start)),
);
if (chosen.length === 0) {
  console.error(`bench: ONLY=${only.join(',')} is none of\n${all.map((s) => s.name).join('\n')}`);
  process.exit(1);
}
// What is measured is what the image runs.
execFileSync('npm', ['run', '--silent', 'build'], {
  cwd: repositoryRoot,
  stdio: 'inherit',
});
const pairsOf = new Map<Scenario, Pair[]>(chosen.map((scenario) => [scenario, []]));
const failures = new Map<Scenario, string>();
for (let pair = 0; pair < pairCount; pair += 1) {
  const now = chosen.filter(({ pairsMax }) => pair < (pairsMax ?? Infinity));
  await runPair(now, scale, pair, {
    measured: (scenario, figures) => {
      pairsOf.get(scenario)?.push(figures);
      console.log(formatRow({ scenario, pairs: [figures] }));
    },
    failed: (scenario, kind, error) => {
      console.error(error);
      const [cause = ''] = String((error.cause as Error | undefined)?.message).split('\n');
      failures.set(scenario, `${kind}: ${cause}`);
      process.exitCode = 1;
    },
  });
}
const rows = [...pairsOf].map(([scenario, pairs]) => ({
  scenario,
  pairs,
  failure: failures.get(scenario),
}));
const settings = isQuick
  ? ', one short pair; a million stands for 20,000'
  : `, ${pairCount} pairs (1 where one takes minutes), ${scale.seconds} s a scenario`;
const by = measuredBy(isQuick ? 'make bench-quick' : 'make bench').replace(/\.$/, `${settings}.`);
const text = `${by}\n\n${formatReport(rows)}\n`;
console.log(`\n${text}`);
if (!isQuick && only.length === 0) {
  writeMarkedSection('docs/benchmarks.md', 'bench', text);
  writeOverview(text);
}
