import type { Log } from '../base/log.ts';
import { decimalSize } from './alarm/quota.ts';
import type { Config } from './config/config.ts';
import type { Consensus } from './consensus/consensus.ts';
import type { AlarmRequest } from './proto/generated/etcdserverpb.ts';

/** An applied request went beyond the quota. Never rejects. */
export async function raiseSpaceAlarm(
  consensus: Consensus,
  { quotaShownBytes }: Config,
  alarm: AlarmRequest,
  log: Log,
): Promise<void> {
  log.warn('message exceeded backend quota; raising alarm', {
    'quota-size-bytes': quotaShownBytes,
    'quota-size': decimalSize(quotaShownBytes),
  });
  try {
    await consensus.propose({ alarm });
  } catch (error) {
    log.warn('failed to raise an alarm', { error });
  }
}
