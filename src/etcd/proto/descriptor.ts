/** Shapes of the generated descriptors: enough to map messages to JSON and to serve methods. */

export type FieldDescriptor = {
  /** As written in the .proto; the key in JSON answers. */
  readonly name: string;
  /** lowerCamel; accepted in JSON requests, and the property of the decoded object. */
  readonly jsonName: string;
  readonly number: number;
  readonly type: 'message' | 'enum' | 'bytes' | 'string' | 'bool' | 'uint32' | 'int64' | 'uint64';
  readonly repeated: boolean;
  /** Full name of the message or enum type. */
  readonly typeName?: string;
  /** The property is a `bigint`, because the field is an identity. */
  readonly big?: boolean;
  readonly oneof?: string;
};

/** Fields in ascending order of their numbers. */
export type MessageDescriptor = readonly FieldDescriptor[];

/** Name → number. */
export type EnumDescriptor = Readonly<Record<string, number>>;

export type MethodDescriptor = {
  readonly name: string;
  /** As on the wire: `/package.Service/Method`. */
  readonly path: string;
  readonly kind: 'unary' | 'server-stream' | 'bidi-stream';
  readonly request: string;
  readonly response: string;
  /** Where the JSON gateway serves it; empty when it does not. */
  readonly routes: readonly string[];
  readonly encodeRequest: (message: object) => Uint8Array;
  readonly decodeResponse: (bytes: Uint8Array) => object;
};

export type ServiceDescriptor = {
  readonly name: string;
  readonly methods: readonly MethodDescriptor[];
};
