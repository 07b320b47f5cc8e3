import { concatBytes } from '../../base/bytes.ts';
import type { SharedEvent } from './shared-event.ts';

/** A piece of a run that goes out as one response (or its fragments): whole revisions only. */
export type RunPart = {
  readonly events: readonly SharedEvent[];
  readonly firstRevision: number;
  readonly lastRevision: number;
  /** The `events` fields of a WatchResponse, end to end. Shared: must never change. */
  readonly fields: Uint8Array;
};

/**
 * Events in order, as some watchers get them in one batch. Watchers that get the same events have
 * the same run, so what they are sent is laid out once, however many they are:
 *
 *   event 1 alone ──with 2──▶ 1, 2 ──with 3──▶ 1, 2, 3
 *
 * Events are offered to all watchers one after the other, so a run only needs to remember the
 * latest run that continues it.
 */
export class EventRun {
  readonly #before: EventRun | undefined;
  readonly #event: SharedEvent;
  #continued: EventRun | undefined;
  #plain: readonly RunPart[] | undefined;
  #withPrevious: readonly RunPart[] | undefined;

  private constructor(before: EventRun | undefined, event: SharedEvent) {
    this.#before = before;
    this.#event = event;
  }

  /** The run that continues `run` (undefined: nothing yet) with the event. */
  static extend(run: EventRun | undefined, event: SharedEvent): EventRun {
    if (run === undefined) {
      event.alone ??= new EventRun(undefined, event);
      return event.alone;
    }
    let next = run.#continued;
    if (next === undefined || next.#event !== event) next = new EventRun(run, event);
    run.#continued = next;
    return next;
  }

  /** Closed at a revision's end at or beyond `bytesSoftMax`, which is the same at every call. */
  parts(prevKv: boolean, bytesSoftMax: number): readonly RunPart[] {
    if (prevKv) {
      this.#withPrevious ??= cut(this.#events(), true, bytesSoftMax);
      return this.#withPrevious;
    }
    this.#plain ??= cut(this.#events(), false, bytesSoftMax);
    return this.#plain;
  }

  #events(): readonly SharedEvent[] {
    const events = [this.#event];
    for (let run = this.#before; run !== undefined; run = run.#before) events.push(run.#event);
    return events.reverse();
  }
}

function cut(events: readonly SharedEvent[], prevKv: boolean, bytesSoftMax: number): RunPart[] {
  if (events.length === 1) return [partOf(events, prevKv)];
  const parts: RunPart[] = [];
  let from = 0;
  let bytes = 0;
  for (const [at, event] of events.entries()) {
    const isNewRevision = event.change.main !== events[at - 1]?.change.main;
    if (at > from && isNewRevision && bytes >= bytesSoftMax) {
      parts.push(partOf(events.slice(from, at), prevKv));
      from = at;
      bytes = 0;
    }
    bytes += event.field(prevKv).length;
  }
  parts.push(partOf(from === 0 ? events : events.slice(from), prevKv));
  return parts;
}

function partOf(events: readonly SharedEvent[], prevKv: boolean): RunPart {
  const [first] = events as readonly [SharedEvent];
  const isAlone = events.length === 1;
  return {
    events,
    firstRevision: first.change.main,
    lastRevision: (events.at(-1) as SharedEvent).change.main,
    fields: isAlone ? first.field(prevKv) : concatBytes(events.map((event) => event.field(prevKv))),
  };
}
