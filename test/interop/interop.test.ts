/**
 * `make interop`: clients that share no code with Go's or Node's gRPC. grpc-python is installed
 * into .cache/interop, its messages generated anew from proto/, and so are Python's common clients,
 * etcd3 and etcd3gw; curl and h2load are the machine's.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { repositoryRoot } from '../support/peers.ts';
import { ProcessCluster } from '../support/process-cluster.ts';

const cache = join(repositoryRoot, '.cache/interop');
const python = join(cache, 'venv/bin/python');
const generated = join(cache, 'generated');
/** The newest of these that works together; the generator brings its own protobuf. */
const grpcVersion = '1.76.0';
const claims = [
  'put_get_delete',
  'txn',
  'errors',
  'watching',
  'leases',
  'deadline',
  'cancel',
  'large',
  'metadata',
  'crowd',
];

function run(program: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}

/** Packages in an environment of their own; false, or why they cannot be had. */
function missingPackages(environment: string, ...packages: readonly string[]): string | false {
  const interpreter = join(cache, environment, 'bin/python');
  try {
    if (!existsSync(interpreter)) {
      mkdirSync(cache, { recursive: true });
      execFileSync('python3', ['-m', 'venv', join(cache, environment)], { stdio: 'pipe' });
    }
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    execFileSync(interpreter, [...install, ...packages], { stdio: 'pipe', timeout: 180_000 });
    return false;
  } catch (error) {
    return `no ${packages.join(', ')} here: ${String(error).split('\n')[0]}`;
  }
}

/** False, or why there is no grpc-python. */
function missingGrpcPython(): string | false {
  const packages = [`grpcio==${grpcVersion}`, `grpcio-tools==${grpcVersion}`];
  const why = missingPackages('venv', ...packages);
  if (why !== false) return why;
  rmSync(generated, { recursive: true, force: true });
  mkdirSync(generated, { recursive: true });
  const proto = join(repositoryRoot, 'proto');
  const files = readdirSync(proto, { recursive: true, encoding: 'utf8' });
  const protoc = ['-m', 'grpc_tools.protoc', `-I${proto}`];
  const outputs = [`--python_out=${generated}`, `--grpc_python_out=${generated}`];
  const sources = files.filter((name) => name.endsWith('.proto'));
  execFileSync(python, [...protoc, ...outputs, ...sources], { stdio: 'pipe' });
  return false;
}

/** False, or that the program is not there or cannot do it. */
async function missing(program: string, ability: RegExp): Promise<string | false> {
  const { code, output } = await run(program, ['--version']);
  if (code !== 0) return `needs ${program}`;
  return ability.test(output) ? false : `this ${program} has no HTTP/2`;
}

const skip = missingGrpcPython();
/** etcd3 is of the time of protobuf 3, and its lock of that of an older tenacity. */
const commonClients = ['etcd3==0.12.0', 'protobuf==3.20.3', 'tenacity==6.3.1', 'etcd3gw==2.4.2'];
const skipCommon = missingPackages('common', ...commonClients);
const skipCurl = await missing('curl', /HTTP2/);
const skipH2load = await missing('h2load', /nghttp2/);

let cluster: ProcessCluster | undefined;
before(async () => {
  cluster = await ProcessCluster.start({ size: 1 });
});
after(async () => {
  await cluster?.close();
});

function endpoint(): string {
  assert.ok(cluster !== undefined);
  return cluster.member(0).endpoint;
}

for (const claim of claims) {
  test(`grpc-python: ${claim.replaceAll('_', ', ')}`, { skip }, async () => {
    const script = join(repositoryRoot, 'test/interop/client.py');
    const { code, output } = await run(python, [script, generated, endpoint(), claim]);
    assert.equal(code, 0, output);
  });
}

for (const client of ['etcd3', 'etcd3gw']) {
  test(`${client}: threads under its lock, watch, leases, transactions`, {
    skip: skipCommon,
  }, async (t) => {
    const script = join(repositoryRoot, 'test/interop/common_clients.py');
    const [host = '', port = ''] = endpoint().split(':');
    const interpreter = join(cache, 'common/bin/python');
    const { code, output } = await run(interpreter, ['-W', 'ignore', script, host, port, client]);
    assert.equal(code, 0, output);
    t.diagnostic(output.trim());
  });
}

/** A length-prefixed Range of key `a`, as curl sends it. */
const rangeOfA = Buffer.from([0, 0, 0, 0, 3, 0x0a, 1, 0x61]);

async function curl(path: string, ...args: readonly string[]): Promise<string> {
  const common = ['--silent', '--show-error', '--http2-prior-knowledge', '--max-time', '20'];
  const url = `http://${endpoint()}${path}`;
  const { code, output } = await run('curl', [...common, ...args, url]);
  assert.equal(code, 0, output);
  return output;
}

test('curl speaks gRPC by hand, and gets the status in the trailers', {
  skip: skipCurl,
}, async () => {
  mkdirSync(cache, { recursive: true });
  const body = join(cache, 'range.bin');
  writeFileSync(body, rangeOfA);
  const headers = ['-H', 'content-type: application/grpc', '-H', 'te: trailers'];
  const data = ['--data-binary', `@${body}`, '--output', '/dev/null', '--dump-header', '-'];
  const answer = await curl('/etcdserverpb.KV/Range', ...headers, ...data);
  assert.match(answer, /^HTTP\/2 200/);
  assert.match(answer, /content-type: application\/grpc/);
  assert.match(answer, /grpc-status: 0/);
  // Without a body: curl gives up when an answer and RST_STREAM(NO_ERROR) come while it sends.
  const post = ['--request', 'POST', '--output', '/dev/null', '--dump-header', '-'];
  const unknown = await curl('/etcdserverpb.KV/Nothing', ...headers, ...post);
  assert.match(unknown, /grpc-status: 12/);
});

test('h2load: every one of 20,000 calls is answered', { skip: skipH2load }, async () => {
  mkdirSync(cache, { recursive: true });
  const body = join(cache, 'range.bin');
  writeFileSync(body, rangeOfA);
  const headers = ['-H', 'content-type: application/grpc', '-H', 'te: trailers'];
  const load = ['-n', '20000', '-c', '10', '-m', '100', '-d', body, ...headers];
  const { output } = await run('h2load', [...load, `http://${endpoint()}/etcdserverpb.KV/Range`]);
  assert.match(output, /20000 total, 20000 started, 20000 done, 20000 succeeded, 0 failed/, output);
});
