import type {
  FieldType,
  Model,
  ProtoEnum,
  ProtoField,
  ProtoMessage,
  ProtoPackage,
} from './model.ts';

/** Packages read from our own disk and from peers: a number beyond 2^53 is an error, not clamped. */
const exactPackages: ReadonlySet<string> = new Set(['raftpb', 'walpb', 'snappb']);

type TypeRef = { readonly module: string; readonly tsName: string };
type Context = {
  readonly refs: ReadonlyMap<string, TypeRef>;
  readonly exact: boolean;
  /** Names used from other packages' modules. */
  readonly imports: Map<string, Set<string>>;
  readonly module: string;
};

/** One self-contained module with types, encoders and decoders of a package. */
export function emitPackage(model: Model, pkg: ProtoPackage): string {
  const context: Context = {
    refs: typeRefs(model),
    exact: exactPackages.has(pkg.name),
    imports: new Map(),
    module: pkg.module,
  };
  const body = [
    ...pkg.enums.map(emitEnum),
    ...pkg.messages.map((message) => emitMessage(context, message)),
  ].join('\n');
  return `${emitImports(context, body)}\n${body}`;
}

export function typeRefs(model: Model): ReadonlyMap<string, TypeRef> {
  const refs = new Map<string, TypeRef>();
  for (const pkg of model.packages) {
    for (const { fullName, tsName } of [...pkg.messages, ...pkg.enums]) {
      refs.set(fullName, { module: pkg.module, tsName });
    }
  }
  return refs;
}

function emitImports(context: Context, body: string): string {
  const lines = ['// Made by tools/gen-proto.ts from proto/. Do not edit.'];
  if (body.includes('emptyBytes')) {
    lines.push("import { emptyBytes } from '../../../base/bytes.ts';");
  }
  lines.push("import { type Draft, encodeWith, Reader, type Writer } from '../wire.ts';");
  lines.push(...importLines(context.imports));
  return `${lines.join('\n')}\n`;
}

/** In a fixed order, so that the output only depends on the input. */
export function importLines(imports: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const byText = (a: string, b: string) => (a < b ? -1 : 1);
  return [...imports.keys()].sort(byText).map((module) => {
    const names = [...(imports.get(module) ?? [])].sort(byText).join(', ');
    return `import { ${names} } from './${module}.ts';`;
  });
}

function emitEnum(from: ProtoEnum): string {
  const values = Object.entries(from.values).map(([name, value]) => `  ${name}: ${value},\n`);
  return (
    `export const ${from.tsName} = {\n${values.join('')}} as const;\n` +
    `export type ${from.tsName} = number;\n`
  );
}

function emitMessage(context: Context, message: ProtoMessage): string {
  return [
    emitTypes(context, message),
    emitCodecEnds(message),
    emitNew(message),
    emitRead(context, message),
    emitWrite(context, message),
  ].join('\n');
}

function emitTypes(context: Context, message: ProtoMessage): string {
  const { tsName, fields } = message;
  if (fields.length === 0) {
    return `${docOf(message.comment, '')}export type ${tsName} = object;\nexport type ${tsName}Init = object;\n`;
  }
  const decoded = fields.map((f) => {
    const type = tsType(context, f.type, '');
    const optional = f.type.kind === 'message' || f.oneof !== undefined ? ' | undefined' : '';
    const shape = f.repeated ? `readonly ${type}[]` : `${type}${optional}`;
    return `${docOf(f.comment, '  ')}  readonly ${f.jsonName}: ${shape};\n`;
  });
  const init = fields.map((f) => {
    const type = tsType(context, f.type, 'Init');
    return `  readonly ${f.jsonName}?: ${f.repeated ? `readonly ${type}[]` : type} | undefined;\n`;
  });
  return (
    `${docOf(message.comment, '')}export interface ${tsName} {\n${decoded.join('')}}\n` +
    `export type ${tsName}Init = {\n${init.join('')}};\n`
  );
}

function docOf(comment: string | undefined, indent: string): string {
  return comment === undefined ? '' : `${indent}/** ${comment.replace(/\s*\n\s*/g, ' ')} */\n`;
}

function tsType(context: Context, type: FieldType, suffix: '' | 'Init'): string {
  switch (type.kind) {
    case 'message':
      return use(context, type.fullName, '', suffix, true);
    case 'bytes':
      return 'Uint8Array';
    case 'string':
      return 'string';
    case 'bool':
      return 'boolean';
    case 'enum':
    case 'uint32':
      return 'number';
    case 'int64':
    case 'uint64':
      return type.big ? 'bigint' : 'number';
  }
}

