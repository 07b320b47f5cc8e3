import { emptyBytes } from '../../base/bytes.ts';
import type { EventRun } from './event-run.ts';
import type { WatchedChange, WatchStore } from './watch-store.ts';
import { bytesField, bytesFieldSize, writeBytesField, writeVarint } from './wire.ts';

/** WatchResponse.events */
const EVENTS_FIELD = 11;
/** Event.type, Event.kv, Event.prev_kv */
const TYPE_FIELD = 1;
const KV_FIELD = 2;
const PREV_KV_FIELD = 3;

/**
 * One event, encoded at most twice (with and without the previous value) however many watchers get
 * it. Lives only while one batch is being delivered.
 */
export class SharedEvent {
  readonly change: WatchedChange;
  /** The run of this event only; belongs to EventRun. */
  alone: EventRun | undefined;
  readonly #store: WatchStore;
  #plain: Uint8Array | undefined;
  #withPrevious: Uint8Array | undefined;

  constructor(change: WatchedChange, store: WatchStore) {
    this.change = change;
    this.#store = store;
  }

  /** The event as one `events` field of a WatchResponse: tag, length, message. */
  field(prevKv: boolean): Uint8Array {
    if (!prevKv) {
      this.#plain ??= encodeEventField(this.change, emptyBytes);
      return this.#plain;
    }
    if (this.#withPrevious === undefined) {
      const previous = this.#store.previousKeyValue(this.change);
      if (previous === undefined) this.#withPrevious = this.field(false);
      else {
        const field = bytesField(PREV_KV_FIELD, previous);
        this.#withPrevious = encodeEventField(this.change, field);
      }
    }
    return this.#withPrevious;
  }
}

function encodeEventField(change: WatchedChange, previousField: Uint8Array): Uint8Array {
  const typeSize = change.type === 0 ? 0 : 2;
  const length = typeSize + bytesFieldSize(KV_FIELD, change.keyValue.length) + previousField.length;
  const out = new Uint8Array(bytesFieldSize(EVENTS_FIELD, length));
  let at = writeVarint(out, 0, EVENTS_FIELD * 8 + 2);
  at = writeVarint(out, at, length);
  if (typeSize > 0) {
    at = writeVarint(out, at, TYPE_FIELD * 8);
    at = writeVarint(out, at, change.type);
  }
  at = writeBytesField(out, at, KV_FIELD, change.keyValue);
  out.set(previousField, at);
  return out;
}
