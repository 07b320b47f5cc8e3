import { servedEtcdVersion } from '../../../version.ts';
import type { FieldDescriptor, MethodDescriptor } from '../../proto/descriptor.ts';
import { enums, messages, services } from '../../proto/generated/descriptors.ts';

/*
 * The HTTP API as an OpenAPI 3.1 document, made from the descriptors of proto/: its messages, and
 * the routes of its methods. Names of schemas are those of etcd's own rpc.swagger.json.
 */

type Json = { readonly [name: string]: unknown };

const scalarSchemas: Readonly<Record<Exclude<FieldDescriptor['type'], 'message' | 'enum'>, Json>> =
  {
    bytes: { type: 'string', format: 'byte', contentEncoding: 'base64' },
    string: { type: 'string' },
    bool: { type: 'boolean' },
    uint32: { type: 'integer', format: 'int64' },
    int64: { type: 'string', format: 'int64' },
    uint64: { type: 'string', format: 'uint64' },
  };

const statusName = 'rpcStatus';
const statusSchema: Json = {
  type: 'object',
  properties: {
    code: { type: 'integer', format: 'int32', description: 'The code that gRPC has for it.' },
    message: { type: 'string' },
  },
};

export function openApiDocument(): Json {
  const schemas = new Map<string, Json>([[statusName, statusSchema]]);
  const paths: Record<string, Json> = {};
  for (const { name: service, methods } of services) {
    for (const method of methods) {
      method.routes.forEach((route, i) => {
        addMessage(schemas, method.request);
        addMessage(schemas, method.response);
        paths[route] = { post: operation(service, method, i) };
      });
    }
  }
  const sorted = [...schemas].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    openapi: '3.1.0',
    info: {
      title: 'etcd',
      version: servedEtcdVersion,
      description:
        'The JSON gateway of etcd-ts, the same as that of etcd. Names come as they are written ' +
        'here or in lowerCamelCase; 64-bit numbers are strings, or numbers in requests; what is ' +
        'empty is left out.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }],
    paths: { ...paths, ...plainPaths },
    components: {
      schemas: Object.fromEntries(sorted),
      securitySchemes: {
        token: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'The token that /v3/auth/authenticate gives, while auth is on.',
        },
      },
    },
  };
}

/** A method with two routes has one name for each. */
function operation(service: string, method: MethodDescriptor, routeIndex: number): Json {
  const group = service.slice(service.lastIndexOf('.') + 1);
  const suffix = routeIndex === 0 ? '' : String(routeIndex + 1);
  const isStream = method.kind !== 'unary';
  return {
    tags: [group],
    operationId: `${group}_${method.name}${suffix}`,
    ...(isStream
      ? { description: 'Answers with one JSON object per line, as long as the stream lasts.' }
      : {}),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: reference(method.request) } },
    },
    responses: {
      200: {
        description: isStream ? 'Lines of a stream.' : 'The answer.',
        content: {
          'application/json': {
            schema: isStream ? streamed(method.response) : reference(method.response),
          },
        },
      },
      default: {
        description: 'It was refused, or failed.',
        content: { 'application/json': { schema: { $ref: schemaPath(statusName) } } },
      },
    },
  };
}

/** An error may come after answers, as the last line. */
function streamed(response: string): Json {
  return {
    type: 'object',
    properties: { result: reference(response), error: { $ref: schemaPath(statusName) } },
  };
}

function addMessage(schemas: Map<string, Json>, type: string): void {
  const name = schemaName(type);
  if (schemas.has(name)) return;
  const properties: Record<string, Json> = {};
  // Before its fields: messages may hold themselves.
  schemas.set(name, { type: 'object', properties });
  for (const field of messages[type] ?? []) {
    const item = fieldSchema(schemas, field);
    properties[field.name] = field.repeated ? { type: 'array', items: item } : item;
  }
}

function fieldSchema(schemas: Map<string, Json>, { type, typeName = '' }: FieldDescriptor): Json {
  switch (type) {
    case 'message':
      addMessage(schemas, typeName);
      return reference(typeName);
    case 'enum': {
      const values = Object.entries(enums[typeName] ?? {}).sort(([, a], [, b]) => a - b);
      schemas.set(schemaName(typeName), { type: 'string', enum: values.map(([name]) => name) });
      return reference(typeName);
    }
    default:
      return scalarSchemas[type];
  }
}

function reference(type: string): Json {
  return { $ref: schemaPath(schemaName(type)) };
}

function schemaPath(name: string): string {
  return `#/components/schemas/${name}`;
}

/**
 * etcdserverpb.PutRequest is etcdserverpbPutRequest, and what is declared inside of a message goes
 * without the package: AlarmRequestAlarmAction.
 */
function schemaName(type: string): string {
  const parts = type.split('.');
  return parts.length > 2 ? parts.slice(1).join('') : parts.join('');
}

const text = { 'text/plain': { schema: { type: 'string' } } };
const anyObject = { 'application/json': { schema: { type: 'object' } } };

function plain(operationId: string, description: string, content: Json, failure?: string): Json {
  const fails = failure === undefined ? {} : { 503: { description: failure, content: text } };
  return {
    get: {
      tags: ['Server'],
      operationId,
      security: [],
      responses: { 200: { description, content }, ...fails },
    },
  };
}

const plainPaths: Readonly<Record<string, Json>> = {
  '/version': plain('version', 'Versions of server, cluster and storage.', anyObject),
  '/health': plain('health', 'Healthy.', text, 'Not healthy, with the reason.'),
  '/livez': plain('livez', 'Alive.', text, 'The checks, with those that failed.'),
  '/readyz': plain('readyz', 'Ready.', text, 'The checks, with those that failed.'),
  '/metrics': plain('metrics', 'Metrics for Prometheus.', text),
};
