import type { FastifyInstance } from 'fastify';
import { etcdTsVersion, servedEtcdVersion } from '../../../version.ts';
import { refuse } from './plain-answer.ts';

export interface VersionSource {
  /** `3.7.0`, or undefined before the cluster has agreed on one. */
  clusterVersion(): string | undefined;
  storageVersion(): string | undefined;
}

/** etcd's three fields in etcd's order, then who answers. Other members ask for it, too. */
export function versionJson(source: VersionSource): string {
  return JSON.stringify({
    etcdserver: servedEtcdVersion,
    etcdcluster: source.clusterVersion() ?? 'not_decided',
    storage: source.storageVersion() ?? 'unknown',
    server: `etcd-ts/${etcdTsVersion}`,
  });
}

export function registerVersion(app: FastifyInstance, source: VersionSource): void {
  app.all('/version', (request, reply) => {
    if (request.method !== 'GET') return refuse(reply);
    // As bytes: for text the framework would add a charset that etcd does not send.
    const body = Buffer.from(versionJson(source));
    return reply.header('content-type', 'application/json').send(body);
  });
}
