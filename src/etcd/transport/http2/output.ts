import type { Duplex } from 'node:stream';
import { limits } from '../../config/limits.ts';

/*
 * What one turn of the event loop sends on a connection is laid end to end in blocks and leaves
 * with one write. Long content is not copied into them: it goes out from where it is, between parts
 * of blocks.
 *
 *   block │ part of a block │ content │ part │ content │ … part being filled … room
 */

const BLOCK_BYTES = 64 * 1024;
const noBlock = Buffer.alloc(0);

/** Blocks that the kernel has taken are used again, by any connection of the server. */
export class OutputBlocks {
  readonly #free: Buffer[] = [];
  /** So many of them were free all the time since the last `trim`. */
  #spare = 0;

  get freeCount(): number {
    return this.#free.length;
  }

  take(bytes: number): Buffer {
    if (bytes > BLOCK_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const block = this.#free.pop();
    this.#spare = Math.min(this.#spare, this.#free.length);
    return block ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  give(block: Buffer): void {
    if (block.length !== BLOCK_BYTES) return;
    if (this.#free.length < limits.http2FreeBlocks.max) this.#free.push(block);
  }

  /** Lets go of what nobody needed since the last call, but for a few. */
  trim(spare = this.#spare): void {
    const surplus = this.#free.length - limits.http2FreeBlocks.kept;
    this.#free.splice(0, Math.max(0, Math.min(spare, surplus)));
    this.#spare = this.#free.length;
  }
}

/** A block without room, and where it ends among all bytes of the connection. */
type FullBlock = { readonly block: Buffer; readonly end: number };

export class Output {
  /** The block being filled and where: writers call `room` and then move `at` on themselves. */
  block: Buffer = noBlock;
  at = 0;
  readonly #socket: Duplex;
  readonly #blocks: OutputBlocks;
  /** Where in `block` the part being filled starts. */
  #from = 0;
  /** What is in front of that part. */
  #parts: Uint8Array[] = [];
  #partsBytes = 0;
  /** Oldest first. */
  #full: FullBlock[] = [];
  /** What the socket was given so far. */
  #writtenBytes = 0;

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
    if (this.block !== noBlock) {
      this.#full.push({ block: this.block, end: this.#writtenBytes + this.#partsBytes });
    }
    this.#fill(this.#blocks.take(bytes));
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

  /** One write of everything. */
  flush(): void {
    const { block, at } = this;
    const from = this.#from;
    const parts = this.#parts;
    if (parts.length === 0 && at === from) return;
    if (!this.#socket.writable) return this.#drop();
    this.#writtenBytes += this.#partsBytes + at - from;
    this.#from = at;
    if (parts.length === 0) {
      this.#socket.write(block.subarray(from, at));
    } else {
      this.#parts = [];
      this.#partsBytes = 0;
      this.#socket.cork();
      for (const part of parts) this.#socket.write(part);
      if (at > from) this.#socket.write(block.subarray(from, at));
      this.#socket.uncork();
    }
    this.reclaim();
  }

  /**
   * A block goes back when the kernel holds a copy of its bytes. Of a socket that is slow it may be
   * filled further meanwhile; what a socket held that is over nobody uses again.
   */
  reclaim(): void {
    if (!this.#socket.writable) return;
    const unsentBytes = this.#socket.writableLength;
    const sentBytes = this.#writtenBytes - unsentBytes;
    let sent = 0;
    for (const { block, end } of this.#full) {
      if (end > sentBytes) break;
      this.#blocks.give(block);
      sent += 1;
    }
    if (sent > 0) this.#full.splice(0, sent);
    if (unsentBytes > 0 || this.#partsBytes > 0 || this.at > this.#from) return;
    this.#blocks.give(this.block);
    this.#fill(noBlock);
  }

  #drop(): void {
    this.#parts = [];
    this.#partsBytes = 0;
    this.#full = [];
    this.#fill(noBlock);
  }

  #fill(block: Buffer): void {
    this.block = block;
    this.at = 0;
    this.#from = 0;
  }

  #closePart(): void {
    if (this.at === this.#from) return;
    this.#parts.push(this.block.subarray(this.#from, this.at));
    this.#partsBytes += this.at - this.#from;
    this.#from = this.at;
  }
}
