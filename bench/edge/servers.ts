import { freePort } from '@tintype/local';
import type { ProcessSpec } from '@tintype/local/processes';
import { Pool } from 'undici';
import { logInAll, makeWorld } from '#feed/world.ts';
import { cpuSeconds } from '#fixture/cpu.ts';
import { inParallel } from '#fixture/figures.ts';
import { type Fixture, handleOf } from '#fixture/fixture.ts';
import { waitUntil } from '#fixture/wait.ts';

export const AUTHORS = 300;
export const READERS = 16;
export const AT_ONCE = 4;

export type Asked = { headers?: Record<string, string>; body: string };
export type Answered = { status: number; text: string };

/** Gateways whose CPU time is compared, each with all subgraphs in its process. */
export type Servers<Name extends string> = {
  ask(name: Name, asked: Asked): Promise<Answered>;
  /**
   * CPU time in milliseconds of the process, of Postgres and of Redis for each of so many requests.
   *
   * @param send called with the number of the request
   */
  cpuMsEach(name: Name, requests: number, send: (index: number) => Promise<void>): Promise<number>;
  close(): Promise<void>;
};

/** Readers who follow all authors, with access tokens. */
export async function makeReaders(fixture: Fixture): Promise<string[]> {
  const platform = await fixture.startPlatform();
  const world = await makeWorld(fixture, AUTHORS, Array<number>(READERS).fill(AUTHORS));
  const tokens = await logInAll(`${platform.url}/graphql`, world);
  // Idle parts of the platform would only take time from what is measured.
  await platform.stop();
  return [...tokens.values()];
}

/** Starts the processes and waits until each of them answers. Without workers, they do nothing but answer. */
export async function startServers<Name extends string>(
  fixture: Fixture,
  specs: Readonly<Record<Name, Pick<ProcessSpec, 'entry' | 'env'>>>,
): Promise<Servers<Name>> {
  const names = Object.keys(specs) as Name[];
  const ports = new Map(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  const { processes } = fixture.startProcesses(
    names.map((name) => {
      const { entry, env } = specs[name];
      return { name, entry, env: { ...env, PORT: String(ports.get(name)), WORKERS: 'none' } };
    }),
  );
  const pools = new Map(
    names.map((name) => [name, new Pool(`http://127.0.0.1:${ports.get(name)}`, { connections: AT_ONCE })]),
  );
  const stores = [handleOf(fixture, 'postgres').pid(), handleOf(fixture, 'redis').pid()];

  const ask = async (name: Name, { headers, body }: Asked): Promise<Answered> => {
    const response = await pools.get(name)!.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    return { status: response.statusCode, text: await response.body.text() };
  };

  await waitUntil('all servers', async () => {
    const probes = names.map((name) => ask(name, { body: '{"query":"{ __typename }"}' }));
    return (await Promise.allSettled(probes)).every(({ status }) => status === 'fulfilled');
  });
  return {
    ask,
    async cpuMsEach(name, requests, send) {
      const pids = [...stores, processes.get(name)!.pid()];
      const before = cpuSeconds(pids);
      await inParallel(Array.from({ length: requests }), AT_ONCE, (_, index) => send(index));
      return ((cpuSeconds(pids) - before) * 1000) / requests;
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}
