import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { createEnvironment, type Environment } from '@tintype/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../infra/local/src/part.cli.ts', import.meta.url));

let environment: Environment;
let child: ChildProcess | undefined;
beforeAll(async () => {
  environment = await createEnvironment();
});
afterEach(async () => {
  if (child?.exitCode !== null) return;
  const ended = new Promise((resolve) => child?.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
});
afterAll(() => environment?.close());

/**
 * The states of the stores of a process when it is ready.
 *
 * @param variables environment variables with their addresses
 */
async function storesOf(part: readonly string[], variables: readonly string[]): Promise<string[]> {
  const { env } = environment;
  const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, ...part], {
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'info',
      PORT: '0',
      TINTYPE_SECRET: env.TINTYPE_SECRET,
      TINTYPE_NAMESPACE: env.TINTYPE_NAMESPACE,
      MEDIA_BASE_URL: 'https://media.example.org',
      SUBGRAPH_URLS: SUBGRAPHS.map((name) => `${name}=http://127.0.0.1:1`).join(','),
      ...Object.fromEntries(variables.map((name) => [name, env[name]])),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  let output = '';
  const health = await new Promise<string>((resolve, reject) => {
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const found = /"health":"([^"]+)"/.exec(output)?.[1];
        if (found) resolve(found);
      });
    }
    started.once('exit', () => reject(new Error(output)));
  });
  const states = (await (await fetch(`${health}/readyz`)).json()) as Record<string, string>;
  const stores = Object.entries(states).filter(([name]) => !name.startsWith('subgraph '));
  expect(stores.map(([, state]) => state)).toEqual(stores.map(() => 'ok'));
  return stores.map(([name]) => name);
}

test('a gateway alone needs only Redis', async () => {
  expect(await storesOf(['gateway'], ['REDIS_URL'])).toEqual(['redis']);
});

test('a subgraph needs no NATS', async () => {
  const stores = await storesOf(['subgraph', 'social-graph'], ['REDIS_URL', 'DATABASE_URL']);
  expect(stores).toEqual(['postgres', 'redis', 'ids']);
});

test('workers need NATS, too', async () => {
  const all = ['REDIS_URL', 'DATABASE_URL', 'NATS_URL'];
  expect(await storesOf(['workers', 'social-graph'], all)).toEqual(['postgres', 'redis', 'ids', 'nats']);
});
