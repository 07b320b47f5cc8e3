/*
 * Go's ServeMux sends a request whose path is not clean (`//v3/kv/range`, `/v3/../version`) to the
 * clean one. It cleans the path as it is escaped in the request and escapes the result once more.
 */

/** Where the request is sent instead; undefined: its path is clean, or none that can be read. */
export function cleanTarget(url: string, trees: readonly string[]): string | undefined {
  const at = url.indexOf('?');
  const written = (at < 0 ? url : url.slice(0, at)).replace(/^https?:\/\/[^/]*/i, '');
  const mayLead = written.includes('//') || written.includes('/.') || trees.includes(`${written}/`);
  const path = mayLead ? escapedPath(written) : undefined;
  if (path === undefined) return undefined;
  const clean = cleanPath(path);
  // `/v3` is no path of its own: everything below `/v3/` is one handler's.
  const target = trees.includes(`${clean}/`) ? `${clean}/` : clean;
  if (target === path) return undefined;
  const query = at < 0 ? '' : url.slice(at + 1);
  const location = escaped(Buffer.from(target, 'latin1'));
  return query === '' ? location : `${location}?${withoutBytes(query)}`;
}

/** As it stands in the request, or escaped anew when it has what may not stand there. */
function escapedPath(path: string): string | undefined {
  const bytes = unescaped(path);
  if (bytes === undefined || !path.startsWith('/')) return undefined;
  return /^[\w\-.~!$&'()*+,;=:@[\]%/]*$/.test(path) ? path : escaped(bytes);
}

function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const isTree = path.endsWith('/') && parts.length > 0;
  return `/${parts.join('/')}${isTree ? '/' : ''}`;
}

/** Undefined when a `%` is followed by something else than two digits. */
function unescaped(path: string): Buffer | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  const text = path.replaceAll(/%(..)/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(text, 'latin1');
}

function escaped(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text += /[\w\-.~$&+,/:;=@]/.test(character) ? character : `%${hex(byte).toUpperCase()}`;
  }
  return text;
}

/** A header has no bytes beyond ASCII. */
function withoutBytes(query: string): string {
  return query.replaceAll(/[\x80-\xff]/g, (character) => `%${hex(character.charCodeAt(0))}`);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/** The page of a redirection, for who reads it. */
export function redirectPage(location: string): string {
  const href = location.replaceAll(/[&<>"']/g, (character) => entities[character] as string);
  return `<a href="${href}">Temporary Redirect</a>.\n\n`;
}
