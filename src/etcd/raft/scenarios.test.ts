import { test } from 'node:test';
import { runScenario, scenarioFiles } from '../../../test/support/datadriven.ts';
import { RaftScenario } from '../../../test/support/raft-scenario.ts';

/*
 * testdata/*.txt read as the specification of raft. The commands are those of
 * test/support/raft-scenario.ts; `npm run test:rewrite` rewrites the outputs.
 */
for (const path of scenarioFiles(new URL('testdata', import.meta.url).pathname)) {
  test(`scenario ${path.slice(path.lastIndexOf('/') + 1)}`, async () => {
    const scenario = new RaftScenario();
    await runScenario(path, (command) => scenario.run(command));
  });
}
