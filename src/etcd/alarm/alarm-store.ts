import { emptyBytes } from '../../base/bytes.ts';
import type { ReadTxn, WriteTxn } from '../backend/backend.ts';
import {
  type AlarmMember,
  AlarmType,
  decodeAlarmMember,
  encodeAlarmMember,
} from '../proto/generated/etcdserverpb.ts';

/** Which members raised which alarms. Replicated; an alarm stays until somebody takes it back. */
export class AlarmStore {
  readonly #alarms = new Map<string, AlarmMember>();

  static load(txn: ReadTxn): AlarmStore {
    const store = new AlarmStore();
    for (const [key] of txn.range('alarm', emptyBytes, undefined)) {
      const alarm = decodeAlarmMember(key);
      store.#alarms.set(nameOf(alarm), alarm);
    }
    return store;
  }

  /** By type, then by member; `type` NONE lists all. */
  list(type: AlarmType = AlarmType.NONE): readonly AlarmMember[] {
    return [...this.#alarms.values()]
      .filter(({ alarm }) => type === AlarmType.NONE || alarm === type)
      .sort((a, b) => a.alarm - b.alarm || (a.memberID < b.memberID ? -1 : 1));
  }

  has(type: AlarmType): boolean {
    for (const { alarm } of this.#alarms.values()) if (alarm === type) return true;
    return false;
  }

  /** Activating twice is the same as once. */
  activate(txn: WriteTxn, memberID: bigint, alarm: AlarmType): AlarmMember {
    const raised: AlarmMember = { memberID, alarm };
    this.#alarms.set(nameOf(raised), raised);
    txn.put('alarm', encodeAlarmMember(raised), emptyBytes);
    return raised;
  }

  /** undefined when there was no such alarm. */
  deactivate(txn: WriteTxn, memberID: bigint, alarm: AlarmType): AlarmMember | undefined {
    const lowered: AlarmMember = { memberID, alarm };
    if (!this.#alarms.delete(nameOf(lowered))) return undefined;
    txn.delete('alarm', encodeAlarmMember(lowered));
    return lowered;
  }
}

function nameOf({ memberID, alarm }: AlarmMember): string {
  return `${alarm}/${memberID}`;
}
