import {
  apiVersion,
  clusterKind,
  type EtcdCluster,
  type EtcdClusterSpec,
  type EtcdClusterStatus,
  type PodTemplate,
  type StorageSpec,
} from './etcd-cluster.ts';
import { optionComplaint, patterns, specBounds } from './rules.ts';

export type ParsedCluster =
  | { readonly kind: 'cluster'; readonly cluster: EtcdCluster }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/**
 * Outside data (an object of the API server, a YAML file of `etcd-ts up`) into an EtcdCluster with
 * every default filled in. The same rules as the CRD's schema and CEL: a file that never passed an
 * API server is judged no differently. Status is taken as it stands: only we write it.
 */
export function parseEtcdCluster(manifest: unknown): ParsedCluster {
  const problems: string[] = [];
  const root = objectAt(manifest, 'the manifest', problems);
  if (root['apiVersion'] !== apiVersion || root['kind'] !== clusterKind) {
    problems.push(`apiVersion and kind must be ${apiVersion} ${clusterKind}`);
  }
  const metadata = objectAt(root['metadata'], 'metadata', problems);
  const name = textAt(metadata['name'], 'metadata.name', problems) ?? '';
  if (!patterns.clusterName.test(name) || name.length > specBounds.nameLengthMax) {
    problems.push(
      `metadata.name must be a DNS label of at most ${specBounds.nameLengthMax} characters`,
    );
  }
  const spec = parseSpec(objectAt(root['spec'] ?? {}, 'spec', problems), problems);
  if (problems.length > 0) return { kind: 'refused', problems };
  const cluster: EtcdCluster = {
    metadata: {
      name,
      namespace: textAt(metadata['namespace'], 'metadata.namespace', problems) ?? 'default',
      uid: textAt(metadata['uid'], 'metadata.uid', problems) ?? '',
      generation: Number(metadata['generation'] ?? 1),
      annotations: textMapAt(metadata['annotations'], 'metadata.annotations', problems),
      isBeingDeleted: metadata['deletionTimestamp'] !== undefined,
    },
    spec,
    status: parseStatus(root['status']),
  };
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'cluster', cluster };
}

function parseSpec(spec: Fields, problems: string[]): EtcdClusterSpec {
  refuseUnknown(spec, 'spec', specFields, problems);
  const size = spec['size'] ?? 3;
  if (!Number.isInteger(size) || Number(size) < 1 || Number(size) > specBounds.sizeMax) {
    problems.push(`spec.size must be a whole number from 1 to ${specBounds.sizeMax}`);
  }
  const version = textAt(spec['version'], 'spec.version', problems);
  if (version !== undefined && !patterns.version.test(version)) {
    problems.push('spec.version must look like v1.2.3');
  }
  const imageRegistry = textAt(spec['imageRegistry'], 'spec.imageRegistry', problems);
  const image = textAt(spec['image'], 'spec.image', problems);
  if (image !== undefined && (version !== undefined || imageRegistry !== undefined)) {
    problems.push('spec.image excludes spec.version and spec.imageRegistry');
  }
  const fastFailover = objectAt(spec['fastFailover'] ?? {}, 'spec.fastFailover', problems);
  return {
    size: Number(size),
    version,
    imageRegistry,
    image,
    storageSpec: parseStorage(objectAt(spec['storageSpec'] ?? {}, 'spec.storageSpec', problems)),
    etcdOptions: parseOptions(spec['etcdOptions'], problems),
    podTemplate: parsePodTemplate(
      objectAt(spec['podTemplate'] ?? {}, 'spec.podTemplate', problems),
      problems,
    ),
    fastFailover: { enabled: fastFailover['enabled'] !== false },
  };

  function parseStorage(storage: Fields): StorageSpec {
    refuseUnknown(storage, 'spec.storageSpec', storageFields, problems);
    const medium = storage['medium'] ?? '';
    if (medium !== '' && medium !== 'Memory') {
      problems.push("spec.storageSpec.medium must be '' or Memory");
    }
    const retention = objectAt(
      storage['retentionPolicy'] ?? {},
      'spec.storageSpec.retentionPolicy',
      problems,
    );
    const request = scalarText(storage['volumeSizeRequest'] ?? specBounds.volumeSizeDefault);
    if (!patterns.quantity.test(request)) {
      problems.push('spec.storageSpec.volumeSizeRequest must be a quantity such as 8Gi');
    }
    const accessModes = storage['accessModes'] ?? 'ReadWriteOnce';
    if (accessModes !== 'ReadWriteOnce' && accessModes !== 'ReadWriteOncePod') {
      problems.push('spec.storageSpec.accessModes must be ReadWriteOnce or ReadWriteOncePod');
    }
    return {
      medium: medium === 'Memory' ? 'Memory' : '',
      accessModes: scalarText(accessModes),
      storageClassName: textAt(
        storage['storageClassName'],
        'spec.storageSpec.storageClassName',
        problems,
      ),
      volumeSizeRequest: request,
      retentionPolicy: {
        whenDeleted: retention['whenDeleted'] === 'Delete' ? 'Delete' : 'Retain',
        whenScaled: retention['whenScaled'] === 'Retain' ? 'Retain' : 'Delete',
      },
    };
  }
}

