import { ConnectionError, ErrorCode } from './errors.ts';
import {
  FRAME_HEADER_BYTES,
  FRAME_PAYLOAD_MAX,
  FrameType,
  readUint16,
  readUint32,
  WINDOW_MAX,
  writeFrameHeader,
  writeUint32,
} from './frames.ts';

/*
 * A SETTINGS payload (RFC 9113, section 6.5.1): any number of
 *
 *   identifier (2 bytes) │ value (4)
 */

const SETTING_BYTES = 6;
const FRAME_PAYLOAD_LIMIT = 0xffffff;

const Setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

export type OwnSettings = {
  readonly concurrentStreamsMax: number;
  readonly streamWindowBytes: number;
  readonly headerListBytesMax: number;
};

/** What the peer's settings change for us; the rest of them is only checked. */
export interface SettingsReceiver {
  headerTableBytes(value: number): void;
  initialWindow(value: number): void;
}

/** Our first frame. */
export function settingsFrame(own: OwnSettings): Uint8Array {
  const values = [
    [Setting.maxConcurrentStreams, own.concurrentStreamsMax],
    [Setting.initialWindowSize, own.streamWindowBytes],
    [Setting.maxHeaderListSize, own.headerListBytesMax],
  ] as const;
  const payloadBytes = values.length * SETTING_BYTES;
  const frame = new Uint8Array(FRAME_HEADER_BYTES + payloadBytes);
  let at = writeFrameHeader(frame, 0, payloadBytes, FrameType.settings, 0, 0);
  for (const [identifier, value] of values) {
    frame[at + 1] = identifier;
    at = writeUint32(frame, at + 2, value);
  }
  return frame;
}

/** Checks and applies the peer's settings in their order; unknown ones are ignored. */
export function applySettings(
  bytes: Uint8Array,
  start: number,
  end: number,
  receiver: SettingsReceiver,
): void {
  if ((end - start) % SETTING_BYTES !== 0) {
    throw new ConnectionError(ErrorCode.frameSizeError, 'SETTINGS of a wrong length');
  }
  for (let at = start; at < end; at += SETTING_BYTES) {
    const value = readUint32(bytes, at + 2);
    switch (readUint16(bytes, at)) {
      case Setting.headerTableSize:
        receiver.headerTableBytes(value);
        break;
      case Setting.enablePush:
        if (value > 1) throw wrong(ErrorCode.protocolError, 'ENABLE_PUSH', value);
        break;
      case Setting.initialWindowSize:
        if (value > WINDOW_MAX) {
          throw wrong(ErrorCode.flowControlError, 'INITIAL_WINDOW_SIZE', value);
        }
        receiver.initialWindow(value);
        break;
      case Setting.maxFrameSize:
        // We never send more than every peer accepts, so the value itself does not matter.
        if (value < FRAME_PAYLOAD_MAX || value > FRAME_PAYLOAD_LIMIT) {
          throw wrong(ErrorCode.protocolError, 'MAX_FRAME_SIZE', value);
        }
        break;
      default:
        break;
    }
  }
}

function wrong(code: ErrorCode, name: string, value: number): ConnectionError {
  return new ConnectionError(code, `SETTINGS_${name} of ${value}`);
}
