/*
 * A turn of the event loop reads all sockets that have something to say and then runs what was put
 * off until then. What that work puts off in its turn would wait for whatever the sockets bring
 * next.
 */
let isEnding = false;

/** Runs the work when all sockets of this turn were read; called at that time, in the next turn. */
export function atEndOfTurn(work: () => void): void {
  setImmediate(end, work);
}

/** As `atEndOfTurn`; called by such work, right behind it. */
export function beforeNextTurn(work: () => void): void {
  if (isEnding) process.nextTick(work);
  else setImmediate(work);
}

function end(work: () => void): void {
  isEnding = true;
  try {
    work();
  } finally {
    isEnding = false;
  }
}
