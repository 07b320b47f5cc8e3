import type { Duplex } from 'node:stream';

/*
 * What one turn of the event loop sends on a connection is laid end to end in blocks and leaves
 * with one write. Long content is not copied into them: it goes out from where it is, between parts
 * of blocks.
 *
 *   block │ part of a block │ content │ part │ content │ … part being filled … room
 */

const BLOCK_BYTES = 64 * 1024;
const BLOCKS_KEPT = 64;
const noBlock = Buffer.alloc(0);

/** Blocks that the kernel has taken are used again, by any connection of the server. */
export class OutputBlocks {
  readonly #free: Buffer[] = [];

  take(bytes: number): Buffer {
    if (bytes > BLOCK_BYTES) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  give(block: Buffer): void {
    if (block.length === BLOCK_BYTES && this.#free.length < BLOCKS_KEPT) this.#free.push(block);
  }
}

export class Output {
  /** The block being filled and where: writers call `room` and then move `at` on themselves. */
  block: Buffer = noBlock;
  at = 0;
  readonly #socket: Duplex;
  readonly #blocks: OutputBlocks;
  /** Where in `block` the part being filled starts. */
  #from = 0;
  /** What is in front of that part, and the blocks that it lies in. */
  #parts: Uint8Array[] = [];
  #partsBytes = 0;
  #full: Buffer[] = [];

  constructor(socket: Duplex, blocks: OutputBlocks) {
    this.#socket = socket;
    this.#blocks = blocks;
  }

  /** Bytes that the kernel has not taken yet. */
  get unsentBytes(): number {
    return this.#partsBytes + this.at - this.#from + this.#socket.writableLength;
  }

  /** Afterwards `block` has this many bytes free at `at`. */
  room(bytes: number): void {
    if (this.at + bytes <= this.block.length) return;
    this.#closePart();
    if (this.block !== noBlock) this.#full.push(this.block);
    this.block = this.#blocks.take(bytes);
    this.at = 0;
    this.#from = 0;
  }

  append(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.block.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Appends without a copy: the bytes must never change. */
  reference(bytes: Uint8Array): void {
    this.#closePart();
    this.#parts.push(bytes);
    this.#partsBytes += bytes.length;
  }

  /** One write of everything. A block goes back only when the kernel holds a copy of its bytes. */
  flush(): void {
    if (this.#parts.length === 0 && this.at === this.#from) return;
    const { block, at } = this;
    const from = this.#from;
    const parts = this.#parts;
    const full = this.#full;
    this.block = noBlock;
    this.at = 0;
    this.#from = 0;
    if (parts.length > 0) {
      this.#parts = [];
      this.#partsBytes = 0;
      this.#full = [];
    }
    if (!this.#socket.writable) return;
    if (parts.length === 0) {
      this.#socket.write(block.subarray(from, at));
    } else {
      this.#socket.cork();
      for (const part of parts) this.#socket.write(part);
      if (at > from) this.#socket.write(block.subarray(from, at));
      this.#socket.uncork();
    }
    if (this.#socket.writableLength > 0) return;
    this.#blocks.give(block);
    for (const each of full) this.#blocks.give(each);
  }

  #closePart(): void {
    if (this.at === this.#from) return;
    this.#parts.push(this.block.subarray(this.#from, this.at));
    this.#partsBytes += this.at - this.#from;
    this.#from = this.at;
  }
}
