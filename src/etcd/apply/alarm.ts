import {
  AlarmRequest_AlarmAction as Action,
  type AlarmMember,
  type AlarmRequest,
  AlarmType,
  encodeAlarmResponse,
} from '../proto/generated/etcdserverpb.ts';
import type { ApplyContext } from './context.ts';

export type AppliedAlarm = { readonly body: Uint8Array; readonly changed: boolean };

/** GET lists; the others answer with the alarm they raised or lowered, if any. */
export function applyAlarm(context: ApplyContext, request: AlarmRequest): AppliedAlarm {
  const { action, memberID, alarm } = request;
  const { alarms } = context.state;
  const { txn } = context.write;
  let answer: readonly AlarmMember[] = [];
  switch (action) {
    case Action.GET:
      answer = alarms.list(alarm);
      break;
    case Action.ACTIVATE:
      if (alarm !== AlarmType.NONE) answer = [alarms.activate(txn, memberID, alarm)];
      break;
    case Action.DEACTIVATE: {
      const lowered = alarms.deactivate(txn, memberID, alarm);
      if (lowered !== undefined) answer = [lowered];
      break;
    }
    default:
      break;
  }
  const changed = action !== Action.GET && answer.length > 0;
  return { body: encodeAlarmResponse({ alarms: answer }), changed };
}
