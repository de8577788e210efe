import { registry } from '@tintype/telemetry';
import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LISTEN, type LiveGateway, startLiveGateway } from './stub/live.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';

// Tests the published client that docs/clients.md recommends.

let redis: OwnRedis;
let gateway: LiveGateway;

beforeAll(async () => {
  redis = await startOwnRedis();
  gateway = await startLiveGateway({ redis, live: { timing: { tickMs: 50, heartbeatMs: 100 } } });
});
afterAll(async () => {
  await gateway?.close();
  await redis?.close();
});

type NotificationAdded = { notificationAdded: { id: string; changeId: string } };

function client(headers: () => Promise<Record<string, string>>) {
  return createClient({ url: `${gateway.url}/events`, headers, retryAttempts: 0 });
}

it('receives events, and continues after the last change id', async () => {
  let lastEventId = '';
  const one = client(async () => ({
    authorization: `Bearer ${await gateway.tokens.sign()}`,
    'last-event-id': lastEventId,
  }));
  const listening = one.iterate<NotificationAdded>({ query: LISTEN });
  const first = listening.next();
  await expect.poll(() => openConnections()).toBe(1);
  const changeIds = [await gateway.notifications.change({ id: '1' })];
  lastEventId = (await first).value!.data!.notificationAdded.changeId;
  expect(lastEventId).toBe(changeIds[0]);
  await listening.return!();
  await expect.poll(() => openConnections()).toBe(0);

  changeIds.push(await gateway.notifications.change({ id: '2' }), await gateway.notifications.change({ id: '3' }));
  const seen: string[] = [];
  for await (const { data } of one.iterate<NotificationAdded>({ query: LISTEN })) {
    seen.push(data!.notificationAdded.changeId);
    if (seen.length === 2) break;
  }
  expect(seen).toEqual(changeIds.slice(1));
});

it('sees that it is complete when the access token is past its time', async () => {
  const one = client(async () => ({ authorization: `Bearer ${await gateway.tokens.sign({}, { expiresIn: 1 })}` }));
  const results = [];
  for await (const result of one.iterate({ query: LISTEN })) results.push(result);
  expect(results).toEqual([]);
});

it('sees what is wrong with its document, and why it may not listen', async () => {
  const one = client(async () => ({ authorization: `Bearer ${await gateway.tokens.sign()}` }));
  const results = [];
  for await (const result of one.iterate({ query: 'subscription { nonsense }' })) results.push(result);
  expect(results).toMatchObject([{ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }]);
  const visitor = client(async () => ({}));
  await expect(visitor.iterate({ query: LISTEN }).next()).rejects.toMatchObject({ response: { status: 401 } });
});

async function openConnections(): Promise<number> {
  const text = await registry.metrics();
  return Number(/^gateway_live_connections\{subscription="notificationAdded"\} (\d+)/m.exec(text)?.[1]);
}
