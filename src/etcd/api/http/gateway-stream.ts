import type { ServerResponse } from 'node:http';
import { concatBytes } from '../../../base/bytes.ts';
import { type Status, statusOf } from '../../transport/status.ts';
import type { RpcStream } from '../rpc.ts';
import { httpStatusOf, statusJson } from './http-status.ts';

export const streamHeaders = {
  'content-type': 'application/json',
  'grpc-metadata-content-type': 'application/grpc',
};

/**
 * A stream's answers as lines: `{"result":…}` for each message and, when it fails, a last
 * `{"error":…}`. The HTTP status is sent with the first line, so only an error that comes before
 * any message can be seen in it.
 */
export class GatewayStream implements RpcStream {
  onMessage: (message: Uint8Array) => void = () => {};
  onHalfClose: () => void = () => {};
  /** Set by the reader of the request's body. */
  onPause: (paused: boolean) => void = () => {};
  readonly #response: ServerResponse;
  readonly #toJson: (message: Uint8Array) => string;
  readonly #over: (status: Status | undefined) => void;
  #isOver = false;

  constructor(
    response: ServerResponse,
    toJson: (message: Uint8Array) => string,
    over: (status: Status | undefined) => void,
  ) {
    this.#response = response;
    this.#toJson = toJson;
    this.#over = over;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  write(message: Uint8Array): boolean {
    if (this.#isOver) return true;
    this.#begin(200);
    return this.#response.write(`{"result":${this.#toJson(message)}}\n`);
  }

  writeParts(head: Uint8Array, headBytes: number, rest: Uint8Array): boolean {
    return this.write(concatBytes([head.subarray(0, headBytes), rest]));
  }

  drained(): Promise<void> {
    const response = this.#response;
    if (this.#isOver || !response.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        response.off('drain', done);
        response.off('close', done);
        resolve();
      };
      response.once('drain', done);
      response.once('close', done);
    });
  }

  pause(): void {
    this.onPause(true);
  }

  resume(): void {
    this.onPause(false);
  }

  end(): void {
    if (!this.#finish(undefined)) return;
    this.#begin(200);
    this.#response.end();
  }

  fail(error: unknown): void {
    const status = statusOf(error);
    if (!this.#finish(status)) return;
    this.#begin(httpStatusOf(status.code));
    this.#response.end(`{"error":${statusJson(status)}}\n`);
  }

  /** The client is gone. */
  abandon(): void {
    this.#finish(undefined);
  }

  #begin(httpStatus: number): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(
      httpStatus,
      httpStatus === 200 ? streamHeaders : { 'content-type': 'application/json' },
    );
  }

  #finish(status: Status | undefined): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#over(status);
    return true;
  }
}
