/** How a flag's value is written. */
export type FlagKind =
  | 'string'
  | 'bool'
  | 'uint'
  | 'uint32'
  | 'int'
  | 'duration'
  | 'urls'
  | 'list'
  | 'origins'
  | 'gates'
  | 'cluster-state'
  | 'fallback'
  | 'v2-stage';

/** The part of the usage text that names it. */
export type FlagGroup =
  | 'Member'
  | 'Clustering'
  | 'Security'
  | 'Auth'
  | 'Profiling and Monitoring'
  | 'Logging'
  | 'Distributed tracing'
  | 'Features'
  | 'Unsafe feature';

export type Flag = {
  readonly name: string;
  readonly kind: FlagKind;
  readonly group: FlagGroup;
  readonly byDefault: string;
  readonly usage: string;
  /** Has no meaning in this server: accepted with a warning. */
  readonly isIgnored?: true;
};

/** Makes the flags of one group. */
export function flagsOf(
  group: FlagGroup,
): (name: string, kind: FlagKind, byDefault: string, usage: string) => Flag {
  return (name, kind, byDefault, usage) => ({ name, kind, group, byDefault, usage });
}
