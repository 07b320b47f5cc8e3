import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export type SrvTarget = { readonly host: string; readonly port: number };

/** Answers questions for SRV records over UDP on loopback, and knows no other names. */
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
const typeSrv = 33;

/** RFC 1035: header, the question again, then one record per target. */
function answerTo(
  question: Buffer,
  records: Readonly<Record<string, readonly SrvTarget[]>>,
): Buffer {
  const { name, end } = readName(question, headerBytes);
  const isSrv = question.readUInt16BE(end) === typeSrv;
  const targets = isSrv ? (records[name] ?? []) : [];
  const header = Buffer.alloc(headerBytes);
  question.copy(header, 0, 0, 2);
  const noSuchName = records[name] === undefined ? 3 : 0;
  header.writeUInt16BE(0x8580 | noSuchName, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(targets.length, 6);
  const asked = question.subarray(headerBytes, end + 4);
  return Buffer.concat([header, asked, ...targets.map(srvRecord)]);
}

/** Its name is a pointer to the question's. */
function srvRecord({ host, port }: SrvTarget): Buffer {
  const target = nameBytes(host);
  const fixed = Buffer.alloc(18);
  fixed.writeUInt16BE(0xc000 | headerBytes, 0);
  fixed.writeUInt16BE(typeSrv, 2);
  fixed.writeUInt16BE(1, 4);
  fixed.writeUInt32BE(60, 6);
  fixed.writeUInt16BE(6 + target.length, 10);
  fixed.writeUInt16BE(port, 16);
  return Buffer.concat([fixed, target]);
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
