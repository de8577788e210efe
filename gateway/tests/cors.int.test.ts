import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents } from './stub/event-reader.ts';
import { LISTEN, type LiveGateway, startLiveGateway } from './stub/live.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';

const APP = 'https://app.example.org';
const OTHER = 'https://elsewhere.example.org';

let redis: OwnRedis;
let open: LiveGateway;
let closed: LiveGateway;
beforeAll(async () => {
  redis = await startOwnRedis();
  open = await startLiveGateway({ redis, config: { corsOrigins: [APP] } });
  closed = await startLiveGateway({ redis });
});
afterAll(async () => {
  await open?.close();
  await closed?.close();
  await redis?.close();
});

async function preflight(url: string, origin: string) {
  const headers = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,idempotency-key',
  };
  const response = await fetch(url, { method: 'OPTIONS', headers });
  return { status: response.status, headers: response.headers };
}

describe.each(['/graphql', '/events'])('%s', (path) => {
  it('lets pages of our origins send what clients send, without credentials', async () => {
    const { status, headers } = await preflight(`${open.url}${path}`, APP);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, APP]);
    const allowed = headers.get('access-control-allow-headers')!.toLowerCase().split(', ');
    expect(allowed).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'last-event-id']),
    );
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('vary')).toContain('Origin');
  });

  it('refuses other pages, and all pages if no origin is configured', async () => {
    const refused = [
      await preflight(`${open.url}${path}`, OTHER),
      await preflight(`${open.url}${path}`, 'null'),
      await preflight(`${open.url}${path}`, `${APP}.evil.example`),
      await preflight(`${closed.url}${path}`, APP),
    ];
    for (const { status, headers } of refused)
      expect([status, headers.get('access-control-allow-origin')]).toEqual([405, null]);
  });
});

it('answers and refusals can be read by pages of our origins', async () => {
  const ask = (headers: Record<string, string>) =>
    fetch(`${open.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"query":"{ me { id } }"}',
    });
  const requests: Record<string, string>[] = [{}, { authorization: 'Bearer nonsense' }];
  for (const headers of requests) {
    const answer = await ask({ origin: APP, ...headers });
    expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
    expect((await ask({ origin: OTHER, ...headers })).headers.get('access-control-allow-origin')).toBeNull();
  }
});

it('events can be read by pages of our origins', async () => {
  const authorization = `Bearer ${await open.tokens.sign()}`;
  const search = new URLSearchParams({ query: LISTEN });
  const reader = await readEvents(`${open.url}/events?${search}`, { headers: { authorization, origin: APP } });
  expect([reader.status, reader.headers['access-control-allow-origin']]).toEqual([200, APP]);
  reader.close();
  const other = await readEvents(`${open.url}/events?${search}`, { headers: { authorization, origin: OTHER } });
  expect(other.headers['access-control-allow-origin']).toBeUndefined();
  other.close();
});
