import { eventually } from '@tintype/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type StubGateway, startStubGateway } from './stub/gateway.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';
import { createStub } from './stub/subgraphs.ts';

const LOG_IN = 'mutation { logIn(input: { identifier: "a", password: "b" }) { accessToken } }';

let redis: OwnRedis;
let gateway: StubGateway;
let finishLogins: () => void;
let begun: number;

beforeAll(async () => {
  redis = await startOwnRedis();
});
afterEach(async () => {
  finishLogins();
  await gateway.close();
});
afterAll(() => redis?.close());

/** A gateway whose logins take until `finishLogins`. */
async function start(limits: { passwordQueue: number; passwordWaitMs: number }) {
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  [finishLogins, begun] = [resolve, 0];
  const { client } = createStub();
  gateway = await startStubGateway({
    redis: redis.handle,
    limits,
    config: { trustProxy: ['127.0.0.0/8'] },
    parts: {
      subgraphs: {
        ...client,
        async execute(subgraph, request) {
          if (request.query.includes('logIn')) {
            begun += 1;
            await finished;
          }
          return client.execute(subgraph, request);
        },
      },
    },
  });
}
const logIn = (address: string) => gateway.ask(LOG_IN, { headers: { 'x-forwarded-for': address } });

test('logins that wait keep nobody from reading, and more than may wait are refused with a time to wait', async () => {
  await start({ passwordQueue: 1, passwordWaitMs: 60_000 });
  const all = Array.from({ length: 6 }, () => logIn('203.0.113.1'));
  const refused = await Promise.race(all);
  expect(refused).toMatchObject({ status: 503, errors: [{ extensions: { code: 'OVERLOADED' } }] });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1);
  expect((await gateway.ask('{ me { id } }')).status).toBe(200);
  expect((await gateway.ask('mutation { count }')).status).toBe(200);
  finishLogins();
  const statuses = (await Promise.all(all)).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([200, 200, 200, 200, 200, 503]);
});

test('an address that logs in often makes room for one that does not', async () => {
  await start({ passwordQueue: 1, passwordWaitMs: 60_000 });
  const running = Array.from({ length: 4 }, () => logIn('203.0.113.2'));
  await eventually(() => expect(begun).toBe(4));
  const another = logIn('203.0.113.2');
  const person = logIn('203.0.113.3');
  expect((await another).status).toBe(503);
  finishLogins();
  expect((await person).status).toBe(200);
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('a login that waits for too long is refused', async () => {
  await start({ passwordQueue: 1, passwordWaitMs: 1 });
  const running = Array.from({ length: 4 }, () => logIn('203.0.113.4'));
  await eventually(() => expect(begun).toBe(4));
  expect((await logIn('203.0.113.5')).status).toBe(503);
  finishLogins();
  await Promise.all(running);
});
