import { importLines, typeRefs } from './emit-codec.ts';
import type { Model, ProtoField, ProtoMethod } from './model.ts';

/** One module of plain data: what the JSON gateway and the RPC servers need at run time. */
export function emitDescriptors(model: Model): string {
  const imports = new Map<string, Set<string>>();
  const services = model.packages
    .flatMap((pkg) => pkg.services)
    .map((service) => {
      const methods = service.methods.map((method) =>
        emitMethod(model, service.name, method, imports),
      );
      return `  { name: '${service.name}', methods: [\n${methods.join('')}  ] },\n`;
    });
  return (
    '// Made by tools/gen-proto.ts from proto/. Do not edit.\n' +
    `import type { EnumDescriptor, MessageDescriptor, ServiceDescriptor } from '../descriptor.ts';\n` +
    `${importLines(imports).join('\n')}\n\n` +
    `export const messages: Readonly<Record<string, MessageDescriptor>> = {\n${emitMessages(model)}};\n\n` +
    `export const enums: Readonly<Record<string, EnumDescriptor>> = {\n${emitEnums(model)}};\n\n` +
    `export const services: readonly ServiceDescriptor[] = [\n${services.join('')}];\n`
  );
}

function emitMessages(model: Model): string {
  return model.packages
    .flatMap((pkg) => pkg.messages)
    .map(({ fullName, fields }) => {
      const rows = fields.map((field) => `    ${emitField(field)},\n`).join('');
      return `  '${fullName}': [${rows === '' ? '' : `\n${rows}  `}],\n`;
    })
    .join('');
}

function emitField(field: ProtoField): string {
  const { type } = field;
  const parts = [
    `name: '${field.name}'`,
    `jsonName: '${field.jsonName}'`,
    `number: ${field.number}`,
    `type: '${type.kind}'`,
    `repeated: ${field.repeated}`,
  ];
  if ('fullName' in type) parts.push(`typeName: '${type.fullName}'`);
  else if (type.big) parts.push('big: true');
  if (field.oneof !== undefined) parts.push(`oneof: '${field.oneof}'`);
  return `{ ${parts.join(', ')} }`;
}

function emitEnums(model: Model): string {
  return model.packages
    .flatMap((pkg) => pkg.enums)
    .map(({ fullName, values }) => {
      const pairs = Object.entries(values).map(([name, value]) => `${name}: ${value}`);
      return `  '${fullName}': { ${pairs.join(', ')} },\n`;
    })
    .join('');
}

function emitMethod(
  model: Model,
  service: string,
  method: ProtoMethod,
  imports: Map<string, Set<string>>,
): string {
  const refs = typeRefs(model);
  const codec = (fullName: string, verb: string) => {
    const ref = refs.get(fullName);
    if (ref === undefined) throw new Error(`unknown type ${fullName}`);
    const names = imports.get(ref.module) ?? new Set<string>();
    imports.set(ref.module, names.add(`${verb}${ref.tsName}`));
    return `${verb}${ref.tsName}`;
  };
  const routes = method.routes.map((route) => `'${route}'`).join(', ');
  return [
    '    {',
    `      name: '${method.name}',`,
    `      path: '/${service}/${method.name}',`,
    `      kind: '${method.kind}',`,
    `      request: '${method.request}',`,
    `      response: '${method.response}',`,
    `      routes: [${routes}],`,
    `      encodeRequest: ${codec(method.request, 'encode')},`,
    `      decodeResponse: ${codec(method.response, 'decode')},`,
    '    },\n',
  ].join('\n');
}
