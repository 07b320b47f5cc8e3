const FIRST_SLOTS = 32;

/**
 * What is open by its number, for what comes and goes with each request: a Map makes itself anew
 * after every few of those. An item stands in the slot of its number or, when that is taken, in one
 * behind it: numbers are given out in a row, so those of one time rarely meet.
 *
 * No item stands behind one that is nearer to its own slot (Robin Hood hashing). So a search ends
 * at the first that is nearer than it is itself, and an item that leaves is followed only by those
 * that were pushed out of their slots. A peer that skips numbers to make thousands meet costs
 * microseconds with each of its requests.
 */
export class SlotTable<T extends { readonly id: number }> {
  #slots: (T | undefined)[] = emptySlots(FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): T | undefined {
    const at = this.#find(id);
    return at < 0 ? undefined : this.#slots[at];
  }

  /** No item with this id may be there. */
  add(item: T): void {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    this.#place(item);
    this.#size += 1;
  }

  delete(id: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = this.#find(id);
    if (hole < 0) return;
    this.#size -= 1;
    for (;;) {
      const next = (hole + 1) & mask;
      const item = slots[next];
      if (item === undefined || distance(item.id, next, mask) === 0) break;
      slots[hole] = item;
      hole = next;
    }
    slots[hole] = undefined;
  }

  /** By id. */
  all(): T[] {
    const items = this.#slots.filter((item) => item !== undefined);
    return items.sort((a, b) => a.id - b.id);
  }

  /** Negative: it is not there. */
  #find(id: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = id & mask;
    for (let way = 0; ; way += 1) {
      const item = slots[at];
      if (item === undefined) return -1;
      if (item.id === id) return at;
      if (distance(item.id, at, mask) < way) return -1;
      at = (at + 1) & mask;
    }
  }

  /** Whoever is nearer to its own slot makes room and goes on. */
  #place(placed: T): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let item = placed;
    let at = item.id & mask;
    for (let way = 0; ; way += 1) {
      const other = slots[at];
      if (other === undefined) break;
      const others = distance(other.id, at, mask);
      if (others < way) {
        slots[at] = item;
        item = other;
        way = others;
      }
      at = (at + 1) & mask;
    }
    slots[at] = item;
  }

  #grow(): void {
    const items = this.all();
    this.#slots = emptySlots(this.#slots.length * 2);
    for (const item of items) this.#place(item);
  }
}

/** From its own slot. */
function distance(id: number, at: number, mask: number): number {
  return (at - id) & mask;
}

function emptySlots(count: number): undefined[] {
  return Array.from({ length: count }, () => undefined);
}
