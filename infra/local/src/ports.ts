import { createServer } from 'node:net';

/** A port of 127.0.0.1 that nothing listens on now: `preferred` where it is free. */
export async function freePort(preferred = 0): Promise<number> {
  const free = await tryListen(preferred);
  return free ?? (await tryListen(0))!;
}

function tryListen(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}
