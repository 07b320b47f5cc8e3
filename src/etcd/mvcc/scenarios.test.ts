import { basename } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Command, runScenario, scenarioFiles } from '../../../test/support/datadriven.ts';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';
import { StateMachine } from '../../../test/support/state-machine.ts';
import { utf8Bytes, utf8Text } from '../../base/bytes.ts';
import type { AppliedEntry } from '../apply/applier.ts';
import type { InternalRaftRequestInit } from '../proto/generated/etcdserverpb.ts';
import { parseKeyValue } from './key-value.ts';
import { type Change, keyValuesOf } from './store.ts';

/*
 * put KEY VALUE [lease=ID]      del KEY [end=KEY]      compact REVISION      restart
 * range KEY [end=KEY] [rev=N] [limit=N] [keys-only] [count-only]
 * changes FROM                  what watchers that start there see, each with its previous value
 * txn, one operation a line     grant ID               revoke ID             hash [REVISION]
 */
class Scenario {
  readonly #machine = new StateMachine(new MemoryBackend());

  async run(command: Command): Promise<string> {
    const [, first = '', second = ''] = command.line.split(/\s+/);
    const { store } = this.#machine.state;
    switch (command.name) {
      case 'range':
        return this.#range(command, first);
      case 'changes':
        return attempt(() =>
          store.changes(Number(first), 1e9).changes.map(this.#describe).join('\n'),
        );
      case 'hash': {
        const result = await store.hashKv(Number(first || '0')).catch((error: Error) => error);
        if (result instanceof Error) return result.message;
        const { hash, compactRevision, hashRevision } = result;
        return `${hash} compacted=${compactRevision} at=${hashRevision}`;
      }
      case 'restart':
        await this.#machine.restart();
        return `revision=${this.#machine.state.store.currentRevision}`;
      default: {
        const applied = this.#machine.apply(requestOf(command.name, first, second, command));
        await applied.compaction?.done;
        return this.#outcome(applied);
      }
    }
  }

  #range(command: Command, key: string): string {
    const number = (name: string): number => Number(argument(command, name) || '0');
    return attempt(() => {
      const result = this.#machine.state.store.range({
        key: utf8Bytes(key),
        rangeEnd: keyBytes(argument(command, 'end')),
        limit: number('limit'),
        revision: number('rev'),
        sortOrder: 0,
        sortTarget: 0,
        keysOnly: command.args.has('keys-only'),
        countOnly: command.args.has('count-only'),
        minModRevision: 0,
        maxModRevision: 0,
        minCreateRevision: 0,
        maxCreateRevision: 0,
      });
      const more = result.more ? ' more' : '';
      return [
        ...keyValuesOf(result).map(shown),
        `count=${result.count}${more} revision=${result.revision}`,
      ].join('\n');
    });
  }

  readonly #describe = (change: Change): string => {
    const previous = this.#machine.state.store.previousKeyValue(change);
    const kind = change.type === 1 ? 'DELETE' : change.isCreate ? 'CREATE' : 'MODIFY';
    const before =
      previous === undefined ? '' : ` was "${utf8Text(parseKeyValue(previous).value)}"`;
    return `${change.main}.${change.sub} ${kind} ${shown(change.keyValue)}${before}`;
  };

  #outcome({ outcome, changes }: AppliedEntry): string {
    if (outcome.kind === 'error') return outcome.error.message;
    const revision = outcome.kind === 'answer' ? outcome.revision : 0;
    const list = changes.map(
      ({ type, sub, key }) => `${type === 1 ? '-' : '+'}${utf8Text(key)}.${sub}`,
    );
    return [`revision=${revision}`, ...list].join(' ');
  }
}

function requestOf(
  name: string,
  first: string,
  second: string,
  command: Command,
): InternalRaftRequestInit {
  switch (name) {
    case 'put': {
      const lease = BigInt(argument(command, 'lease') || '0');
      return { put: { key: utf8Bytes(first), value: utf8Bytes(second), lease } };
    }
    case 'del':
      return {
        deleteRange: { key: utf8Bytes(first), rangeEnd: keyBytes(argument(command, 'end')) },
      };
    case 'compact':
      return { compaction: { revision: Number(first) } };
    case 'grant':
      return { leaseGrant: { ID: BigInt(first), TTL: 60 } };
    case 'revoke':
      return { leaseRevoke: { ID: BigInt(first) } };
    case 'txn': {
      const success = command.input.split('\n').map((line) => {
        const [op = '', key = '', value = ''] = line.split(' ');
        return op === 'put'
          ? { requestPut: { key: utf8Bytes(key), value: utf8Bytes(value) } }
          : { requestDeleteRange: { key: utf8Bytes(key) } };
      });
      return { txn: { success } };
    }
    default:
      throw new Error(`unknown command ${name}`);
  }
}

function argument(command: Command, name: string): string {
  return command.args.get(name)?.[0] ?? '';
}

/** `\0` stands for the zero byte. */
function keyBytes(text: string): Uint8Array {
  return utf8Bytes(text.replace('\\0', '\0'));
}

function attempt(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return (error as Error).message;
  }
}

function shown(keyValue: Uint8Array): string {
  const { key, value, createRevision, modRevision, version, lease } = parseKeyValue(keyValue);
  const attached = lease === 0n ? '' : ` lease=${lease}`;
  return `${utf8Text(key)}="${utf8Text(value)}" create=${createRevision} mod=${modRevision} version=${version}${attached}`;
}

const folder = fileURLToPath(new URL('testdata', import.meta.url));
for (const path of scenarioFiles(folder)) {
  void test(`scenario ${basename(path)}`, async () => {
    const scenario = new Scenario();
    await runScenario(path, (command) => scenario.run(command));
  });
}
