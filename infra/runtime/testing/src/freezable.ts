import { connect, createServer, type Socket } from 'node:net';

export type Freezable = {
  /** The address of the server through this proxy. */
  url: string;
  /** Behaves like a server that was sent SIGSTOP: connections are accepted and kept, and nothing is answered. */
  freeze(): void;
  /** Continues, and answers what was sent in the meantime. */
  thaw(): void;
  close(): Promise<void>;
};

/** A proxy that can be frozen for one test, while other tests use the server directly. */
export async function createFreezable(serverUrl: string): Promise<Freezable> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let frozen = false;

  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('data', (bytes) => other.write(bytes));
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      if (frozen) one.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(serverUrl);
  url.port = String((server.address() as { port: number }).port);

  return {
    url: url.href,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
