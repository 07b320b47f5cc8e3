import type { HeaderFields } from './hpack-decoder.ts';

/** A well-formed request's header list, taken apart once. */
export type RequestFields = {
  readonly method: string;
  readonly path: string;
  readonly authority: string | undefined;
  /** Undefined when the request announces none. */
  readonly contentLength: number | undefined;
  /** The fields without pseudo-header fields. */
  readonly fields: HeaderFields;
};

/** Undefined: malformed (RFC 9113, section 8.2 and 8.3), which is an error of its stream. */
export function parseRequestFields(list: HeaderFields): RequestFields | undefined {
  const pseudo = new Map<string, string>();
  let at = 0;
  for (; at < list.length && isPseudo(list[at] as string); at += 2) {
    const name = list[at] as string;
    const value = list[at + 1] as string;
    if (!requestPseudoNames.has(name) || pseudo.has(name) || !isFieldValue(value)) return undefined;
    pseudo.set(name, value);
  }
  const method = pseudo.get(':method');
  const path = pseudo.get(':path');
  if (method === undefined || path === undefined || path === '') return undefined;
  if (!pseudo.has(':scheme')) return undefined;
  const fields = list.slice(at);
  if (!areRegularFields(fields)) return undefined;
  const contentLength = contentLengthOf(fields);
  if (contentLength === 'malformed') return undefined;
  return { method, path, authority: pseudo.get(':authority'), contentLength, fields };
}

/** Also what trailers must be. */
export function areRegularFields(fields: HeaderFields): boolean {
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    if (!isFieldName(name) || !isFieldValue(value)) return false;
    if (connectionFields.has(name)) return false;
    if (name === 'te' && value !== 'trailers') return false;
  }
  return true;
}

const requestPseudoNames = new Set([':method', ':scheme', ':path', ':authority']);

/** They speak of one HTTP/1 connection (RFC 9113, section 8.2.2). */
const connectionFields = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

function isPseudo(name: string): boolean {
  return name.charCodeAt(0) === 0x3a;
}

const nameCharacters = tableOf("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");

/** A token without capital letters; so no pseudo-header field either. */
function isFieldName(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if (nameCharacters[name.charCodeAt(i)] !== 1) return false;
  }
  return name.length > 0;
}

function isFieldValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const character = value.charCodeAt(i);
    if (character === 0 || character === 0x0a || character === 0x0d) return false;
  }
  return true;
}

function contentLengthOf(fields: HeaderFields): number | undefined | 'malformed' {
  let found: string | undefined;
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] !== 'content-length') continue;
    if (found !== undefined && found !== fields[i + 1]) return 'malformed';
    found = fields[i + 1];
  }
  if (found === undefined) return undefined;
  return /^\d{1,15}$/.test(found) ? Number(found) : 'malformed';
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
