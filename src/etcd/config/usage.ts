import type { Flag, FlagGroup } from './flag.ts';
import { flagTable } from './flag-table.ts';

export const usageHead = `Usage:

  etcd-ts server [flags]
    Start a server. Every flag is an environment variable too: --data-dir is ETCD_DATA_DIR.

  etcd-ts server --version
    Show the version.

  etcd-ts server -h | --help
    Show all flags.

  etcd-ts server --config-file PATH
    Take all settings from a YAML or JSON file; other flags and variables are then ignored.
    Durations in the file are whole nanoseconds.
`;

/** The order of etcd. */
const groups: readonly FlagGroup[] = [
  'Member',
  'Clustering',
  'Security',
  'Auth',
  'Profiling and Monitoring',
  'Logging',
  'Distributed tracing',
  'Features',
  'Unsafe feature',
];

/** The text of --help: every flag by group, with its default and what it does. */
export function flagUsage(): string {
  const sections = groups.map((group) => {
    const flags = flagTable.filter((flag) => flag.group === group);
    return flags.length === 0 ? '' : `\n${group}:\n${flags.map(describe).join('')}`;
  });
  return `${usageHead}${sections.join('')}\n${unsafeWarning}\n`;
}

const unsafeWarning = 'Unsafe features break what a cluster promises to its clients.';

function describe({ name, byDefault, usage, isIgnored }: Flag): string {
  const mark = isIgnored === true ? ' (no effect)' : '';
  const text = usage.replaceAll('\n', '\n    ');
  return `  --${name} '${name === 'data-dir' ? '${name}.etcd' : byDefault}'${mark}\n    ${text}\n`;
}
