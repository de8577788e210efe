import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@tintype/local';
import { createEnvironment, type Environment, eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GENEROUS } from './platform/platform.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

let environment: Environment;
let gateway: ChildProcess;
let url: string;
let healthUrl: string;

beforeAll(async () => {
  environment = await createEnvironment({ env: { ...GENEROUS, DRAIN_NOTICE_MS: '3000' } });
  const [port, health] = [await freePort(), await freePort()];
  url = `http://127.0.0.1:${port}/graphql`;
  healthUrl = `http://127.0.0.1:${health}/readyz`;
  const env = { ...process.env, ...environment.env, PORT: String(port), HEALTH_LISTEN: `127.0.0.1:${health}` };
  gateway = spawn(process.execPath, [MAIN], { env, stdio: 'ignore' });
  await eventually(async () => expect((await fetch(healthUrl)).status).toBe(200), { timeoutMs: 120_000 });
});
afterAll(async () => {
  gateway?.kill('SIGKILL');
  await environment?.close();
});

async function ask(query: string, variables: object = {}): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return { status: response.status, text: await response.text() };
}

const REGISTER =
  'mutation R($input: CreateAccountInput!) { createAccount(input: $input) { accessToken errors { message } } }';

/** Hashing the password takes a while, so some registrations are in progress at any time. */
async function register(name: string): Promise<{ status: number; text: string }> {
  const username = `${name}_${Date.now().toString(36)}`;
  const input = { username, email: `${username}@example.org`, password: 'a long enough phrase' };
  return ask(REGISTER, { input });
}

it('a gateway that shuts down reports it first, and answers all requests', async () => {
  let isReady = true;
  let states: number[] = [];
  const watching = (async () => {
    while (isReady) {
      const { status } = await fetch(healthUrl);
      states = [...states, status];
      isReady = status === 200;
      await sleep(20);
    }
  })();
  const answers: { status: number; text: string }[] = [];
  const asking = Array.from({ length: 6 }, async (_, index) => {
    for (let count = 0; isReady; count++) {
      answers.push(index % 2 === 0 ? await register(`ended_${index}_${count}`) : await ask('{ __typename }'));
      await sleep(20);
    }
    // A balancer may not know yet that the gateway is stopping.
    answers.push(await register(`late_${index}`));
  });
  await eventually(() => expect(answers.length).toBeGreaterThan(20), { timeoutMs: 60_000 });
  gateway.kill('SIGTERM');
  await sleep(20);
  // npm passes on a signal that the whole process group has already received.
  gateway.kill('SIGTERM');
  await Promise.all([watching, ...asking]);
  expect(states.at(-1)).toBe(503);
  expect(states.slice(0, -1).every((status) => status === 200)).toBe(true);
  expect(answers.filter(({ status, text }) => status !== 200 || text.includes('"errors":[{'))).toEqual([]);
  if (gateway.exitCode === null) await once(gateway, 'exit');
  expect(gateway.exitCode).toBe(0);
});
