import type { Duplex } from 'node:stream';

/*
 * What one turn of the event loop sends on a connection is laid end to end in blocks and leaves
 * with one write:
 *
 *   block │ block │ block being filled … room
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
  #full: { readonly block: Buffer; readonly length: number }[] = [];
  #fullBytes = 0;

  constructor(socket: Duplex, blocks: OutputBlocks) {
    this.#socket = socket;
    this.#blocks = blocks;
  }

  /** Bytes that the kernel has not taken yet. */
  get unsentBytes(): number {
    return this.#fullBytes + this.at + this.#socket.writableLength;
  }

  /** Afterwards `block` has this many bytes free at `at`. */
  room(bytes: number): void {
    if (this.at + bytes <= this.block.length) return;
    if (this.at > 0) this.#full.push({ block: this.block, length: this.at });
    this.#fullBytes += this.at;
    this.block = this.#blocks.take(bytes);
    this.at = 0;
  }

  append(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.block.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** One write of everything. A block goes back only when the kernel holds a copy of its bytes. */
  flush(): void {
    if (this.at === 0) return;
    const { block, at } = this;
    const full = this.#full;
    this.block = noBlock;
    this.at = 0;
    if (!this.#socket.writable) {
      this.#full = [];
      this.#fullBytes = 0;
      return;
    }
    if (full.length === 0) {
      this.#socket.write(block.subarray(0, at));
    } else {
      this.#full = [];
      this.#fullBytes = 0;
      this.#socket.cork();
      for (const { block, length } of full) this.#socket.write(block.subarray(0, length));
      this.#socket.write(block.subarray(0, at));
      this.#socket.uncork();
    }
    if (this.#socket.writableLength > 0) return;
    this.#blocks.give(block);
    for (const { block } of full) this.#blocks.give(block);
  }
}
