/**
 * A network between members that can be cut: every member advertises its proxy's port as peer URL,
 * and a proxy tells by the first request on a connection who dialled.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Both ends of a member's peer port: what is advertised, and where the member listens. */
export type ProxiedPort = { readonly advertised: number; readonly real: number };

type Connection = {
  readonly to: number;
  /** The id of the member that dialled, in hex; undefined until a request of it tells. */
  from: string | undefined;
  readonly sockets: readonly [Socket, Socket];
  /** What came while the connection was cut, per socket: a network delivers it when it heals. */
  readonly held: [Buffer[], Buffer[]];
};

const senderHeader = /^x-server-from: *([0-9a-f]+)\r$/im;

export class PeerNetwork {
  readonly #servers: Server[] = [];
  readonly #connections = new Set<Connection>();
  /** Member id in hex → real port: learned from whoever the test says is who. */
  readonly #portOfMember = new Map<string, number>();
  readonly #isolated = new Set<number>();

  async listen({ advertised, real }: ProxiedPort): Promise<void> {
    const server = createServer((socket) => this.#accept(socket, real));
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(advertised, '127.0.0.1', resolve);
    });
  }

  /** The id that a member puts into its requests. */
  knows(memberId: bigint, { real }: ProxiedPort): void {
    this.#portOfMember.set(memberId.toString(16), real);
  }

  /** Nothing from or to this member gets through any more; connections stay open, as on a real cut. */
  isolate({ real }: ProxiedPort): void {
    this.#isolated.add(real);
  }

  /** What was held back is delivered, late, as TCP does. */
  heal(): void {
    this.#isolated.clear();
    for (const connection of this.#connections) {
      for (const end of [0, 1] as const) {
        for (const bytes of connection.held[end].splice(0)) {
          connection.sockets[end === 0 ? 1 : 0].write(bytes);
        }
      }
    }
  }

  async close(): Promise<void> {
    for (const { sockets } of this.#connections) for (const socket of sockets) socket.destroy();
    await Promise.all(
      this.#servers.map((server) => new Promise((resolve) => server.close(resolve))),
    );
  }

  #accept(socket: Socket, real: number): void {
    const sockets: [Socket, Socket] = [socket, connect(real, '127.0.0.1')];
    const connection: Connection = { to: real, from: undefined, sockets, held: [[], []] };
    this.#connections.add(connection);
    for (const end of [0, 1] as const) {
      const [own, other] = end === 0 ? sockets : [sockets[1], sockets[0]];
      own.setNoDelay(true);
      own.on('data', (bytes: Buffer) => {
        if (end === 0) this.#learnSender(connection, bytes);
        if (this.#isCut(connection)) connection.held[end].push(bytes);
        else other.write(bytes);
      });
      own.on('error', () => {});
      own.on('close', () => {
        this.#connections.delete(connection);
        other.destroy();
      });
    }
  }

  #learnSender(connection: Connection, bytes: Buffer): void {
    if (connection.from !== undefined) return;
    const found = senderHeader.exec(bytes.toString('latin1'));
    connection.from = found?.[1];
  }

  #isCut({ from, to }: Connection): boolean {
    // The id may have been learned before anybody said whose it is.
    const dialler = this.#portOfMember.get(from ?? '');
    return this.#isolated.has(to) || (dialler !== undefined && this.#isolated.has(dialler));
  }
}
