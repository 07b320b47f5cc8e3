import type { IncomingHttpHeaders } from 'node:http';

/*
 * Which pages in a browser may talk to this member (`--cors`, `--host-whitelist`): the headers of
 * cross-origin resource sharing, and the check that keeps a page from reaching a member on its
 * visitor's own machine under a name that the page's owner chose (CVE-2018-5702).
 */

const allowedHeaders = 'accept, content-type, authorization';
const allowedMethods = 'POST, GET, OPTIONS, PUT, DELETE';

/** The headers for an answer; none for an origin that is not allowed. */
export function crossOriginHeaders(
  allowedOrigins: readonly string[],
  origin: string | undefined,
): Readonly<Record<string, string>> {
  const isOpen = allowedOrigins.includes('*');
  if (!isOpen && (origin === undefined || !allowedOrigins.includes(origin))) return {};
  return {
    'access-control-allow-headers': allowedHeaders,
    'access-control-allow-methods': allowedMethods,
    'access-control-allow-origin': isOpen ? '*' : (origin as string),
  };
}

/**
 * The text of the refusal when the Host header names none of the hosts; undefined when it does, or
 * when all are welcome. A port, and the case of letters, are as etcd takes them: the port does not
 * count, the case does.
 */
export function unknownHostAnswer(
  allowedHosts: readonly string[],
  headers: IncomingHttpHeaders,
): string | undefined {
  if (allowedHosts.includes('*')) return undefined;
  const host = hostWithoutPort(headers.host ?? '');
  if (allowedHosts.includes(host)) return undefined;
  return `
etcd received your request, but the Host header was unrecognized.

To fix this, choose one of the following options:
- Enable TLS, then any HTTPS request will be allowed.
- Add the hostname you want to use to the whitelist in settings.
  - e.g. etcd --host-whitelist ${JSON.stringify(host)}

This requirement has been added to help prevent "DNS Rebinding" attacks (CVE-2018-5702).
`;
}

function hostWithoutPort(header: string): string {
  const parts = /^(?:\[([^\]]*)\]|([^:]*)):[^:\]]*$/.exec(header);
  return parts === null ? header : (parts[1] ?? parts[2] ?? '');
}
