import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A free port of 127.0.0.1: `preferred` if it is free. */
export async function freePort(preferred = 0): Promise<number> {
  const free = await tryListen(preferred);
  return free ?? (await tryListen(0))!;
}

export async function isFree(port: number): Promise<boolean> {
  return (await tryListen(port)) !== null;
}

/** A port for a name: its previous one, else `preferred`, else any, if they are free. */
export type Ports = (name: string, preferred?: number) => Promise<number>;

/** Stores ports with the data, so that addresses stay the same while their ports are free. */
export function rememberPorts(directory: string): Ports {
  const path = join(directory, 'ports.json');
  const remembered = readPorts(path);
  let last: Promise<unknown> = Promise.resolve();
  const choose = async (name: string, preferred?: number): Promise<number> => {
    const port = await freePort(remembered[name] ?? preferred);
    remembered[name] = port;
    writeFileSync(path, JSON.stringify(remembered));
    return port;
  };
  // One after another, so that no two names get the same port.
  return (name, preferred) => {
    const chosen = last.then(() => choose(name, preferred));
    last = chosen.catch(() => undefined);
    return chosen;
  };
}

function readPorts(path: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return {};
  }
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
