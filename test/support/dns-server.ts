import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export type SrvTarget = { readonly host: string; readonly port: number };

/**
 * Answers questions for SRV records over UDP on loopback, and says of their targets that they are
 * there too. It knows no other names.
 */
export class DnsServer implements AsyncDisposable {
  readonly #socket: Socket;
  readonly address: string;

  static async start(records: Readonly<Record<string, readonly SrvTarget[]>>): Promise<DnsServer> {
    const socket = createSocket('udp4', (question, from) => {
      socket.send(answerTo(question, records), from.port, from.address);
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsServer(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.address = `127.0.0.1:${socket.address().port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

const headerBytes = 12;
const typeA = 1;
const typeSrv = 33;

/** RFC 1035: header, the question again, then one record per target. */
function answerTo(
  question: Buffer,
  records: Readonly<Record<string, readonly SrvTarget[]>>,
): Buffer {
  const { name, end } = readName(question, headerBytes);
  const type = question.readUInt16BE(end);
  const isTarget = Object.values(records).some((all) => all.some(({ host }) => host === name));
  const found = type === typeSrv ? (records[name] ?? []).map(srvRecord) : [];
  if (type === typeA && isTarget) found.push(loopbackRecord());
  const header = Buffer.alloc(headerBytes);
  question.copy(header, 0, 0, 2);
  const noSuchName = records[name] === undefined && !isTarget ? 3 : 0;
  header.writeUInt16BE(0x8580 | noSuchName, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found.length, 6);
  const asked = question.subarray(headerBytes, end + 4);
  return Buffer.concat([header, asked, ...found]);
}

function srvRecord({ host, port }: SrvTarget): Buffer {
  const order = Buffer.alloc(6);
  order.writeUInt16BE(port, 4);
  return record(typeSrv, Buffer.concat([order, nameBytes(host)]));
}

function loopbackRecord(): Buffer {
  return record(typeA, Buffer.of(127, 0, 0, 1));
}

/** Its name is a pointer to the question's; it lasts a minute. */
function record(type: number, content: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc000 | headerBytes, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(content.length, 10);
  return Buffer.concat([head, content]);
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(`${'\0'}${label}`));
  for (const label of labels) label[0] = label.length - 1;
  return Buffer.concat([...labels, Buffer.of(0)]);
}

function readName(bytes: Buffer, from: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = from;
  for (let length = bytes[at] ?? 0; length !== 0; length = bytes[at] ?? 0) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}
