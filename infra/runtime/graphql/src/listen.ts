import { lstat, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** A port of an address (0 for any free one), or the path of a Unix socket. */
export type Listen = { host: string; port: number } | { socketPath: string };

/**
 * Listens there. The socket file of a killed process is replaced. A socket that another process uses, or an ordinary
 * file, is left alone.
 *
 * @returns the address as `createHttpClient` takes it
 * @throws Error with `syscall` listen if the address is taken
 */
export async function listenOn(app: FastifyInstance, listen: Listen): Promise<string> {
  if (!('socketPath' in listen)) return app.listen(listen);
  const { socketPath } = listen;
  await removeDeadSocket(socketPath);
  await app.listen({ path: socketPath });
  return `unix:${socketPath}`;
}

async function removeDeadSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!found) return;
  if (!found.isSocket()) throw taken(`${path} is there already and is not a socket.`);
  if (await isListenedOn(path)) throw taken(`Another process listens on ${path}.`);
  await rm(path, { force: true });
}

function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else reject(error);
    });
  });
}

function taken(message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code: 'EADDRINUSE', syscall: 'listen' });
}