function parseOptions(options: unknown, problems: string[]): readonly string[] {
  if (options === undefined || options === null) return [];
  if (!Array.isArray(options)) {
    problems.push('spec.etcdOptions must be a list of --flag=value');
    return [];
  }
  for (const option of options) {
    const complaint = optionComplaint(scalarText(option));
    if (complaint !== undefined) problems.push(`spec.etcdOptions: ${complaint}`);
  }
  return options.map(scalarText);
}

function parsePodTemplate(template: Fields, problems: string[]): PodTemplate {
  const metadata = objectAt(template['metadata'] ?? {}, 'spec.podTemplate.metadata', problems);
  const spec = objectAt(template['spec'] ?? {}, 'spec.podTemplate.spec', problems);
  refuseUnknown(spec, 'spec.podTemplate.spec', podSpecFields, problems);
  const at = 'spec.podTemplate.metadata';
  const labels = textMapAt(metadata['labels'], `${at}.labels`, problems);
  const annotations = textMapAt(metadata['annotations'], `${at}.annotations`, problems);
  for (const key of [...Object.keys(labels), ...Object.keys(annotations)]) {
    if (patterns.reservedKey.test(key)) problems.push(`${at}: ${key} belongs to the operator`);
  }
  return { metadata: { labels, annotations }, spec };
}

/** A status we wrote; a foreign or older shape counts as none, and is written anew. */
function parseStatus(status: unknown): EtcdClusterStatus | undefined {
  if (typeof status !== 'object' || status === null) return undefined;
  const fields = status as Partial<EtcdClusterStatus>;
  if (typeof fields.observedGeneration !== 'number') return undefined;
  return {
    observedGeneration: fields.observedGeneration,
    phase: fields.phase ?? 'Creating',
    currentReplicas: fields.currentReplicas ?? 0,
    readyReplicas: fields.readyReplicas ?? 0,
    ready: fields.ready ?? '',
    memberCount: fields.memberCount ?? 0,
    updatedMembers: fields.updatedMembers ?? 0,
    currentVersion: fields.currentVersion ?? '',
    leaderID: fields.leaderID ?? '',
    clusterID: fields.clusterID ?? '',
    selector: fields.selector ?? '',
    endpoints: fields.endpoints ?? { client: '', members: [] },
    members: fields.members ?? [],
    conditions: fields.conditions ?? [],
    warnings: fields.warnings ?? [],
    failover: fields.failover,
  };
}

const specFields = [
  'size',
  'version',
  'imageRegistry',
  'image',
  'storageSpec',
  'etcdOptions',
  'podTemplate',
  'fastFailover',
];
const storageFields = [
  'medium',
  'accessModes',
  'storageClassName',
  'volumeSizeRequest',
  'retentionPolicy',
];
const podSpecFields = [
  'affinity',
  'nodeSelector',
  'tolerations',
  'topologySpreadConstraints',
  'resources',
  'priorityClassName',
  'schedulerName',
  'imagePullSecrets',
  'imagePullPolicy',
  'securityContext',
];

type Fields = Readonly<Record<string, unknown>>;

/** The API server prunes unknown fields; in a local file one is most likely a typing error. */
function refuseUnknown(
  fields: Fields,
  at: string,
  known: readonly string[],
  problems: string[],
): void {
  for (const key of Object.keys(fields)) {
    if (!known.includes(key)) problems.push(`${at}.${key} is not a field`);
  }
}

function objectAt(value: unknown, at: string, problems: string[]): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  problems.push(`${at} must be a map`);
  return {};
}

function textAt(value: unknown, at: string, problems: string[]): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  problems.push(`${at} must be a string`);
  return undefined;
}

function textMapAt(
  value: unknown,
  at: string,
  problems: string[],
): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  const fields = objectAt(value, at, problems);
  return Object.fromEntries(Object.entries(fields).map(([key, text]) => [key, scalarText(text)]));
}

/** YAML reads an unquoted 8 or true as what it looks like; a text was meant. */
function scalarText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
}
