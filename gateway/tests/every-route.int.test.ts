import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LISTEN, type LiveGateway, startLiveGateway } from './stub/live.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'];
/** What is sent to every path: values that a careless server would repeat in its headers. */
const MARK = 'mark-of-the-client';
const MUTATION = 'mutation { count }';

let redis: OwnRedis;
let gateway: LiveGateway;
/** The real paths of all routes, and one that has no route. */
let paths: string[];
beforeAll(async () => {
  redis = await startOwnRedis();
  gateway = await startLiveGateway({ redis });
  paths = [...gateway.paths.map((path) => path.replace(/:\w+|\*/, '7')), '/nowhere'];
});
afterAll(async () => {
  await gateway?.close();
  await redis?.close();
});

type Response = { status: number; headers: IncomingHttpHeaders; body: string };

/** Sends any method and header, which fetch does not. */
async function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Response> {
  const sent = request(`${gateway.url}${path}`, { method, headers, agent: false });
  sent.end(body);
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** Sends bytes as they are. @returns each response that came before the connection was closed */
async function sendRaw(bytes: string): Promise<Response[]> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  // The server may close the connection while the request is still being sent.
  socket.on('error', () => undefined);
  socket.write(bytes);
  const received = text(socket).catch(() => '');
  await once(socket, 'close');
  return (await received).split(/(?=HTTP\/1\.1 \d)/).map((one) => {
    const [head = '', body = ''] = one.split('\r\n\r\n');
    const [line = '', ...fields] = head.split('\r\n');
    const headers = Object.fromEntries(
      fields.map((field) =>
        field
          .toLowerCase()
          .split(/: (.*)/)
          .slice(0, 2),
      ),
    );
    return { status: Number(line.split(' ')[1]), headers, body };
  });
}

/** What is wrong with the headers of a response. */
function faultsOf({ headers, body }: Response): string[] {
  const policy = headers['content-security-policy'] ?? '';
  const checks: Record<string, boolean> = {
    'the policy allows more than it names': policy.includes("default-src 'none'") && policy.includes("base-uri 'none'"),
    'it can be framed': policy.includes("frame-ancestors 'none'"),
    'its type can be guessed': headers['x-content-type-options'] === 'nosniff',
    'it leaks where it was': headers['referrer-policy'] === 'no-referrer',
    'it is not kept to HTTPS': /^max-age=31536000; includeSubDomains$/i.test(
      headers['strict-transport-security'] ?? '',
    ),
    'it sets a cookie': headers['set-cookie'] === undefined,
    'it names the server': headers.server === undefined && headers['x-powered-by'] === undefined,
    'its text has no encoding': body === '' || /charset=utf-8|^font\//.test(headers['content-type'] ?? ''),
    'a stranger may read it': headers['access-control-allow-origin'] === undefined,
    'it repeats what the client sent': !JSON.stringify(headers).includes(MARK),
    'it leads elsewhere': headers.location === undefined || headers.location === '/graphiql',
  };
  return Object.keys(checks).filter((name) => !checks[name]);
}

it('knows the routes', () => {
  expect([...gateway.paths].sort()).toEqual([
    '/',
    '/.well-known/jwks.json',
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
    '/data-export',
    '/events',
    '/graphiql',
    '/graphiql/*',
    '/graphiql/settings.json',
    '/graphql',
    '/oauth/*',
    '/p/:id',
    '/passkeys',
    '/reset-password',
    '/unsubscribe',
    '/verify-email',
  ]);
});

