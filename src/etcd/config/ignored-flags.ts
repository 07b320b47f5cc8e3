import { type Flag, flagsOf } from './flag.ts';

const member = flagsOf('Member');
const clustering = flagsOf('Clustering');

/** Flags about bbolt, snapshot files and the v2 store, none of which this server has. */
export const ignoredFlags: readonly Flag[] = [
  member('max-snapshots', 'uint', '5', 'Snapshot files to keep; there are none here.'),
  member('backend-bbolt-freelist-type', 'string', 'map', 'List of free pages in bbolt.'),
  member('backend-batch-interval', 'duration', '0', 'Time between commits of bbolt.'),
  member('backend-batch-limit', 'int', '0', 'Operations in one commit of bbolt.'),
  clustering('v2-deprecation', 'v2-stage', 'write-only', 'How far the v2 store is gone.'),
].map((flag) => ({ ...flag, isIgnored: true }));

/** What etcd says of those that it still reads, but ignores as well. */
const deprecations: ReadonlyMap<string, string> = new Map([
  ['max-snapshots', '--max-snapshots is deprecated in 3.6 and will be decommissioned in 3.8.'],
  [
    'v2-deprecation',
    '--v2-deprecation is deprecated and scheduled for removal in v3.8. The default value is ' +
      'enforced, ignoring user input.',
  ],
]);

/** `from` is how the user spelled it. */
export function ignoredWarning({ name }: Flag, from: string): string {
  return deprecations.get(name) ?? `${from} has no effect in this server`;
}
