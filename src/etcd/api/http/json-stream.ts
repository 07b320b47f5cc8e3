import { Code, StatusError } from '../../errors.ts';
import { messageTooLarge } from '../../transport/status.ts';

/**
 * Cuts a request body into the JSON values it is made of, as they arrive: a watch may send its
 * requests one after the other, with or without white space between them. Only objects are values
 * here; what stands inside one is not checked.
 */
export class JsonSplitter {
  readonly #bytesMax: number;
  readonly #decoder = new TextDecoder();
  #text = '';
  #scanned = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** A value of more than `bytesMax` characters is refused, so that memory stays bounded. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * The values that are complete after these bytes. Lazily: a value that is taken before a fault
   * further on is found stays good. All must be taken before the next push.
   */
  push(chunk: Uint8Array): Iterable<string> {
    return this.#take(this.#decoder.decode(chunk, { stream: true }));
  }

  /** After the last byte. Throws when a value is incomplete. */
  *finish(): Iterable<string> {
    yield* this.#take(this.#decoder.decode());
    if (this.#text.trim() !== '') throw new StatusError(Code.invalidArgument, 'unexpected EOF');
  }

  *#take(text: string): Iterable<string> {
    this.#text += text;
    while (this.#scanned < this.#text.length) {
      const isComplete = this.#step(this.#text.charCodeAt(this.#scanned++));
      if (!isComplete) continue;
      const value = this.#text.slice(0, this.#scanned);
      this.#text = this.#text.slice(this.#scanned);
      this.#scanned = 0;
      yield value;
    }
    if (this.#text.length > this.#bytesMax)
      throw messageTooLarge(this.#text.length, this.#bytesMax);
  }

  #step(code: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (code === 0x5c) this.#escaped = true;
      else if (code === 0x22) this.#inString = false;
      return false;
    }
    switch (code) {
      case 0x22:
        this.#inString = true;
        this.#refuseOutside('"');
        return false;
      case 0x7b:
      case 0x5b:
        if (code === 0x5b) this.#refuseOutside('[');
        this.#depth++;
        return false;
      case 0x7d:
      case 0x5d:
        if (--this.#depth < 0) this.#refuseOutside(String.fromCharCode(code));
        return this.#depth === 0;
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
        return false;
      default:
        this.#refuseOutside(String.fromCharCode(code));
        return false;
    }
  }

  #refuseOutside(token: string): void {
    if (this.#depth > 0) return;
    const message = `proto: syntax error: unexpected token ${token}`;
    throw new StatusError(Code.invalidArgument, message);
  }
}
