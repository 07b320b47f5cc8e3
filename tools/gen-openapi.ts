/**
 * Writes docs/openapi.json, for who wants to make a client without a server at hand. A member with
 * the gateway serves the same document. `npm run gen`.
 */
import { writeFileSync } from 'node:fs';
import { openApiDocument } from '../src/etcd/api/http/openapi.ts';

writeFileSync('docs/openapi.json', `${JSON.stringify(openApiDocument(), undefined, 2)}\n`);
