import { posix } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { formatInitialCluster, type NamedPeerUrls, parseInitialCluster } from '../config/urls.ts';
import { formatId } from '../proto/ids.ts';

/*
 * etcd's discovery of version 3. Another etcd cluster keeps, for every cluster that is to be
 * founded,
 *
 *   /_etcd/registry/TOKEN/_config/size     its number of members, written beforehand
 *   /_etcd/registry/TOKEN/members/ID       name=url,… of each member, written by itself
 *
 * The members that registered first, as many as the size says, found the cluster.
 */

const registry = '/_etcd/registry';

export type RegisteredMember = {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
};

/** The few things asked of the cluster that keeps the lists. */
export interface DiscoveryService {
  get(key: string): Promise<string | undefined>;
  list(prefix: string): Promise<{
    readonly revision: number;
    readonly members: readonly RegisteredMember[];
  }>;
  put(key: string, value: string): Promise<void>;
  /** What is put from a revision on; ends or throws when the connection does. */
  watch(prefix: string, fromRevision: number): AsyncIterable<readonly RegisteredMember[]>;
}

export type JoinOptions = {
  readonly service: DiscoveryService;
  readonly token: string;
  readonly memberId: bigint;
  readonly self: NamedPeerUrls;
  readonly clock: Clock;
  readonly log: Log;
};

/** What asking again cannot mend; the words are etcd's. */
class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError';
}

/** Waits between attempts double from two seconds up to this. */
const RETRY_MS_MAX = 256_000;
const WATCH_AGAIN_MS = 1_000;

/**
 * Registers this member and waits until as many as the cluster is to have are there. The members
 * that found it; throws when it is full, or its size is not known.
 */
export function joinDiscovered(options: JoinOptions): Promise<readonly NamedPeerUrls[]> {
  return new Discovery(options).join();
}

type Found = { readonly size: number; readonly revision: number; readonly members: Registered };

class Discovery {
  readonly #options: JoinOptions;
  readonly #sizeKey: string;
  readonly #prefix: string;
  readonly #ownKey: string;

  constructor(options: JoinOptions) {
    this.#options = options;
    const cluster = posix.join(registry, options.token);
    this.#sizeKey = posix.join(cluster, '_config/size');
    this.#prefix = posix.join(cluster, 'members');
    this.#ownKey = posix.join(this.#prefix, formatId(options.memberId));
  }

  async join(): Promise<readonly NamedPeerUrls[]> {
    const { service, self, log } = this.#options;
    await this.#check();
    const value = formatInitialCluster([self]);
    await this.#retried('register member itself', () => service.put(this.#ownKey, value));
    log.info('register member itself successfully', { memberKey: this.#ownKey, memberInfo: value });
    const { size, revision, members } = await this.#check();
    await this.#waitForOthers(members, size, revision);
    const cluster = parseInitialCluster(members.first(size).join(','));
    if (!cluster.ok) throw new DiscoveryError('discovery: invalid peer URL');
    log.info('discovery joined cluster successfully', {
      cluster: formatInitialCluster(cluster.value),
    });
    return cluster.value;
  }

  /** The list as it is now. A cluster that is full without this member takes no more. */
  async #check(): Promise<Found> {
    const found = await this.#retried('cluster status check', async () => {
      const size = await this.#size();
      const { revision, members } = await this.#options.service.list(this.#prefix);
      return { size, revision, members: this.#registered(members) };
    });
    if (!found.members.hasRoomFor(this.#ownKey, found.size)) {
      throw new DiscoveryError('discovery: cluster is full');
    }
    return found;
  }

  async #size(): Promise<number> {
    const text = await this.#options.service.get(this.#sizeKey);
    if (text === undefined) throw new DiscoveryError('discovery: size key not found');
    const size = /^[+-]?\d+$/.test(text) ? Number(text) : 0;
    if (size <= 0 || !Number.isSafeInteger(size)) {
      throw new DiscoveryError('discovery: size key is bad');
    }
    return size;
  }

  async #waitForOthers(members: Registered, size: number, revision: number): Promise<void> {
    const { service, clock, log } = this.#options;
    let from = revision + 1;
    log.info('waiting for peers from discovery service', {
      clusterSize: size,
      'found-peers': members.count,
    });
    while (members.count < size) {
      try {
        for await (const added of service.watch(this.#prefix, from)) {
          for (const member of added) this.#add(members, member);
          if (members.count >= size) break;
        }
      } catch (error) {
        log.warn('lost the discovery service while waiting for peers', { error });
      }
      if (members.count >= size) break;
      // What the watch missed is in the list, whatever was compacted meanwhile.
      await clock.after(WATCH_AGAIN_MS);
      const again = await this.#check();
      for (const member of again.members.all()) members.add(member);
      from = again.revision + 1;
    }
    log.info('found all needed peers from discovery service', {
      clusterSize: size,
      'found-peers': members.count,
    });
  }

  #registered(members: readonly RegisteredMember[]): Registered {
    const registered = new Registered();
    for (const member of members) this.#add(registered, member);
    return registered;
  }

  #add(registered: Registered, member: RegisteredMember): void {
    const problem = registered.add(member);
    const fields = { memberKey: member.key, memberInfo: member.value };
    if (problem === undefined) {
      this.#options.log.info('found peer from discovery service', fields);
    } else {
      this.#options.log.warn(problem, fields);
    }
  }

  /** As etcd: for ever, the waits growing to minutes. */
  async #retried<T>(reason: string, attempt: () => Promise<T>): Promise<T> {
    const { clock, log } = this.#options;
    for (let waitMs = 2_000; ; waitMs = Math.min(2 * waitMs, RETRY_MS_MAX)) {
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof DiscoveryError) throw error;
        const backoff = `${waitMs / 1_000}s`;
        log.warn('retry connecting to discovery service', { reason, backoff, error });
      }
      await clock.after(waitMs);
    }
  }
}

/** In the order in which they registered. */
class Registered {
  #members: readonly RegisteredMember[] = [];

  get count(): number {
    return this.#members.length;
  }

  all(): readonly RegisteredMember[] {
    return this.#members;
  }

  /** Why it was left out, in etcd's words. */
  add({ key, value, createRevision }: RegisteredMember): string | undefined {
    const member = { key: key.trim(), value: value.trim(), createRevision };
    if (!member.value.includes('=')) return 'invalid peer info returned from discovery service';
    if (this.#members.some((known) => known.key === member.key)) {
      return 'found duplicate peer from discovery service';
    }
    this.#members = [...this.#members, member].sort((a, b) => a.createRevision - b.createRevision);
    return undefined;
  }

  /** Whether the member is, or could still be, one of the first `size`. */
  hasRoomFor(key: string, size: number): boolean {
    const at = this.#members.findIndex((member) => member.key === key);
    return (at < 0 ? this.count : at) < size;
  }

  first(size: number): readonly string[] {
    return this.#members.slice(0, size).map(({ value }) => value);
  }
}