/** The name of something in a (possibly other) generated module, imported when needed. */
function use(
  c: Context,
  fullName: string,
  prefix: string,
  suffix: string,
  asType: boolean,
): string {
  const ref = c.refs.get(fullName);
  if (ref === undefined) throw new Error(`unknown type ${fullName}`);
  const foreign = ref.module !== c.module;
  const local = foreign && asType && clashes(c, ref) ? `${ref.module}_` : '';
  const name = `${prefix}${ref.tsName}${suffix}`;
  if (foreign) {
    const names = c.imports.get(ref.module) ?? new Set<string>();
    const alias = local === '' ? '' : ` as ${local}${name}`;
    c.imports.set(ref.module, names.add(`${asType ? 'type ' : ''}${name}${alias}`));
  }
  return `${local}${name}`;
}

/** Whether this module defines a type of the same name itself (`Member`, `Snapshot`). */
function clashes(c: Context, ref: TypeRef): boolean {
  for (const other of c.refs.values()) {
    if (other.module === c.module && other.tsName === ref.tsName) return true;
  }
  return false;
}

function emitCodecEnds({ tsName }: ProtoMessage): string {
  return (
    `export function encode${tsName}(m: ${tsName}Init): Uint8Array {\n` +
    `  return encodeWith(write${tsName}, m);\n}\n` +
    `export function decode${tsName}(bytes: Uint8Array): ${tsName} {\n` +
    `  return read${tsName}(new Reader(bytes), undefined);\n}\n`
  );
}

function emitNew({ tsName, fields }: ProtoMessage): string {
  const values = fields.map((f) => `    ${f.jsonName}: ${zeroOf(f)},\n`).join('');
  const body = fields.length === 0 ? '{}' : `{\n${values}  }`;
  return `function new${tsName}(): Draft<${tsName}> {\n  return ${body};\n}\n`;
}

function zeroOf(field: ProtoField): string {
  if (field.repeated) return '[]';
  if (field.oneof !== undefined) return 'undefined';
  switch (field.type.kind) {
    case 'message':
      return 'undefined';
    case 'bytes':
      return 'emptyBytes';
    case 'string':
      return "''";
    case 'bool':
      return 'false';
    case 'enum':
    case 'uint32':
      return '0';
    case 'int64':
    case 'uint64':
      return field.type.big ? '0n' : '0';
  }
}

function emitRead(context: Context, message: ProtoMessage): string {
  const { tsName, fields } = message;
  const cases = fields.map((field) => emitReadCases(context, message, field)).join('');
  return (
    `export function read${tsName}(r: Reader, into: ${tsName} | undefined): ${tsName} {\n` +
    `  const m = (into as Draft<${tsName}> | undefined) ?? new${tsName}();\n` +
    '  while (r.pos < r.end) {\n    const tag = r.tag();\n    switch (tag) {\n' +
    `${cases}      default:\n        r.skip(tag);\n    }\n  }\n  return m;\n}\n`
  );
}

function emitReadCases(context: Context, message: ProtoMessage, field: ProtoField): string {
  const lines: string[] = [`case ${tagOf(field)}: {`];
  const target = `m.${field.jsonName}`;
  if (field.type.kind === 'message') {
    const read = use(context, field.type.fullName, 'read', '', false);
    lines.push('  const outer = r.enter();');
    lines.push(
      field.repeated
        ? `  ${target}.push(${read}(r, undefined));`
        : `  ${target} = ${read}(r, ${target});`,
    );
    lines.push('  r.leave(outer);');
  } else {
    const value = readScalar(field.type, context.exact);
    lines.push(field.repeated ? `  ${target}.push(${value});` : `  ${target} = ${value};`);
  }
  for (const other of message.fields) {
    if (field.oneof === undefined || other === field || other.oneof !== field.oneof) continue;
    lines.push(`  m.${other.jsonName} = undefined;`);
  }
  lines.push('  break;', '}');
  if (field.repeated && isPackable(field.type)) {
    lines.push(
      `case ${(field.number << 3) | 2}: {`,
      '  const outer = r.enterPacked();',
      `  while (r.pos < r.end) ${target}.push(${readScalar(field.type, context.exact)});`,
      '  r.leavePacked(outer);',
      '  break;',
      '}',
    );
  }
  return lines.map((line) => `      ${line}\n`).join('');
}

