import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

export type TcpProxy = {
  port: number;
  /** Closes all connections and refuses new ones, like a server that is down. */
  cut(): void;
  /** Allows connections again. */
  restore(): void;
  close(): Promise<void>;
};

/** Changes what a client sends to the server. */
type Change = (bytes: Buffer) => Buffer;

/** A proxy between a client and a server, so that the server can be unavailable for this client only. */
export async function startTcpProxy(to: { host: string; port: number }, change?: Change): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const upstream = connect(to);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    upstream.pipe(client);
    if (change) client.pipe(changing(change)).pipe(upstream);
    else client.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut,
    restore() {
      isCut = false;
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function changing(change: Change): Transform {
  return new Transform({ transform: (bytes: Buffer, _, done) => done(null, change(bytes)) });
}

/** The address with another host and port. */
export function through(proxy: TcpProxy, address: string): string {
  const url = new URL(address);
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return url.toString().replace(/\/$/, '');
}

/** A proxy for the server of an address. @param change changes what clients send, for example to lose a command */
export function startTcpProxyTo(address: string, change?: Change): Promise<TcpProxy> {
  const { hostname, port } = new URL(address);
  return startTcpProxy({ host: hostname, port: Number(port) }, change);
}
