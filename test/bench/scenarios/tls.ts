import { utf8Bytes } from '../../../src/base/bytes.ts';
import {
  encodePutRequest,
  encodeRangeRequest,
} from '../../../src/etcd/proto/generated/etcdserverpb.ts';
import { keyAt, putPath, rangePath, valueAt } from '../keyspace.ts';
import { answerBytes, runH2load } from '../load/h2load.ts';
import { alone, crowd, type Shape } from '../load/unary-load.ts';
import { measureLoad } from '../measure.ts';
import { type Scenario, securedLoaded } from '../scenario.ts';

function range(name: string, title: string, shape: Shape, serializable: boolean): Scenario {
  return {
    name,
    title,
    server: securedLoaded,
    run: async (target, scale) => {
      const message = encodeRangeRequest({ key: keyAt(4_711), serializable });
      const bytes = await answerBytes(target.endpoint, rangePath, message);
      const request = { path: rangePath, message, answerBytes: bytes };
      return await measureLoad(target, scale, shape, (n) =>
        runH2load(target, target.securedEndpoint, shape, n, request),
      );
    },
  };
}

const put: Scenario = {
  name: 'tls-put-one-key',
  title: 'TLS: Put 256 B, 50×20, one key (h2load)',
  server: securedLoaded,
  run: async (target, scale) => {
    const message = encodePutRequest({ key: utf8Bytes('one'), value: valueAt(1) });
    return await measureLoad(target, scale, crowd, async (n) => {
      const before = await target.revision();
      const request = { path: putPath, message };
      const result = await runH2load(target, target.securedEndpoint, crowd, n, request);
      const advanced = (await target.revision()) - before;
      if (advanced !== n) throw new Error(`${n} puts made ${advanced} revisions`);
      return result;
    });
  },
};

/** Server certificates only, as most clusters have them; connections are made anew for each load. */
export const tlsScenarios: readonly Scenario[] = [
  range('tls-range-serializable', 'TLS: Range, serializable, 50×20', crowd, true),
  range('tls-range-linearizable', 'TLS: Range, linearizable, 50×20', crowd, false),
  range('tls-range-alone', 'TLS: Range, serializable, 1×1', alone, true),
  put,
];
