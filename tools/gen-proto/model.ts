import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';

/** What the emitters need to know of proto/*.proto, with all names resolved. */
export type Model = { readonly packages: readonly ProtoPackage[] };
export type ProtoPackage = {
  readonly name: string;
  /** Module under generated/, without the extension. */
  readonly module: string;
  readonly messages: readonly ProtoMessage[];
  readonly enums: readonly ProtoEnum[];
  readonly services: readonly ProtoService[];
};
export type ProtoMessage = {
  readonly fullName: string;
  readonly tsName: string;
  readonly comment: string | undefined;
  readonly fields: readonly ProtoField[];
};
export type ProtoField = {
  readonly name: string;
  /** Both the JSON name and the property of the TypeScript object. */
  readonly jsonName: string;
  readonly number: number;
  readonly type: FieldType;
  readonly repeated: boolean;
  readonly oneof: string | undefined;
  readonly comment: string | undefined;
  /** proto2: a scalar is written even when it is zero, repeated scalars one by one. */
  readonly proto2: boolean;
};
export type FieldType =
  | { readonly kind: 'message' | 'enum'; readonly fullName: string }
  | { readonly kind: Scalar; readonly big: boolean };
export type Scalar = 'bytes' | 'string' | 'bool' | 'uint32' | 'int64' | 'uint64';
export type ProtoEnum = {
  readonly fullName: string;
  readonly tsName: string;
  readonly values: Readonly<Record<string, number>>;
};
export type ProtoService = { readonly name: string; readonly methods: readonly ProtoMethod[] };
export type ProtoMethod = {
  readonly name: string;
  readonly kind: 'unary' | 'server-stream' | 'bidi-stream';
  readonly request: string;
  readonly response: string;
  readonly routes: readonly string[];
};

/** 64-bit fields with these names are identities and become `bigint`; all others are `number`. */
const identityName = /^(ID|id|.*_id|.*ID|to|from|vote|lease|leader|leases|voters.*|learners.*)$/;
const scalars: ReadonlySet<string> = new Set([
  'bytes',
  'string',
  'bool',
  'uint32',
  'int64',
  'uint64',
]);

export function readModel(directory: string): Model {
  const root = new protobuf.Root();
  const proto2 = new Set<string>();
  for (const path of protoFiles(directory)) {
    const source = readFileSync(join(directory, path), 'utf8');
    const isProto2 = /^\s*syntax\s*=\s*"proto2"/m.test(source);
    for (const match of source.matchAll(/^\s*message\s+(\w+)/gm)) {
      if (isProto2) proto2.add(`${packageOf(source)}.${match[1]}`);
    }
    if (path !== 'annotations.proto') {
      protobuf.parse(source, root, { keepCase: true, alternateCommentMode: true });
    }
  }
  root.resolveAll();
  const packages: ProtoPackage[] = [];
  collectPackages(root, proto2, packages);
  return { packages: packages.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function protoFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.proto'))
    .sort();
}

function packageOf(source: string): string {
  return /^package\s+([\w.]+);/m.exec(source)?.[1] ?? '';
}

function collectPackages(
  namespace: protobuf.NamespaceBase,
  proto2: ReadonlySet<string>,
  into: ProtoPackage[],
): void {
  const messages: ProtoMessage[] = [];
  const enums: ProtoEnum[] = [];
  const services: ProtoService[] = [];
  const name = namespace.fullName.slice(1);
  for (const child of namespace.nestedArray) {
    if (child instanceof protobuf.Type) collectMessage(child, name, proto2, messages, enums);
    else if (child instanceof protobuf.Enum) enums.push(enumOf(child, name));
    else if (child instanceof protobuf.Service) services.push(serviceOf(child));
    else if (child instanceof protobuf.Namespace) collectPackages(child, proto2, into);
  }
  if (messages.length === 0) return;
  // `etcdts.v1` and `grpc.health.v1`: modules follow etcd's pattern of names.
  const module = name.replace(/^(?:\w+\.)*(\w+)\.v\d+$/, '$1pb');
  into.push({ name, module, messages, enums, services });
}

function collectMessage(
  type: protobuf.Type,
  packageName: string,
  proto2: ReadonlySet<string>,
  messages: ProtoMessage[],
  enums: ProtoEnum[],
): void {
  const fullName = type.fullName.slice(1);
  const fields = type.fieldsArray
    .map((field) => fieldOf(field, proto2.has(fullName)))
    .sort((a, b) => a.number - b.number);
  const tsName = tsNameOf(fullName, packageName);
  messages.push({ fullName, tsName, comment: type.comment ?? undefined, fields });
  for (const nested of type.nestedArray) {
    if (nested instanceof protobuf.Enum) enums.push(enumOf(nested, packageName));
    if (nested instanceof protobuf.Type) {
      collectMessage(nested, packageName, proto2, messages, enums);
    }
  }
}

function fieldOf(field: protobuf.Field, proto2: boolean): ProtoField {
  return {
    name: field.name,
    jsonName: field.name.replace(/_+([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase()),
    number: field.id,
    type: typeOf(field),
    repeated: field.repeated,
    oneof: field.partOf?.name,
    comment: field.comment ?? undefined,
    proto2,
  };
}

function typeOf(field: protobuf.Field): FieldType {
  const resolved = field.resolvedType;
  if (resolved instanceof protobuf.Enum)
    return { kind: 'enum', fullName: resolved.fullName.slice(1) };
  if (resolved !== null) return { kind: 'message', fullName: resolved.fullName.slice(1) };
  if (!scalars.has(field.type)) throw new Error(`${field.fullName}: no codec for ${field.type}`);
  const kind = field.type as Scalar;
  return { kind, big: kind.endsWith('64') && identityName.test(field.name) };
}

function enumOf(from: protobuf.Enum, packageName: string): ProtoEnum {
  const fullName = from.fullName.slice(1);
  return { fullName, tsName: tsNameOf(fullName, packageName), values: { ...from.values } };
}

function tsNameOf(fullName: string, packageName: string): string {
  return fullName.slice(packageName.length + 1).replaceAll('.', '_');
}

function serviceOf(from: protobuf.Service): ProtoService {
  return { name: from.fullName.slice(1), methods: from.methodsArray.map(methodOf) };
}

function methodOf(from: protobuf.Method): ProtoMethod {
  const requestStream = from.requestStream === true;
  const responseStream = from.responseStream === true;
  if (requestStream && !responseStream) throw new Error(`${from.name}: client streams are unknown`);
  const options = (from.parsedOptions ?? []) as readonly Record<string, string>[];
  return {
    name: from.name,
    kind: requestStream ? 'bidi-stream' : responseStream ? 'server-stream' : 'unary',
    request: nameOf(from.resolvedRequestType),
    response: nameOf(from.resolvedResponseType),
    routes: options.flatMap((option) => option['(etcdts.post)'] ?? []),
  };
}

function nameOf(type: protobuf.Type | null): string {
  if (type === null) throw new Error('method with an unresolved type');
  return type.fullName.slice(1);
}
