/** Runs a case file on Go etcd and on etcd-ts, and collects where they differ. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kindUnderTest } from '../support/member-process.ts';
import { until } from '../support/until.ts';
import type { Case, CaseFile } from './case-file.ts';
import { type Shown, Side } from './side.ts';

export type Result = { readonly ran: number; readonly differences: readonly string[] };

export async function runCases(file: CaseFile): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'etcdctl-cases-'));
  const kinds = ['etcd', kindUnderTest] as const;
  const started = await Promise.allSettled(
    kinds.map((kind, i) => Side.start(kind, file, join(folder, String(i)))),
  );
  const sides = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    for (const one of started) if (one.status === 'rejected') throw one.reason;
    return await runOn(sides, file.cases);
  } finally {
    await Promise.all(sides.map((side) => side.close()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runOn(sides: readonly Side[], cases: readonly Case[]): Promise<Result> {
  const differences: string[] = [];
  let ran = 0;
  for (const one of cases) {
    try {
      const [theirs, ours] = await Promise.all(sides.map((side) => take(side, one)));
      if (theirs === undefined || ours === undefined) continue;
      ran += 1;
      const difference = firstDifference(theirs, ours);
      if (difference !== undefined) differences.push(`${one.at}: ${shownCase(one)}\n${difference}`);
    } catch (error) {
      // What follows builds on it.
      throw new Error([...differences, `${one.at}: ${one.text}`].join('\n'), { cause: error });
    }
  }
  return { ran, differences };
}

/** What the step gives to compare, if anything. */
async function take(side: Side, { step }: Case): Promise<Shown | undefined> {
  switch (step.kind) {
    case 'run':
      return await until(`${side.kind} is healthy enough`, async () => {
        const shown = await side.run(step.invocation, step.capture);
        // Until all have been connected for five seconds, which a stall of the machine begins anew.
        const isRefused = shown.stderr.includes('etcdserver: unhealthy cluster');
        const isPassing = isRefused && side.isWhole && step.invocation.args.includes('member');
        return isPassing ? undefined : shown;
      });
    case 'await':
      return await until(`${side.kind} prints ${JSON.stringify(step.text)}`, async () => {
        const shown = await side.run(step.invocation);
        if (step.text === '' ? shown.stdout === '' : shown.stdout.includes(step.text)) return shown;
        // Leaves the machine to what is waited for: a start of etcdctl takes more than an answer.
        await sleep(100);
        throw new Error(JSON.stringify(shown));
      });
    case 'start':
      side.start(step.name, step.invocation);
      return undefined;
    case 'until':
      await side.until(step.name, step.text);
      return undefined;
    case 'type':
      side.type(step.name, step.text);
      return undefined;
    case 'stop':
      return await side.stop(step.name, step.signal);
    case 'end':
      return await side.end(step.name);
    case 'settle':
      await side.settle();
      return undefined;
    case 'member': {
      const member = side.member(step.index);
      if (step.action === 'stop') await member.kill('SIGKILL');
      else await side.cluster.restart(member);
      return undefined;
    }
  }
}

function firstDifference(theirs: Shown, ours: Shown): string | undefined {
  for (const part of ['stdout', 'stderr', 'end'] as const) {
    if (theirs[part] === ours[part]) continue;
    return `  ${part} of etcd: ${JSON.stringify(theirs[part])}\n  of ours: ${JSON.stringify(ours[part])}`;
  }
  return undefined;
}

function shownCase({ text, step }: Case): string {
  return step.kind === 'run' ? `${text}  [${step.invocation.args.join(' ')}]` : text;
}
