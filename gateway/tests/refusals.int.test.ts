import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StubGateway, startStubGateway } from './stub/gateway.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';

/** The headers that browsers send when a person opens a link. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

let redis: OwnRedis;
let gateway: StubGateway;
beforeAll(async () => {
  redis = await startOwnRedis();
  gateway = await startStubGateway({ redis: redis.handle });
});
afterAll(async () => {
  await gateway?.close();
  await redis?.close();
});

async function visit(path: string, accept: string, url = gateway.url) {
  const response = await fetch(url + path, { headers: { accept } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('a page of a post that cannot be shown', () => {
  test.each([
    ['that is not there', '/p/nothing', 404],
    ['of a longer path', '/p/1/2', 404],
    ['of a path that is no text', '/p/%ff', 400],
    ['of a path in another case', '/P/1', 404],
    // The stub has no posts.
    ['that is unavailable', '/p/7', 503],
  ])('%s is a page for browsers and JSON for programs', async (_what, path, status) => {
    const page = await visit(path, BROWSER);
    expect(page.status).toBe(status);
    expect(page.text).toMatch(/^<!doctype html>/);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    for (const accept of ['*/*', 'application/json', 'application/json, text/html;q=0.5', 'text/html;q=0, */*']) {
      const refusal = await visit(path, accept);
      expect(refusal.status).toBe(status);
      expect(JSON.parse(refusal.text).errors).toHaveLength(1);
    }
    for (const { headers } of [page, await visit(path, '*/*')]) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('retry-after')).toBe(status === 503 ? '1' : null);
    }
  });

  test.each(['/verify-email/', '/nothing'])('so is %s, with the way to the right address', async (path) => {
    const page = await visit(path, BROWSER);
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page.text).toContain('Check the address.');
    const refusal = await visit(path, '*/*');
    expect([refusal.status, JSON.parse(refusal.text).errors[0].extensions.code]).toEqual([404, 'NOT_FOUND']);
  });

  test.each(['/graphql/more', '/events', '/.well-known/nothing'])('but %s is for programs', async (path) => {
    const { status, text } = await visit(path, BROWSER);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.parse(text).errors).toHaveLength(1);
  });

  test('is a page if somebody has opened too many', async () => {
    const strict = await startStubGateway({ redis: redis.handle, limits: { ratePerSecond: 0.01, burst: 1 } });
    try {
      const answers = [];
      for (let n = 0; n < 3; n++) answers.push(await visit('/p/nothing', BROWSER, strict.url));
      const { status, headers, text } = answers.at(-1)!;
      expect(status).toBe(429);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(text).toMatch(/^<!doctype html>/);
    } finally {
      await strict.close();
    }
  });

  test('shows nothing of the address as markup', async () => {
    expect((await visit('/p/<img src=x>', BROWSER)).text).not.toContain('<img');
  });
});

describe('what is no HTTP request', () => {
  const HOST = 'host: 127.0.0.1\r\n';

  test.each([
    ['no request line', 'nonsense\r\n\r\n', 400, 'BAD_REQUEST'],
    ['no host', 'GET /graphql HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'BAD_REQUEST'],
    ['a header without a name', `GET /graphql HTTP/1.1\r\n${HOST}: 1\r\n\r\n`, 400, 'BAD_REQUEST'],
    [
      'two lengths',
      `POST /graphql HTTP/1.1\r\n${HOST}content-length: 1\r\ncontent-length: 2\r\n\r\n`,
      400,
      'BAD_REQUEST',
    ],
    ['large headers', `GET /graphql HTTP/1.1\r\n${HOST}a: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    ['a long path', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ])('is refused in the format of all errors: %s', async (_what, sent, status, code) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    // The server closes the connection while the request is still being sent.
    socket.on('error', () => undefined);
    socket.write(sent);
    await once(socket, 'close');
    const [head, body] = text.split('\r\n\r\n') as [string, string];
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/json; charset=utf-8');
    expect(head.toLowerCase()).toContain('cache-control: no-store');
    expect(JSON.parse(body)).toEqual({ errors: [{ message: expect.any(String), extensions: { code } }] });
  });
});
