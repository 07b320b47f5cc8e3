import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { limits } from '../config/limits.ts';
import {
  decodeMessage,
  encodeMessage,
  type Message,
  MessageType,
} from '../proto/generated/raftpb.ts';
import { ByteQueue, FrameError, FrameWriter } from './frames.ts';
import { readBody } from './http-answers.ts';
import { takeLength } from './message-stream.ts';
import type { PeerDialer } from './peer-dialer.ts';
import { identityHeaders } from './peer-headers.ts';
import type { PeerIdentity, SnapshotDatabase } from './transport.ts';
import type { UrlPicker } from './url-picker.ts';

/*
 * The body of POST /raft/snapshot, chunked.
 *
 *   length: uint64 BE | raftpb.Message, a MsgSnap | the bbolt file, up to the end of the body
 *
 * A body that breaks off has no last chunk, so a truncated file is never taken for a whole one.
 */

export type SnapshotSendOptions = {
  readonly identity: PeerIdentity;
  readonly picker: UrlPicker;
  readonly dialer: PeerDialer;
  readonly clock: Clock;
  readonly stop: AbortSignal;
};

/**
 * Sends one snapshot and waits until the peer has stored it. The status of the peer's answer;
 * rejects when the connection fails or stalls. Closes the database in every case.
 */
export async function sendSnapshotTo(
  options: SnapshotSendOptions,
  message: Message,
  database: SnapshotDatabase,
): Promise<number> {
  const url = options.picker.pick();
  const deadline = new Deadline(options.clock);
  try {
    const post = options.dialer.single(url, '/raft/snapshot', {
      method: 'POST',
      signal: options.stop,
      headers: {
        ...identityHeaders(options.identity),
        'Content-Type': 'application/octet-stream',
        'Transfer-Encoding': 'chunked',
      },
    });
    post.setNoDelay(true);
    deadline.watch(post);
    const answered = statusOf(post);
    // A receiver that refuses answers and closes while we still write: its answer counts, not the
    // broken pipe.
    const written = writeBody(post, message, database, deadline);
    const [status] = await Promise.all([answered, written.catch(() => {})]);
    if (status === 204) return status;
    options.picker.failed(url);
    return status;
  } catch (error) {
    options.picker.failed(url);
    throw error;
  } finally {
    deadline.done();
    database.close();
  }
}

/** What comes in: the message, and the database as it arrives. The rest of the body is the file. */
export type IncomingSnapshot = {
  readonly message: Message;
  readonly database: AsyncIterable<Uint8Array>;
};

/** Reads up to the end of the message. Throws FrameError or DecodeError for anything else. */
export async function receiveSnapshotHead(body: AsyncIterable<Buffer>): Promise<IncomingSnapshot> {
  const chunks = body[Symbol.asyncIterator]();
  const queue = new ByteQueue();
  await fill(queue, chunks, 8);
  const length = takeLength(queue, limits.peerSnapshotMessageBytesMax);
  await fill(queue, chunks, length);
  const message = decodeMessage(queue.take(length));
  return { message, database: rest(queue, chunks) };
}

export function isSnapshot(message: Message): boolean {
  return message.type === MessageType.MsgSnap && message.snapshot?.metadata !== undefined;
}

async function fill(
  queue: ByteQueue,
  chunks: AsyncIterator<Buffer>,
  length: number,
): Promise<void> {
  while (queue.length < length) {
    const next = await chunks.next();
    if (next.done === true) throw new FrameError('unexpected EOF');
    queue.push(plain(next.value));
  }
}

async function* rest(
  queue: ByteQueue,
  chunks: AsyncIterator<Buffer>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (queue.length > 0) yield queue.take(queue.length);
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return;
    yield plain(next.value);
  }
}

function plain(chunk: Buffer): Uint8Array {
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
}

async function writeBody(
  post: ClientRequest,
  message: Message,
  database: SnapshotDatabase,
  deadline: Deadline,
): Promise<void> {
  const head = new FrameWriter();
  const bytes = encodeMessage(message);
  head.uint64(bytes.length);
  head.bytes(bytes);
  let written = 0;
  post.write(head.take());
  try {
    for await (const chunk of database.chunks) {
      written += chunk.length;
      if (post.destroyed) return;
      if (!post.write(chunk)) await drained(post);
      deadline.extend(limits.peerSnapshotStallMs);
      // A plain iterable never leaves the event loop alone; heartbeats must go out in between.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (written !== database.sizeBytes) {
      throw new Error(`snapshot of ${written} bytes, ${database.sizeBytes} were announced`);
    }
  } catch (error) {
    post.destroy(error as Error);
    throw error;
  }
  deadline.extend(limits.peerSnapshotAnswerMs);
  post.end();
}

function drained(post: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      post.off('drain', done);
      post.off('close', done);
      resolve();
    };
    post.on('drain', done);
    post.on('close', done);
  });
}

function statusOf(post: ClientRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    post.on('error', reject);
    post.on('response', (response: IncomingMessage) => {
      const status = response.statusCode ?? 0;
      readBody(response, limits.peerSmallAnswerBytesMax).then(
        () => resolve(status),
        () => resolve(status),
      );
    });
  });
}

/** Ends a request that makes no progress. */
class Deadline {
  readonly #clock: Clock;
  #post: ClientRequest | undefined;
  #current = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(post: ClientRequest): void {
    this.#post = post;
    this.extend(limits.peerSnapshotStallMs);
  }

  extend(ms: number): void {
    this.#current.abort();
    const current = new AbortController();
    this.#current = current;
    this.#clock
      .after(ms, current.signal)
      .then(() => this.#post?.destroy(new Error('snapshot transfer stalled')))
      .catch(() => {});
  }

  done(): void {
    this.#current.abort();
  }
}
