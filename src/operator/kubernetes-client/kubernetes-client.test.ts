import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { KubernetesClient, KubernetesError, type WatchEvent } from './kubernetes-client.ts';
import { resources } from './resources.ts';

type Seen = { readonly line: string; readonly type: string | undefined; readonly body: string };
type Answer = (request: Seen, response: ServerResponse) => void;

/** An API server that answers as the test says, and what it was asked. */
async function withServer(
  answer: Answer,
  body: (client: KubernetesClient, seen: readonly Seen[]) => Promise<void>,
): Promise<void> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const line = `${request.method} ${request.url}`;
      seen.push({ line, type: request.headers['content-type'], body: text });
      answer(seen.at(-1) as Seen, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'c', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'u', token: 'secret' },
  );
  const client = new KubernetesClient(kubeConfig);
  try {
    await body(client, seen);
  } finally {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function json(status: number, value: object): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}

const pod = { namespace: 'n', name: 'p' };

test('a list has all pages, and its items say what they are', async () => {
  const answer: Answer = ({ line }, response) => {
    const isSecond = line.includes('continue=more');
    const page = isSecond
      ? { items: [{ metadata: { name: 'b' } }], metadata: { resourceVersion: '7' } }
      : { items: [{ metadata: { name: 'a' } }], metadata: { continue: 'more' } };
    response.end(JSON.stringify(page));
  };
  await withServer(answer, async (client, seen) => {
    const list = await client.list(resources.statefulSet, 'n', 'x=y');
    assert.deepEqual(
      list.items.map(({ kind, apiVersion, metadata }) => `${apiVersion} ${kind} ${metadata?.name}`),
      ['apps/v1 StatefulSet a', 'apps/v1 StatefulSet b'],
    );
    assert.equal(list.resourceVersion, '7');
    const path = '/apis/apps/v1/namespaces/n/statefulsets?limit=500&labelSelector=x%3Dy';
    assert.deepEqual(
      seen.map(({ line }) => line),
      [`GET ${path}`, `GET ${path}&continue=more`],
    );
  });
});

test('a watch is read line by line, wherever the network cuts it', async () => {
  const answer: Answer = (_request, response) => {
    const lines =
      '{"type":"ADDED","object":{"metadata":{"name":"é"}}}\n{"type":"BOOKMARK","object":{}}\n';
    const bytes = Buffer.from(lines);
    const cut = bytes.indexOf(0xc3) + 1;
    response.write(bytes.subarray(0, cut));
    setImmediate(() => response.end(bytes.subarray(cut)));
  };
  await withServer(answer, async (client, seen) => {
    const events: WatchEvent<KubernetesObject>[] = [];
    const signal = new AbortController().signal;
    for await (const event of client.watch(resources.pod, '', '', '5', signal)) events.push(event);
    assert.deepEqual(events, [
      { type: 'ADDED', object: { metadata: { name: 'é' } } },
      { type: 'BOOKMARK', object: {} },
    ]);
    assert.match(seen[0]?.line ?? '', /^GET \/api\/v1\/pods\?watch=true&.*resourceVersion=5/);
  });
});

test('an aborted watch ends', async () => {
  const answer: Answer = (_request, response) => {
    response.write('{"type":"ADDED","object":{}}\n');
  };
  await withServer(answer, async (client) => {
    const abort = new AbortController();
    await assert.rejects(async () => {
      for await (const _event of client.watch(resources.pod, '', '', '5', abort.signal)) {
        abort.abort();
      }
    });
  });
});

test('apply is server-side apply by one field manager', async () => {
  await withServer(json(200, { metadata: { name: 'p' } }), async (client, seen) => {
    await client.apply(resources.pod, { metadata: pod });
    const [request] = seen;
    const path = '/api/v1/namespaces/n/pods/p?fieldManager=etcd-ts-operator&force=true';
    assert.equal(request?.line, `PATCH ${path}`);
    assert.equal(request.type, 'application/apply-patch+yaml');
  });
});

test('a delete names the UID it means', async () => {
  await withServer(json(200, { kind: 'Status' }), async (client, seen) => {
    assert.equal(await client.delete(resources.pod, pod, { uid: 'u' }), undefined);
    assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), {
      propagationPolicy: 'Background',
      preconditions: { uid: 'u' },
    });
  });
});

for (const status of [404, 409]) {
  test(`a delete answered ${status} has nothing left to delete`, async () => {
    await withServer(json(status, { kind: 'Status', reason: 'x' }), async (client) => {
      assert.equal(await client.delete(resources.pod, pod, { uid: 'u' }), undefined);
    });
  });
}

test('a delete that takes its time answers with the object', async () => {
  const left = { kind: 'Pod', metadata: { name: 'p', deletionTimestamp: 'now' } };
  await withServer(json(200, left), async (client) => {
    assert.deepEqual(await client.delete(resources.pod, pod, { uid: 'u' }), left);
  });
});

test('what is missing is undefined, any other refusal is an error with its words', async () => {
  await withServer(json(404, { reason: 'NotFound' }), async (client) => {
    assert.equal(await client.get(resources.pod, pod), undefined);
  });
  const refusal = { reason: 'Forbidden', message: 'pods is forbidden' };
  await withServer(json(403, refusal), async (client) => {
    await assert.rejects(client.get(resources.pod, pod), (error) => {
      assert.ok(error instanceof KubernetesError);
      assert.deepEqual([error.status, error.reason], [403, 'Forbidden']);
      assert.equal(error.message, 'pods is forbidden');
      return true;
    });
  });
});
