import type { HeaderList } from '../http2/hpack-encoder.ts';
import type { Status } from '../status.ts';

/*
 * A gRPC answer: header block │ messages │ trailers with the status
 * An answer without messages is one block, «trailers only», which has the fields of both.
 */

const contentType = ['content-type', 'application/grpc'] as const;

/** They are on every good answer: a byte or two each, once a connection has seen them. */
export const answerHead: HeaderList = {
  fields: [':status', '200', ...contentType],
  isCommon: true,
};
export const okTrailers: HeaderList = { fields: ['grpc-status', '0'], isCommon: true };

export function trailers(status: Status): HeaderList {
  return status.code === 0 ? okTrailers : { fields: statusFields(status), isCommon: false };
}

export function trailersOnly(status: Status, httpStatus = 200): HeaderList {
  const fields = [':status', String(httpStatus), ...contentType, ...statusFields(status)];
  return { fields, isCommon: false };
}

function statusFields({ code, message }: Status): string[] {
  const fields = ['grpc-status', String(code)];
  if (message !== '') fields.push('grpc-message', percentEncoded(message));
  return fields;
}

/** UTF-8, where everything but printable ASCII, and the percent sign itself, is `%XX`. */
export function percentEncoded(message: string): string {
  if (/^[ -$&-~]*$/.test(message)) return message;
  let encoded = '';
  for (const byte of Buffer.from(message)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
