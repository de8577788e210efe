import { link, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listenOn } from '../src/listen.ts';

let folder: string;
let socketPath: string;
const apps: FastifyInstance[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-listen-'));
  socketPath = join(folder, 'part.sock');
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  await rm(folder, { recursive: true });
});

function anApp(name: string): FastifyInstance {
  const app = fastify();
  app.get('/', async () => name);
  apps.push(app);
  return app;
}
const ask = (): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ socketPath, path: '/', agent: false }, (answer) => {
      answer.setEncoding('utf8').once('data', resolve);
    }).once('error', reject);
  });

test('a socket that another process listens on is left to it', async () => {
  expect(await listenOn(anApp('first'), { socketPath })).toBe(`unix:${socketPath}`);
  await expect(listenOn(anApp('second'), { socketPath })).rejects.toMatchObject({
    message: `Another process listens on ${socketPath}.`,
    syscall: 'listen',
  });
  expect(await ask()).toBe('first');
});

test('a socket that a killed process left behind is replaced', async () => {
  // A server removes its socket when it is closed. A hard link keeps the name.
  const dead = createServer();
  const kept = `${socketPath}.kept`;
  await new Promise<void>((resolve) => void dead.listen(kept, resolve));
  await link(kept, socketPath);
  await new Promise((resolve) => dead.close(resolve));
  await listenOn(anApp('new'), { socketPath });
  expect(await ask()).toBe('new');
});

test('a file is left alone', async () => {
  await writeFile(socketPath, 'letters');
  await expect(listenOn(anApp('new'), { socketPath })).rejects.toThrow('is not a socket');
  expect(await readFile(socketPath, 'utf8')).toBe('letters');
});
