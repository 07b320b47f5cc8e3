import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterOf, podSettings, startMs } from '../../../test/support/operator-fixtures.ts';
import { World } from '../../../test/support/operator-world.ts';
import { rounds } from '../../../test/support/rounds.ts';
import { seededRandom } from '../../base/random.ts';
import type { EtcdCluster, EtcdClusterStatus } from '../api/etcd-cluster.ts';
import type { Action } from './action.ts';
import { ownMembers, pictureOf } from './picture.ts';
import { reconcile, reconcileFailover } from './reconcile.ts';

/**
 * The closed loop: reconcile, a model of Kubernetes and etcd (test/support/operator-world.ts) and a
 * seeded world of trouble: members killed, disks and workloads lost, members unreachable, actions
 * that fail after they took effect, statuses not written, the operator killed between any two
 * actions, and a spec that changes all the time. When the trouble ends it must converge, and at no
 * moment may the operator have done something dangerous.
 *
 * One seed again: SEED=n node --test src/operator/reconcile/simulation.test.ts
 */
const seeds =
  process.env['SEED'] === undefined
    ? Array.from({ length: rounds(50) }, (_, at) => at + 1)
    : [Number(process.env['SEED'])];

const troubledTicks = 150;
const quietTicksMax = 400;

for (const medium of ['', 'Memory'] as const) {
  const where = medium === '' ? 'on claims' : 'in memory';
  test(`whatever happens, a cluster ${where} converges and is never endangered`, () => {
    for (const seed of seeds) run(seed, medium);
  });
}

function run(seed: number, medium: '' | 'Memory'): void {
  const random = seededRandom(seed);
  const chance = (percent: number): boolean => random.below(100) < percent;
  const trace: string[] = [];
  let spec = randomSpec();
  let status: EtcdClusterStatus | undefined;
  let generation = 1;
  const world = new World(cluster(), random);

  for (let tick = 0; tick < troubledTicks; tick += 1) {
    world.tick();
    if (chance(4)) changeSpec();
    if (chance(12)) trouble();
    if (chance(80)) operate(true);
    check();
  }
  let calm = 0;
  for (let tick = 0; tick < quietTicksMax && calm < 5; tick += 1) {
    world.tick();
    const outcome = operate(false);
    check();
    calm = outcome === 'continue' ? calm + 1 : 0;
  }
  assert.equal(
    calm,
    5,
    `seed ${seed}: does not come to rest\n${trace
      .filter((line, at) => line !== trace[at - 1])
      .slice(-60)
      .join('\n')}`,
  );
  checkConverged();

  function cluster(): EtcdCluster {
    const parsed = clusterOf(spec);
    return { ...parsed, metadata: { ...parsed.metadata, generation }, status };
  }

  function randomSpec(): { size: number; etcdOptions: string[]; storageSpec: object } {
    return {
      size: 1 + random.below(5),
      etcdOptions: [`--snapshot-count=${random.below(3)}`],
      storageSpec: {
        medium,
        retentionPolicy: { whenScaled: seed % 5 === 0 ? 'Retain' : 'Delete' },
      },
    };
  }

  function changeSpec(): void {
    const { size, etcdOptions } = randomSpec();
    spec = chance(50) ? { ...spec, size } : { ...spec, etcdOptions };
    generation += 1;
    world.cluster = cluster();
    trace.push(`spec size ${spec.size} options ${spec.etcdOptions.join()}`);
  }

  /** At most one fault at a time and only where the others can carry on: the rest is disaster. */
  function trouble(): void {
    if (!world.allVotersRun() || status?.clusterID === undefined || status.clusterID === '') return;
    const voters = world.voters();
    const victim = voters[random.below(voters.length)];
    if (victim === undefined) return;
    const mayLose = voters.length >= 3;
    const kinds = medium === 'Memory' ? [] : ['kill', 'delete-workload'];
    if (mayLose) kinds.push('lose-volume');
    const kind = kinds[random.below(kinds.length)];
    if (kind === undefined) return;
    trace.push(`chaos ${kind} ${victim.name}`);
    if (kind === 'kill') world.kill(victim.name);
    if (kind === 'delete-workload') world.deleteWorkload(victim.name);
    if (kind === 'lose-volume') world.loseVolume(victim.name);
  }

  function operate(isTroubled: boolean): string {
    const observed = world.observe(() => isTroubled && chance(5));
    const input = { cluster: cluster(), observed, nowMs: startMs, settings: podSettings };
    const result = reconcile(input);
    assert.equal(reconcileFailover(input).then, 'continue');
    const { outcome } = result;
    const said = outcome.then === 'wait' || outcome.then === 'fail' ? outcome.message : '';
    trace.push(
      `${outcome.then} ${outcome.then === 'continue' ? '' : outcome.reason} ${said} ` +
        `[${result.actions.map(describe).join(' ')}]`,
    );
    for (const action of result.actions) {
      if (isTroubled && chance(6)) {
        trace.push('  the operator is killed');
        return 'killed';
      }
      const isDone = world.execute(action);
      // An answer that got lost: done, but the operator does not know.
      if (!isDone || (isTroubled && chance(4))) break;
    }
    if (!isTroubled || chance(90)) status = result.status;
    return outcome.then;
  }

  function check(): void {
    const [first] = world.violations;
    if (first === undefined) return;
    assert.fail(`seed ${seed} ${medium}: ${first}\n${trace.slice(-40).join('\n')}`);
  }

  function checkConverged(): void {
    const observed = world.observe(() => false);
    const picture = pictureOf({
      cluster: cluster(),
      observed,
      nowMs: startMs,
      settings: podSettings,
    });
    const own = ownMembers(picture);
    const at = `seed ${seed}`;
    assert.equal(own.length, spec.size, at);
    assert.ok(
      own.every(({ health }) => health.isHealthy),
      at,
    );
    assert.ok(
      own.every(({ isUpdated, isLearner }) => isUpdated && !isLearner),
      at,
    );
    assert.equal(world.workloads.size, spec.size, at);
    const kept = [...world.volumes.values()].filter(({ retained }) => !retained);
    assert.equal(kept.length, spec.size, at);
    assert.equal(status?.phase, 'Healthy', at);
    assert.equal(status?.ready, `${spec.size}/${spec.size}`, at);
  }
}

function describe(action: Action): string {
  if (action.kind === 'emit-event') return '';
  if (action.kind === 'ensure-member') return `ensure-member:${action.member.name}`;
  if (action.kind === 'move-leader') return `move-leader:${action.toName}`;
  return `${action.kind}:${'memberName' in action ? action.memberName : ''}`;
}
