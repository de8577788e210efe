import { connectRedis, type RedisHandle } from '@tintype/redis';
import {
  createEnvironment,
  type Environment,
  eventually,
  startSubgraphs,
  startTcpProxyTo,
  type TcpProxy,
  through,
} from '@tintype/testing';
import { revokedSessionKey, suspendedSessionKey } from '@tintype/viewer';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { wireUser } from '../src/index.ts';
import { createSessionStateStore } from '../src/session/session-state.store.ts';
import { createFakeSocialGraph } from './social-graph.fake.ts';

let environment: Environment;
let proxy: TcpProxy;
/** Redis through the proxy, as a process sees it. `environment.redis` is always available. */
let redis: RedisHandle;
beforeEach(async () => {
  environment = await createEnvironment();
  const { REDIS_URL, TINTYPE_NAMESPACE } = environment.env;
  proxy = await startTcpProxyTo(REDIS_URL!);
  redis = await connectRedis({ url: through(proxy, REDIS_URL!), namespace: TINTYPE_NAMESPACE!, log: environment.log });
});
afterEach(async () => {
  await redis?.close();
  await proxy?.close();
  await environment?.close();
});

const cut = async () => {
  proxy.cut();
  await eventually(() => expect(redis.client.isReady).toBe(false));
};
const markOf = (keyOf: (sessionId: string) => string, sessionId: string) =>
  environment.redis.client.get(environment.redis.key(keyOf(sessionId)));

test('a process that ends writes the ends of sessions that Redis did not take before', async () => {
  const wire: typeof wireUser = (resources) => wireUser({ ...resources, redis });
  const graph = await startSubgraphs(environment, { ...createFakeSocialGraph().wires, user: wire });
  const query = 'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { accessToken } }';
  const input = { username: 'leaver', email: 'leaver@example.org', password: 'a long enough phrase' };
  const { createAccount } = await graph.ask<{ createAccount: { accessToken: string } }>('user', null, query, { input });
  const { sid, sub } = decodeJwt<{ sid: string }>(createAccount.accessToken);
  await cut();
  const identity = {
    kind: 'person',
    viewer: { userId: BigInt(sub!), sessionId: sid },
    requestId: 'r',
    operation: 'mutation',
  } as const;
  await graph.client.execute('user', { query: 'mutation { logOut { loggedOut } }', identity });
  expect(await markOf(revokedSessionKey, sid)).toBeNull();
  proxy.restore();
  await graph.close();
  expect(await markOf(revokedSessionKey, sid)).toBe('1');
});

test('a process that ends waits a few seconds for Redis, not longer', async () => {
  const store = createSessionStateStore({ redis, log: environment.log });
  await cut();
  await store.deny(['1']);
  const startedAt = performance.now();
  await store.close();
  expect(performance.now() - startedAt).toBeGreaterThan(4_000);
  expect(performance.now() - startedAt).toBeLessThan(8_000);
});

test('sessions can end while Redis is unavailable', async () => {
  const store = createSessionStateStore({ redis, log: environment.log });
  expect(await store.announceEnd([1n, 2n])).toEqual(['1', '2']);
  expect(await markOf(suspendedSessionKey, '2')).toBe('1');
  await cut();
  expect(await store.announceEnd([3n])).toEqual(['3']);
});
