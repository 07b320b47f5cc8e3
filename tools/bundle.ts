/*
 * Writes the programs as the image runs them: our modules in one file, and what is imported
 * dynamically apart from it (docs/adr/0007).
 *   node tools/bundle.ts [FOLDER]     default: dist
 */
import { build } from 'esbuild';

/** Native, or loaded only by what is imported dynamically: these stay packages. */
const external = [
  '@grpc/grpc-js',
  '@kubernetes/client-node',
  '@node-rs/bcrypt',
  '@node-rs/crc32',
  'fastify',
  'lmdb',
  'prom-client',
  'yaml',
];

/** pino is CommonJS: what it requires of Node must be found from an ES module. */
const banner =
  "import { createRequire as requireOfBundle } from 'node:module';\n" +
  'const require = requireOfBundle(import.meta.url);';

await build({
  entryPoints: ['src/cli.ts'],
  outdir: process.argv[2] ?? 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node26',
  legalComments: 'none',
  logLevel: 'warning',
  external,
  banner: { js: banner },
});
