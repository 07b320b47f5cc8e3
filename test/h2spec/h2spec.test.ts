import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { missingPeers, peerProgram } from '../support/peers.ts';
import { listenPlain } from './plain-server.ts';

test('our HTTP/2 passes the generic, http2 and hpack suites of h2spec, strict cases too', {
  skip: missingPeers('h2spec'),
}, async () => {
  const { server, port } = await listenPlain();
  try {
    const output = await runH2spec(port);
    assert.match(output, /\d+ tests, \d+ passed, 0 skipped, 0 failed/, output);
  } finally {
    server.close();
  }
});

/** What it printed, whatever came of it. */
function runH2spec(port: number): Promise<string> {
  const args = ['--host', '127.0.0.1', '--port', String(port), '--strict', '--timeout', '5'];
  return new Promise((resolve) => {
    execFile(peerProgram('h2spec'), args, { maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      resolve(`${stdout}${stderr}${error === null ? '' : error.message}`);
    });
  });
}