function readScalar(type: FieldType, exact: boolean): string {
  switch (type.kind) {
    case 'enum':
      return 'r.int32()';
    case 'int64':
    case 'uint64':
      return `r.${type.kind}${type.big ? 'Big' : exact ? 'Exact' : 'Clamped'}()`;
    case 'message':
      throw new Error('not a scalar');
    default:
      return `r.${type.kind}()`;
  }
}

function emitWrite(context: Context, message: ProtoMessage): string {
  const { tsName, fields } = message;
  // Backwards, so that the finished bytes have the fields in ascending order.
  const body = [...fields].reverse().map((field) => emitWriteField(context, field));
  const parameters =
    fields.length === 0 ? `_w: Writer, _m: ${tsName}Init` : `w: Writer, m: ${tsName}Init`;
  return `export function write${tsName}(${parameters}): void {\n${body.join('')}}\n`;
}

function emitWriteField(context: Context, field: ProtoField): string {
  const lines = field.repeated ? writeRepeated(context, field) : writeSingle(context, field);
  return lines.map((line) => `  ${line}\n`).join('');
}

function writeSingle(context: Context, field: ProtoField): string[] {
  const value = `m.${field.jsonName}`;
  const { type } = field;
  if (type.kind === 'message') {
    return [`if (${value} !== undefined) {`, ...indent(writeMessage(context, field, value)), '}'];
  }
  if (field.proto2 && type.kind !== 'bytes' && type.kind !== 'string') {
    return [`${writeScalar(type, `${value} ?? ${zeroOf(field)}`)} ${writeTag(tagOf(field))}`];
  }
  const isFull = type.kind === 'bytes' ? `${value}.length !== 0` : `${value} !== ${zeroOf(field)}`;
  const isSet = `${value} !== undefined${field.oneof === undefined ? ` && ${isFull}` : ''}`;
  return [`if (${isSet}) {`, `  ${writeScalar(type, value)} ${writeTag(tagOf(field))}`, '}'];
}

function writeRepeated(context: Context, field: ProtoField): string[] {
  const values = `m.${field.jsonName}`;
  const { type } = field;
  const packed = !field.proto2 && isPackable(type);
  const item = `${values}[i] as ${tsType(context, type, 'Init')}`;
  const each =
    type.kind === 'message'
      ? [`const item = ${item};`, ...writeMessage(context, field, 'item')]
      : [`${writeScalar(type, item)}${packed ? '' : ` ${writeTag(tagOf(field))}`}`];
  const loop = [`for (let i = ${values}.length - 1; i >= 0; i--) {`, ...indent(each), '}'];
  if (!packed) return [`if (${values} !== undefined) {`, ...indent(loop), '}'];
  return [
    `if (${values} !== undefined && ${values}.length !== 0) {`,
    '  const end = w.size();',
    ...indent(loop),
    '  w.uint(w.size() - end);',
    `  ${writeTag((field.number << 3) | 2)}`,
    '}',
  ];
}

function writeMessage(context: Context, field: ProtoField, value: string): string[] {
  if (field.type.kind !== 'message') throw new Error('not a message');
  const write = use(context, field.type.fullName, 'write', '', false);
  return [
    'const end = w.size();',
    `${write}(w, ${value});`,
    'w.uint(w.size() - end);',
    writeTag(tagOf(field)),
  ];
}

function writeScalar(type: FieldType, value: string): string {
  switch (type.kind) {
    case 'bytes':
    case 'string':
    case 'bool':
      return `w.${type.kind}(${value});`;
    case 'enum':
      return `w.int(${value});`;
    case 'uint32':
      return `w.uint(${value});`;
    case 'int64':
      return type.big ? `w.big(${value});` : `w.int(${value});`;
    case 'uint64':
      return type.big ? `w.big(${value});` : `w.uint(${value});`;
    case 'message':
      throw new Error('not a scalar');
  }
}

/** Tags are constants, so they are written byte by byte, the last byte first. */
function writeTag(tag: number): string {
  const bytes: number[] = [];
  let rest = tag;
  while (rest > 0x7f) {
    bytes.unshift((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.unshift(rest);
  return bytes.map((byte) => `w.byte(${byte});`).join(' ');
}

function tagOf(field: ProtoField): number {
  const { kind } = field.type;
  return (
    (field.number << 3) | (kind === 'message' || kind === 'bytes' || kind === 'string' ? 2 : 0)
  );
}

function isPackable(type: FieldType): boolean {
  return type.kind !== 'message' && type.kind !== 'bytes' && type.kind !== 'string';
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
