import type { Clock } from '../../base/clock.ts';
import { MemberClient } from '../member-client/member-client.ts';
import type { MemberView, ObservedStream } from '../reconcile/observed.ts';
import { FailoverStreams, type StreamTarget } from './failover-streams.ts';
import { observeMembers } from './observe-members.ts';

/**
 * The operator's connections to the members of one cluster: a client each for calls, and a stream
 * each for failover evidence. They follow the pods: a new address is a new connection.
 */
export class MemberConnections {
  readonly #streams: FailoverStreams;
  readonly #clients = new Map<string, MemberClient>();
  #targets: readonly StreamTarget[] = [];
  #views: readonly MemberView[] = [];

  constructor(clock: Clock, onChange: () => void) {
    this.#streams = new FailoverStreams(clock, (endpoint) => new MemberClient(endpoint), onChange);
  }

  get targets(): readonly StreamTarget[] {
    return this.#targets;
  }

  /** What every member said when it was last asked. */
  get views(): readonly MemberView[] {
    return this.#views;
  }

  streams(): readonly ObservedStream[] {
    return this.#streams.observed();
  }

  setTargets(targets: readonly StreamTarget[]): void {
    this.#targets = targets;
    this.#streams.setTargets(targets);
    for (const [name, client] of this.#clients) {
      if (targets.some((one) => one.memberName === name && one.endpoint === client.endpoint)) {
        continue;
      }
      client.close();
      this.#clients.delete(name);
    }
  }

  /** undefined while the member has no address. */
  readonly clientOf = (memberName: string): MemberClient | undefined => {
    const target = this.#targets.find((one) => one.memberName === memberName);
    if (target === undefined) return undefined;
    const known = this.#clients.get(memberName);
    if (known !== undefined) return known;
    const client = new MemberClient(target.endpoint);
    this.#clients.set(memberName, client);
    return client;
  };

  /**
   * Asks the members whose process runs, of instances with these UIDs; the others have no view. An
   * address whose pod has gone answers nothing at all, so asking there would hold up every pass.
   */
  async refreshViews(runningUids: ReadonlySet<string>): Promise<void> {
    const members = this.#targets.flatMap(({ memberName, instanceUid }) => {
      const client = runningUids.has(instanceUid) ? this.clientOf(memberName) : undefined;
      return client === undefined ? [] : [{ memberName, client }];
    });
    this.#views = await observeMembers(members);
  }

  close(): void {
    this.#streams.close();
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
}
