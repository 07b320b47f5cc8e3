import assert from 'node:assert/strict';
import type { MemberProcess } from '../support/member-process.ts';

/** A lease with a key, kept alive through the JSON gateway of whichever member is named. */
export class HeldLease {
  readonly id: string;

  private constructor(id: string) {
    this.id = id;
  }

  static async grant(member: MemberProcess, ttlSeconds: number, key: string): Promise<HeldLease> {
    const granted = await askGateway(member, 'lease/grant', { TTL: `${ttlSeconds}` });
    const lease = granted['ID'] as string;
    const [encodedKey, value] = [key, 'here'].map((text) => Buffer.from(text).toString('base64'));
    await askGateway(member, 'kv/put', { key: encodedKey, value, lease });
    return new HeldLease(lease);
  }

  async keepAlive(member: MemberProcess): Promise<void> {
    const answer = await askGateway(member, 'lease/keepalive', { ID: this.id });
    const { TTL } = answer['result'] as { TTL?: string };
    assert.ok(TTL !== undefined && Number(TTL) > 0, `the lease is gone: ${JSON.stringify(answer)}`);
  }

  /** While leadership moves there may be no answer; an answer without the lease is a failure. */
  async tryKeepAlive(member: MemberProcess): Promise<void> {
    await this.keepAlive(member).catch((error: unknown) => {
      if (String(error).includes('the lease is gone')) throw error;
    });
  }
}

async function askGateway(
  member: MemberProcess,
  path: string,
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${member.clientUrl}/v3/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(2_000),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}
