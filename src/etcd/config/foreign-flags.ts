/** Flags of etcd that this server knows by name only, and what it does when it meets them. */
export type ForeignFlag = {
  readonly isBool: boolean;
  /** Values that ask for what this server does anyway: accepted without a word. */
  readonly accepted: readonly string[];
};

function flags(isBool: boolean, table: Readonly<Record<string, string>>): [string, ForeignFlag][] {
  return Object.entries(table).map(([name, values]) => [
    name,
    { isBool, accepted: values.split('|') },
  ]);
}

/**
 * Real settings of etcd that are not there yet: any value but the default is refused, never
 * ignored.
 */
export const notYetFlags: ReadonlyMap<string, ForeignFlag> = new Map(
  flags(true, { 'force-new-cluster': 'false' }),
);

/** Names etcd still swallows from its first versions, as boolean flags of any value. */
export const legacyFlags: ReadonlySet<string> = new Set([
  'cluster-active-size',
  'cluster-remove-delay',
  'cluster-sync-interval',
  'config',
  'force',
  'max-result-buffer',
  'max-retry-attempts',
  'peer-heartbeat-interval',
  'peer-election-timeout',
  'retry-interval',
  'snapshot',
  'v',
  'vv',
  'test.coverprofile',
  'test.outputdir',
]);
