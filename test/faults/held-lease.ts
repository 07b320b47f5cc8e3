import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { MemberProcess } from '../support/member-process.ts';

/** Nobody asked in time to keep the lease alive, so that it may be gone: nothing is known then. */
class TooLate extends Error {}

const attemptsMax = 20;
/** One that was passed on to a leader that stands still is given up in time for another. */
const keepAliveTimeoutMs = 2_000;

/** Repeats what a slow machine has interrupted, until a lease was kept alive in time all along. */
export async function whileInTime(
  t: TestContext,
  run: (attempt: number) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run(attempt);
      return;
    } catch (error) {
      if (!(error instanceof TooLate) || attempt === attemptsMax) throw error;
      t.diagnostic(`again, because ${error.message}`);
    }
  }
}

/** A lease with a key, kept alive through the JSON gateway of whichever member is named. */
export class HeldLease {
  readonly id: string;
  readonly #ttlMs: number;
  #renewedAtMs: number;

  private constructor(id: string, ttlMs: number, grantedAtMs: number) {
    this.id = id;
    this.#ttlMs = ttlMs;
    this.#renewedAtMs = grantedAtMs;
  }

  static async grant(member: MemberProcess, ttlSeconds: number, key: string): Promise<HeldLease> {
    const askedAtMs = performance.now();
    const granted = await askGateway(member, 'lease/grant', { TTL: `${ttlSeconds}` });
    const id = granted['ID'] as string;
    const lease = new HeldLease(id, Number(granted['TTL']) * 1_000, askedAtMs);
    const [encodedKey, value] = [key, 'here'].map((text) => Buffer.from(text).toString('base64'));
    await askGateway(member, 'kv/put', { key: encodedKey, value, lease: id }).catch((error) => {
      if (!String(error).includes('lease not found')) throw error;
      lease.#lost(String(error));
    });
    return lease;
  }

  async keepAlive(member: MemberProcess): Promise<void> {
    const askedAtMs = performance.now();
    const request = { ID: this.id };
    const answer = await askGateway(member, 'lease/keepalive', request, keepAliveTimeoutMs);
    const { TTL } = answer['result'] as { TTL?: string };
    if (Number(TTL ?? 0) <= 0) this.#lost(JSON.stringify(answer));
    this.#renewedAtMs = askedAtMs;
  }

  /** While leadership moves there may be no answer; an answer without the lease is a failure. */
  async tryKeepAlive(member: MemberProcess): Promise<void> {
    await this.keepAlive(member).catch((error: unknown) => {
      if (error instanceof TooLate || error instanceof assert.AssertionError) throw error;
    });
  }

  /** `value` is what was read of the key. */
  assertHeld(value: string | undefined): void {
    if (value !== 'here') this.#lost(`its key holds ${value}`);
  }

  /** It is renewed after it was asked for, and lives at least so long. */
  #lost(how: string): never {
    const sinceMs = Math.round(performance.now() - this.#renewedAtMs);
    const words = `the lease is gone ${sinceMs} ms after it was renewed: ${how}`;
    if (sinceMs >= this.#ttlMs) throw new TooLate(words);
    assert.fail(words);
  }
}

async function askGateway(
  member: MemberProcess,
  path: string,
  body: Record<string, unknown>,
  timeoutMs = 30_000,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${member.clientUrl}/v3/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}
