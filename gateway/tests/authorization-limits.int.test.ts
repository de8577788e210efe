import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { authorizationRoutes } from '../src/authorization/authorization.routes.ts';
import { loginBucket } from '../src/limits/bucket.keys.ts';
import type { Take } from '../src/limits/gcra.rules.ts';

const LIMITS = {
  ratePerSecond: 50,
  burst: 200,
  loginsPerMinute: 10,
  passwordQueue: 16,
  passwordWaitMs: 2_000,
  requestTimeoutMs: 1000,
};

const app = fastify();
let taken: readonly Take[] = [];
let asked: string[] = [];
/** Networks that waited for the turn of their password. */
let queued: string[] = [];
beforeAll(async () => {
  await app.register(authorizationRoutes, {
    limits: LIMITS,
    timeoutMs: LIMITS.requestTimeoutMs,
    limiter: {
      async take(takes: readonly Take[]) {
        taken = takes;
      },
    },
    passwords: {
      async run(network, _passwords, work) {
        queued.push(network);
        return work();
      },
      close() {},
    },
    async answer({ path }) {
      asked.push(path);
      return { status: 200, headers: [], body: '' };
    },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());
beforeEach(() => {
  taken = [];
  asked = [];
  queued = [];
});

/** Sends the path as it is, unlike `fetch`. */
async function post(path: string, body = 'step=login'): Promise<void> {
  const { port } = app.server.address() as AddressInfo;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers });
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
}
const isLogin = () => taken.some(({ bucket }) => bucket === loginBucket('127.0.0.1'));

test.each([
  '/oauth/interaction/abc',
  '/oauth/./interaction/abc',
  '/oauth/x/../interaction/abc',
  '/oauth/%2e/interaction/abc',
  '/oauth/x/%2E%2e/interaction/abc?a=b',
])('a login by %s counts as one', async (path) => {
  await post(path);
  expect(isLogin()).toBe(true);
  expect(asked).toEqual([expect.stringMatching(/^\/oauth\/interaction\/abc(\?a=b)?$/)]);
});

test('only the step with the password waits for its turn among passwords', async () => {
  await post('/oauth/interaction/abc', 'step=consent&step=login');
  await post('/oauth/interaction/abc', 'step=code&code=123456');
  await post('/oauth/token');
  expect(queued).toEqual([]);
  await post('/oauth/interaction/abc', 'step=login&step=consent');
  expect(queued).toEqual(['127.0.0.1']);
});

test.each(['/oauth/token', '/oauth/revoke'])('%s is no login', async (path) => {
  await post(path);
  expect([isLogin(), asked]).toEqual([false, [path]]);
});
