import type { RpcStream } from './rpc.ts';

/** A stream that passes everything on; who looks at some of it overrides that alone. */
export class ForwardedStream implements RpcStream {
  readonly #stream: RpcStream;

  constructor(stream: RpcStream) {
    this.#stream = stream;
  }

  get onMessage(): (message: Uint8Array) => void {
    return this.#stream.onMessage;
  }

  set onMessage(listener: (message: Uint8Array) => void) {
    this.#stream.onMessage = listener;
  }

  get onHalfClose(): () => void {
    return this.#stream.onHalfClose;
  }

  set onHalfClose(listener: () => void) {
    this.#stream.onHalfClose = listener;
  }

  write(message: Uint8Array): boolean {
    return this.#stream.write(message);
  }

  writeParts(head: Uint8Array, headBytes: number, rest: Uint8Array): boolean {
    return this.#stream.writeParts(head, headBytes, rest);
  }

  drained(): Promise<void> {
    return this.#stream.drained();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  end(): void {
    this.#stream.end();
  }

  fail(error: unknown): void {
    this.#stream.fail(error);
  }
}