describe.each(METHODS)('every response to %s', (method) => {
  it.each([
    ['a program', { accept: 'application/json' }],
    ['a browser', { accept: 'text/html,*/*;q=0.8', 'accept-language': `${MARK},de;q=0.9`, 'sec-fetch-site': 'none' }],
    ['a page of another site', { origin: `https://${MARK}.example`, 'sec-fetch-site': 'cross-site' }],
    ['a page without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a client with headers of its own', { cookie: `session=${MARK}`, 'user-agent': MARK, 'x-request-id': MARK }],
    ['a client that is no one', { authorization: `Bearer ${MARK}`, 'idempotency-key': `"${MARK}"` }],
    ['a client that claims another host', { 'x-forwarded-host': MARK, forwarded: `host=${MARK}`, host: MARK }],
  ])('protects %s', async (_who, headers) => {
    for (const path of paths) {
      for (const search of ['', `?query=${MARK}`]) {
        const response = await send(method, `${path}${search}`, headers);
        expect(response.status, path).toBeLessThan(504);
        expect(response.status, path).not.toBe(500);
        expect({ path, faults: faultsOf(response) }).toEqual({ path, faults: [] });
      }
    }
  });
});

it('a stream of events protects its reader, too', async () => {
  const abort = new AbortController();
  const query = encodeURIComponent(LISTEN);
  for (const document of [query, 'subscription{nonsense}']) {
    const response = await fetch(`${gateway.url}/events?query=${document}`, {
      headers: { authorization: `Bearer ${await gateway.tokens.sign()}` },
      signal: abort.signal,
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(faultsOf({ status: 200, headers: Object.fromEntries(response.headers), body: ' ' })).toEqual([]);
  }
  abort.abort();
});

it('a client that sends its headers byte by byte is disconnected', async () => {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /graphql HTTP/1.1\r\nhost: a\r\nx: ');
  const dripping = setInterval(() => socket.write('a'), 200);
  const received = await text(socket).finally(() => clearInterval(dripping));
  expect(received).toMatch(/^HTTP\/1\.1 408 /);
});

it.each([
  '/%ff',
  '/p/%',
  `/p/${'7'.repeat(300)}`,
  '//evil.example/',
  '//evil.example/%2e%2e',
  '/\\evil.example',
  '/%5cevil.example',
  '/graphiql/%0d%0aset-cookie:%20a=b',
  '/graphiql//evil.example',
  '/graphiql/../../package.json',
  '/graphiql/%2e%2e/%2e%2e/package.json',
  '/p/%0d%0alocation:%20https://evil.example',
  '/p/https:%2f%2fevil.example',
  '/verify-email?next=https://evil.example',
  '/?url=//evil.example',
])('an address that leads astray is harmless: %s', async (path) => {
  const response = await send('GET', path, { accept: 'text/html' });
  expect(faultsOf(response)).toEqual([]);
  expect(response.body).not.toContain('evil.example"');
  expect(response.body).not.toContain('"workspaces"');
});

describe('a request line of another form', () => {
  const rest = 'connection: close\r\n\r\n';

  it.each([
    ['a whole address', 'GET http://evil.example/graphiql HTTP/1.1\r\nhost: evil.example'],
    ['a whole address without a path', 'GET http://evil.example HTTP/1.1\r\nhost: evil.example'],
    ['a path that may be a host', 'GET //evil.example/graphiql/ HTTP/1.1\r\nhost: 127.0.0.1'],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nhost: 127.0.0.1'],
    ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443'],
    ['another scheme', 'GET file:///etc/passwd HTTP/1.1\r\nhost: 127.0.0.1'],
    ['a change to HTTP/2', 'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQ'],
    [
      'a change to a socket',
      'GET /events HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nsec-websocket-version: 13',
    ],
    ['HTTP/2 itself', 'PRI * HTTP/2.0'],
    ['HTTP/0.9', 'GET /'],
    ['two hosts', 'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: evil.example'],
    ['a tab instead of a space', 'GET\t/graphiql\tHTTP/1.1\r\nhost: 127.0.0.1'],
  ])('reaches nothing else: %s', async (_what, head) => {
    for (const response of await sendRaw(`${head}\r\n${rest}`)) {
      if (!response.status) continue;
      expect(response.status).not.toBe(101);
      expect(response.status).toBeLessThan(500);
      expect(faultsOf(response)).toEqual([]);
      expect(response.body).not.toContain('root:');
    }
  });
});

describe('a mutation', () => {
  beforeEach(() => {
    gateway.stub.ran.length = 0;
  });

  it('runs if it is sent as JSON, with the token in its header', async () => {
    const token = await gateway.tokens.sign();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    await send('POST', '/graphql', headers, JSON.stringify({ query: MUTATION }));
    expect(gateway.stub.ran).toEqual(['count']);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', new URLSearchParams({ query: MUTATION }).toString()],
    [
      'a form with a file',
      'multipart/form-data; boundary=x',
      `--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n${MUTATION}\r\n--x--\r\n`,
    ],
    [
      'a multipart request of GraphQL',
      'multipart/form-data; boundary=x',
      `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: MUTATION })}\r\n--x--\r\n`,
    ],
    ['JSON that is called text', 'text/plain', JSON.stringify({ query: MUTATION })],
    ['JSON in a parameter of text', 'text/plain; a=application/json', JSON.stringify({ query: MUTATION })],
    ['JSON after text', 'text/plain, application/json', JSON.stringify({ query: MUTATION })],
    ['a document', 'application/graphql', MUTATION],
    ['JSON without a type', '', JSON.stringify({ query: MUTATION })],
    ['JSON with padding', 'text/plain', `{"query":"${MUTATION}","x":"=y"}`],
  ])('does not run on any route as %s', async (_what, type, body) => {
    for (const path of paths)
      for (const origin of ['null', 'https://evil.example', gateway.url])
        for (const method of METHODS) {
          const headers = { ...(type && { 'content-type': type }), origin, 'sec-fetch-site': 'cross-site' };
          // Node adds no length to methods that seldom have a body.
          await send(method, path, { ...headers, 'content-length': String(Buffer.byteLength(body)) }, body);
        }
    expect(gateway.stub.ran).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['by itself', {}],
    ['from the same site', { 'sec-fetch-site': 'same-origin' }],
    ['with another method in a header', { 'x-http-method-override': 'POST', 'x-http-method': 'POST' }],
    ['with the header of a preflight', { 'apollo-require-preflight': 'true' }],
  ])('does not run on any route from an address, %s', async (_how, headers) => {
    const token = await gateway.tokens.sign();
    for (const path of paths)
      for (const name of ['query', '_method=POST&query'])
        for (const method of METHODS.filter((one) => one !== 'POST'))
          await send(method, `${path}?${name}=${encodeURIComponent(MUTATION)}`, {
            ...headers,
            authorization: `Bearer ${token}`,
          });
    expect(gateway.stub.ran).toEqual([]);
  });
});

describe('an access token', () => {
  const query = '{ me { username } }';
  const ask = async (headers: Record<string, string>, search = '', more: object = {}) => {
    const type = { 'content-type': 'application/json' };
    const { body } = await send(
      'POST',
      `/graphql${search}`,
      { ...type, ...headers },
      JSON.stringify({ query, ...more }),
    );
    return JSON.parse(body).data?.me ?? null;
  };

  it('counts in its header, and nowhere else', async () => {
    const token = await gateway.tokens.sign();
    expect(await ask({ authorization: `Bearer ${token}` })).toEqual({ username: 'me' });
    for (const name of ['token', 'access_token', 'accessToken', 'session', 'sid', 'authorization', 'jwt']) {
      expect(await ask({ cookie: `${name}=${token}; __Host-${name}=${token}` })).toBeNull();
      expect(await ask({ [`x-${name.replace('_', '-')}`]: token })).toBeNull();
      expect(await ask({}, `?${name}=${token}`)).toBeNull();
      expect(await ask({}, '', { [name]: token, extensions: { [name]: token } })).toBeNull();
    }
  });

  it('is not taken from the address of a stream of events', async () => {
    const token = await gateway.tokens.sign();
    for (const name of ['token', 'access_token', 'authorization']) {
      const search = new URLSearchParams({ query: LISTEN, [name]: token });
      expect((await send('GET', `/events?${search}`, { cookie: `${name}=${token}` })).status).toBe(401);
    }
  });

  it('is not taken from what a proxy or another client may add', async () => {
    for (const name of ['x-user-id', 'x-viewer', 'x-tintype-viewer', 'x-forwarded-user', 'remote-user', 'x-identity'])
      expect(await ask({ [name]: '42' })).toBeNull();
  });
});

describe('a request that two servers may read in two ways', () => {
  const head = (path: string) => `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n`;
  const smuggled = `GET /.well-known/jwks.json HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`;
  const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  const query = JSON.stringify({ query: MUTATION });

  it.each([
    ['two lengths', `content-length: 0\r\ncontent-length: ${smuggled.length}\r\n\r\n${smuggled}`],
    ['the same length twice', `content-length: 3\r\ncontent-length: 3\r\n\r\n{} ${smuggled}`],
    ['lengths in one header', `content-length: 0, ${smuggled.length}\r\n\r\n${smuggled}`],
    ['a length and chunks', `content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n${chunked(query)}${smuggled}`],
    ['chunks and a length', `transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n${chunked(query)}${smuggled}`],
    [
      'an encoding that is not chunked last',
      `transfer-encoding: chunked, identity\r\n\r\n${chunked(query)}${smuggled}`,
    ],
    ['an unknown encoding', `transfer-encoding: xchunked\r\n\r\n${chunked(query)}${smuggled}`],
    ['a name with a space', `content-length : 0\r\n\r\n${smuggled}`],
    ['a header that continues on the next line', `transfer-encoding:\r\n chunked\r\n\r\n${chunked(query)}${smuggled}`],
    ['a negative length', `content-length: -1\r\n\r\n${smuggled}`],
    ['a length with a sign', `content-length: +3\r\n\r\n{} ${smuggled}`],
    ['a length in hexadecimal', `content-length: 0x3\r\n\r\n{} ${smuggled}`],
    ['a line that ends early', `x: a\ncontent-length: 3\r\n\r\n{} ${smuggled}`],
    ['a null character', `x: a\0b\r\ncontent-length: 0\r\n\r\n${smuggled}`],
    ['a chunk that is longer than its length', `transfer-encoding: chunked\r\n\r\n2\r\n{}{}\r\n0\r\n\r\n${smuggled}`],
    ['an endless chunk length', `transfer-encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\n{}\r\n0\r\n\r\n${smuggled}`],
  ])('is refused, and what follows it is not read: %s', async (_what, rest) => {
    for (const path of ['/graphql', '/events']) {
      const before = gateway.stub.ran.length;
      const responses = await sendRaw(`${head(path)}${rest}`);
      expect(responses.map(({ status }) => status)).toEqual([400]);
      expect(faultsOf(responses[0]!)).toEqual([]);
      expect(responses[0]!.headers.connection).toBe('close');
      expect(gateway.stub.ran).toHaveLength(before);
    }
  });
});

it('no key of an object changes what objects have', async () => {
  const token = await gateway.tokens.sign();
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    const polluting = `{"${key}":{"isAdmin":true,"prototype":{"isAdmin":true}}}`;
    for (const body of [
      `{"query":"{ me { username } }","${key}":{"isAdmin":true,"prototype":{"isAdmin":true}}}`,
      `{"query":"query ($${key}: String!) { user(username: $${key}) { username } }","variables":{"${key}":"a"}}`,
      `{"query":"{ me { username } }","variables":${polluting}}`,
      `{"query":"{ me { username } }","extensions":${polluting}}`,
      `{"query":"{ me { username } }","extensions":{"persistedQuery":${polluting}}}`,
      `{"query":"{ ${key}: me { ${key}: username } }"}`,
      `{"query":"query ${key} { me { username } }","operationName":"${key}"}`,
    ]) {
      const { status } = await send('POST', '/graphql', headers, body);
      expect([200, 400], body).toContain(status);
      expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
      expect(Object.hasOwn(Function.prototype, 'isAdmin')).toBe(false);
    }
    await send('GET', `/graphql?query={me{id}}&variables=${encodeURIComponent(polluting)}`, headers);
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
  }
});
