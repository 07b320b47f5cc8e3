/**
 * What may stand in a spec: bounds, patterns and the flags that belong to the operator. Used by
 * the parser and written into the CRD (crd.ts), so the two cannot drift apart.
 */
export const specBounds = Object.freeze({
  /** etcd recommends at most seven voters; more than nine is a typing error. */
  sizeMax: 9,
  /** Pods are CLUSTER-ORDINAL-0 and a label holds 63 characters, a revision hash among them. */
  nameLengthMax: 40,
  volumeSizeDefault: '8Gi',
  optionsMax: 64,
  optionLengthMax: 512,
});

export const patterns = Object.freeze({
  clusterName: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  version: /^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$/,
  quantity: /^[0-9]+(\.[0-9]+)?([KMGTPE]i?|k)?$/,
  option: /^--[a-z][a-z0-9-]*(=.*)?$/,
  reservedKey: /^([a-z0-9.-]+\.)?etcd-ts\.dev\/|^app\.kubernetes\.io\/(name|instance|managed-by)$/,
});

/** Set by the operator from the member's plan, or able to destroy the cluster. */
export const reservedFlags: readonly string[] = [
  'name',
  'data-dir',
  'wal-dir',
  'config-file',
  'listen-client-urls',
  'listen-client-http-urls',
  'listen-peer-urls',
  'listen-metrics-urls',
  'advertise-client-urls',
  'initial-advertise-peer-urls',
  'initial-cluster',
  'initial-cluster-state',
  'initial-cluster-token',
  'force-new-cluster',
  'unsafe-no-fsync',
  'strict-reconfig-check',
  'max-learners',
];

export function optionComplaint(option: string): string | undefined {
  if (!patterns.option.test(option)) return `${option} is not of the form --flag=value`;
  const flag = option.slice(2).split('=')[0] ?? '';
  if (reservedFlags.includes(flag)) return `--${flag} belongs to the operator`;
  return undefined;
}

/** The value of `--flag=value` among the options, the last one counting as in etcd. */
export function optionValue(options: readonly string[], flag: string): string | undefined {
  const prefix = `--${flag}=`;
  return options.findLast((option) => option.startsWith(prefix))?.slice(prefix.length);
}
