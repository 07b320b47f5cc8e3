import type { KubernetesObject } from '@kubernetes/client-node';
import { apiGroup, clusterKind, clusterPlural } from './etcd-cluster.ts';
import { patterns, reservedFlags, specBounds } from './rules.ts';
import { type Schema, statusSchema } from './status-schema.ts';

/**
 * The CustomResourceDefinition, from the same bounds and patterns as the parser. Validation is all
 * schema and CEL: there is no webhook that could be down. tools/gen-crd.ts writes it to crds/ and
 * into the chart.
 */
export function etcdClusterCrd(): KubernetesObject & { readonly spec: object } {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${clusterPlural}.${apiGroup}` },
    spec: {
      group: apiGroup,
      scope: 'Namespaced',
      names: {
        kind: clusterKind,
        listKind: `${clusterKind}List`,
        plural: clusterPlural,
        singular: 'etcdcluster',
        shortNames: ['etcd'],
        categories: ['all'],
      },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          subresources: {
            status: {},
            scale: {
              specReplicasPath: '.spec.size',
              statusReplicasPath: '.status.currentReplicas',
              labelSelectorPath: '.status.selector',
            },
          },
          additionalPrinterColumns: printerColumns(),
          schema: { openAPIV3Schema: rootSchema() },
        },
      ],
    },
  };
}

function printerColumns(): readonly object[] {
  const column = (name: string, type: string, jsonPath: string, priority = 0): object => ({
    name,
    type,
    jsonPath,
    ...(priority > 0 && { priority }),
  });
  return [
    column('Phase', 'string', '.status.phase'),
    column('Ready', 'string', '.status.ready'),
    column('Version', 'string', '.status.currentVersion'),
    column('Leader', 'string', '.status.members[?(@.isLeader==true)].name'),
    column('Age', 'date', '.metadata.creationTimestamp'),
    column('Size', 'integer', '.spec.size', 1),
    column('Updated', 'integer', '.status.updatedMembers', 1),
    column('Cluster-ID', 'string', '.status.clusterID', 1),
  ];
}

function rootSchema(): Schema {
  return {
    type: 'object',
    description: 'A cluster of etcd members that the operator forms, grows, heals and updates.',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: specSchema(),
      status: statusSchema(),
    },
    'x-kubernetes-validations': [
      rule(
        `self.metadata.name.size() <= ${specBounds.nameLengthMax} && ` +
          `self.metadata.name.matches(${celText(patterns.clusterName.source)})`,
        `the name must be a DNS label of at most ${specBounds.nameLengthMax} characters`,
      ),
    ],
  };
}

function specSchema(): Schema {
  return {
    type: 'object',
    properties: {
      size: {
        type: 'integer',
        format: 'int32',
        minimum: 1,
        maximum: specBounds.sizeMax,
        default: 3,
        description: 'Voting members. Odd sizes: an even one survives no more than one less.',
      },
      version: {
        type: 'string',
        maxLength: 64,
        pattern: patterns.version.source,
        description: "Image tag of the members, such as v0.1.0. Default: the operator's own.",
      },
      imageRegistry: {
        type: 'string',
        maxLength: 255,
        description: "Image repository without a tag. Default: the operator's own.",
      },
      image: {
        type: 'string',
        maxLength: 512,
        description: 'A whole image reference, instead of imageRegistry and version.',
      },
      storageSpec: storageSchema(),
      etcdOptions: optionsSchema(),
      podTemplate: podTemplateSchema(),
      fastFailover: {
        type: 'object',
        default: { enabled: true },
        properties: {
          enabled: {
            type: 'boolean',
            default: true,
            description:
              'When a leader dies, tell the survivors to forget it and elect at once, instead of ' +
              'waiting for the election timeout.',
          },
        },
      },
    },
    'x-kubernetes-validations': [
      rule(
        '!has(self.image) || (!has(self.version) && !has(self.imageRegistry))',
        'image excludes version and imageRegistry',
      ),
    ],
  };
}

function storageSchema(): Schema {
  const policy = (standard: string, description: string): Schema => ({
    type: 'string',
    enum: ['Retain', 'Delete'],
    default: standard,
    description,
  });
  return {
    type: 'object',
    // Whole, because the API server checks a default against the rules before filling it in.
    default: {
      medium: '',
      accessModes: 'ReadWriteOnce',
      volumeSizeRequest: specBounds.volumeSizeDefault,
      retentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
    },
    properties: {
      medium: {
        type: 'string',
        enum: ['', 'Memory'],
        default: '',
        description: "'' for a volume claim, Memory for a tmpfs that is lost with its pod.",
      },
      accessModes: {
        type: 'string',
        enum: ['ReadWriteOnce', 'ReadWriteOncePod'],
        default: 'ReadWriteOnce',
      },
      storageClassName: { type: 'string', maxLength: 253 },
      volumeSizeRequest: {
        type: 'string',
        maxLength: 32,
        pattern: patterns.quantity.source,
        default: specBounds.volumeSizeDefault,
        description: 'May grow: the claims are expanded in place.',
      },
      retentionPolicy: {
        type: 'object',
        default: { whenDeleted: 'Retain', whenScaled: 'Delete' },
        properties: {
          whenDeleted: policy('Retain', 'Volumes when the EtcdCluster is deleted.'),
          whenScaled: policy('Delete', 'The volume of a member that was removed.'),
        },
      },
    },
    'x-kubernetes-validations': [
      rule('self.medium == oldSelf.medium', 'medium cannot change'),
      rule('self.accessModes == oldSelf.accessModes', 'accessModes cannot change'),
      rule(
        'has(self.storageClassName) == has(oldSelf.storageClassName) && ' +
          '(!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)',
        'storageClassName cannot change',
      ),
      rule(
        'quantity(self.volumeSizeRequest).compareTo(quantity(oldSelf.volumeSizeRequest)) >= 0',
        'volumeSizeRequest cannot shrink',
      ),
    ],
  };
}

function optionsSchema(): Schema {
  const reserved = `^--(${reservedFlags.join('|')})(=.*)?$`;
  return {
    type: 'array',
    maxItems: specBounds.optionsMax,
    description: 'Server flags, --flag=value each, such as --election-timeout=2000.',
    items: { type: 'string', maxLength: specBounds.optionLengthMax },
    'x-kubernetes-list-type': 'atomic',
    'x-kubernetes-validations': [
      rule(
        `self.all(option, option.matches(${celText(patterns.option.source)}))`,
        'each option must be of the form --flag=value',
      ),
      rule(
        `!self.exists(option, option.matches(${celText(reserved)}))`,
        `these flags belong to the operator: ${reservedFlags.join(', ')}`,
      ),
    ],
  };
}

function podTemplateSchema(): Schema {
  const texts: Schema = {
    type: 'object',
    maxProperties: 64,
    additionalProperties: { type: 'string' },
    'x-kubernetes-validations': [
      rule(
        `!self.exists(key, key.matches(${celText(patterns.reservedKey.source)}))`,
        'keys under etcd-ts.dev and the app.kubernetes.io name, instance and managed-by belong ' +
          'to the operator',
      ),
    ],
  };
  const anyObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const list = { type: 'array', items: anyObject, 'x-kubernetes-list-type': 'atomic' };
  return {
    type: 'object',
    description:
      'Added to the members’ pods. A change rolls through: followers first, leader last.',
    properties: {
      metadata: { type: 'object', properties: { labels: texts, annotations: texts } },
      spec: {
        type: 'object',
        properties: {
          affinity: anyObject,
          nodeSelector: { type: 'object', additionalProperties: { type: 'string' } },
          tolerations: list,
          topologySpreadConstraints: {
            ...list,
            description: 'Default: spread over zones and nodes where possible.',
          },
          resources: anyObject,
          priorityClassName: { type: 'string' },
          schedulerName: { type: 'string' },
          imagePullSecrets: list,
          imagePullPolicy: { type: 'string', enum: ['Always', 'IfNotPresent', 'Never'] },
          securityContext: {
            ...anyObject,
            description: 'Merged over the restricted default (non-root 65532, RuntimeDefault).',
          },
        },
      },
    },
  };
}

function rule(expression: string, message: string): Schema {
  return { rule: expression, message };
}

/** A pattern as a CEL string: CEL reads backslash escapes, so they are doubled. */
function celText(pattern: string): string {
  return `'${pattern.replace(/\\\//g, '/').replace(/\\/g, '\\\\')}'`;
}
