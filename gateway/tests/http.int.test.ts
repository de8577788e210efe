import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { withRequest } from '@tintype/graphql';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '#errors/errors.ts';
import { type StubGateway, startStubGateway } from './stub/gateway.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';

let redis: OwnRedis;
let gateway: StubGateway;
let production: StubGateway;

beforeAll(async () => {
  redis = await startOwnRedis();
  gateway = await startStubGateway({ redis: redis.handle });
  production = await startStubGateway({
    redis: redis.handle,
    config: { nodeEnv: 'production', introspection: false, explorer: false },
  });
});

afterAll(async () => {
  await gateway?.close();
  await production?.close();
  await redis?.close();
});

async function post(body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, code: codeOf(text) };
}

function codeOf(text: string): string | undefined {
  return JSON.parse(text).errors?.[0].extensions.code;
}

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => `${gateway.url}/graphql`, fetchFn: fetch });

  it('is audited', () => expect(audits.length).toBeGreaterThan(50));

  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    const result = await audit.fn();
    expect(result.status, 'reason' in result ? result.reason : '').toBe('ok');
  });

  it.each([
    ['what is no GraphQL', '{ me {', 'GRAPHQL_PARSE_FAILED'],
    ['a document without an operation', 'fragment F on User { id }', 'OPERATION_RESOLUTION_FAILURE'],
    ['an operation that is not named', 'query A { me { id } } query B { me { id } }', 'OPERATION_RESOLUTION_FAILURE'],
    ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing variable', 'query ($name: String!) { user(username: $name) { id } }', 'BAD_USER_INPUT'],
  ])('has the status that the media type wants for %s', async (_what, query, code) => {
    const body = JSON.stringify({ query });
    const json = await post(body);
    const accept = 'application/graphql-response+json';
    const response = await post(body, { 'content-type': 'application/json', accept });
    expect([json.status, response.status]).toEqual([200, 400]);
    expect([json.code, response.code]).toEqual([code, code]);
    expect(response.headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
    expect(JSON.parse(json.text)).not.toHaveProperty('data');
  });

  it('runs nothing if the client does not accept the response', async () => {
    const ran = gateway.stub.ran.length;
    const answer = await gateway.ask('mutation { count }', { headers: { accept: 'text/html' } });
    expect(answer).toMatchObject({ status: 406, errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] });
    expect(gateway.stub.ran.length).toBe(ran);
  });
});

describe('bad input', () => {
  it.each([
    ['a body that is not JSON', '{"query":', 400, 'BAD_REQUEST'],
    ['an empty body', '', 400, 'BAD_REQUEST'],
    ['no query', '{}', 400, 'BAD_REQUEST'],
    ['a query that is no text', '{"query":7}', 400, 'BAD_REQUEST'],
    ['variables that are no object', '{"query":"{ me { id } }","variables":[1]}', 400, 'BAD_REQUEST'],
    ['a batch', '[{"query":"{ me { id } }"},{"query":"{ me { id } }"}]', 400, 'BAD_REQUEST'],
    [
      'a body of 101 KB',
      JSON.stringify({ query: '{ me { id } }', more: 'x'.repeat(101 * 1024) }),
      413,
      'BODY_TOO_LARGE',
    ],
  ])('is refused: %s', async (_what, body, status, code) => {
    expect(await post(body)).toMatchObject({ status, code });
  });

  it('is refused: forms and plain text, which a page elsewhere may send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const body = 'query={ me { id } }';
      expect(await post(body, { 'content-type': type })).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    }
    expect(await post('{"query":"{ me { id } }"}', {})).toMatchObject({ status: 415 });
  });

  it('is refused: a GET of a page elsewhere that no preflight let, and a mutation by GET', async () => {
    const ask = async (search: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${gateway.url}/graphql?${search}`, { headers });
      return [response.status, codeOf(await response.text())];
    };
    const query = 'query={me{id}}';
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'sec-fetch-site': site };
      expect(await ask(query, headers)).toEqual([400, 'BAD_REQUEST']);
      expect(await ask(query, { ...headers, 'apollo-require-preflight': 'true' })).toEqual([200, undefined]);
    }
    expect(await ask(query, { 'sec-fetch-site': 'same-origin' })).toEqual([200, undefined]);
    expect(await ask('query=mutation{count}')).toEqual([405, 'METHOD_NOT_ALLOWED']);
    // Whatever the body is, or without one.
    for (const body of [undefined, '', 'no JSON', '{"query":"{ me { id } }"}']) {
      const headers = { 'content-type': 'application/json' };
      const put = await fetch(`${gateway.url}/graphql`, {
        method: 'PUT',
        headers,
        ...(body !== undefined && { body }),
      });
      expect([put.status, codeOf(await put.text())]).toEqual([405, 'METHOD_NOT_ALLOWED']);
      expect(put.headers.get('allow')).toBe('GET, POST');
    }
  });

  it('is accepted: pairs, literal and escaped', async () => {
    for (const name of ['"\u{1F3C3}"', '"\\ud83c\\udfc3"']) {
      const body = `{"query":"query ($name: String!) { user(username: $name) { username } }","variables":{"name":${name}}}`;
      expect((await post(body)).text).toContain('\u{1F3C3}');
    }
  });

  it('is refused: a host that is none', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    const body = '{"query":"{ me { id } }"}';
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: [[\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('answers unknown paths with JSON', async () => {
    const response = await fetch(`${gateway.url}/nothing?here=1`);
    expect([response.status, codeOf(await response.text())]).toEqual([404, 'NOT_FOUND']);
  });
});

describe('hostile documents', () => {
  const fragments = Array.from({ length: 24 }, (_, i) => `fragment F${i} on User{...F${i + 1} ...F${i + 1}}`).join(' ');
  const doubling = `{me{...F0}} ${fragments} fragment F24 on User{id}`;
  const nested = (levels: number) => `{me{${'posts{edges{node{author{'.repeat(levels)}id${'}}}}'.repeat(levels)}}}`;

  it.each([
    ['doubling fragments', doubling, 'QUERY_TOO_LARGE'],
    ['fragments in a circle', '{me{...A}} fragment A on User{...B} fragment B on User{...A}', 'FRAGMENT_CYCLE'],
    ['depth', nested(4), 'QUERY_TOO_DEEP'],
    [
      'cost',
      '{user(username:"a"){posts(first:100){edges{node{author{posts(first:100){edges{node{id}}}}}}}}}',
      'QUERY_TOO_COSTLY',
    ],
    ['aliases', `{${Array.from({ length: 20 }, (_, i) => `a${i}:me{b:id c:username}`).join(' ')}}`, 'TOO_MANY_ALIASES'],
    ['directives', `{me{id ${'@include(if:true)'.repeat(51)}}}`, 'TOO_MANY_DIRECTIVES'],
    ['root fields', `{${'me{id} '.repeat(21)}}`, 'TOO_MANY_ROOT_FIELDS'],
    ['tokens', `{me{${'id '.repeat(2100)}}}`, 'QUERY_TOO_LONG'],
    ['nested introspection', `{__schema{types${'{fields{type'.repeat(9)}{name}${'}}'.repeat(9)}}}`, 'QUERY_TOO_DEEP'],
  ])('are refused for %s', async (_what, query, code) => {
    const fetches = gateway.stub.identities.length;
    for (let again = 0; again < 2; again += 1) {
      expect(await gateway.ask(query)).toMatchObject({ status: 400, errors: [{ extensions: { code } }] });
    }
    expect(gateway.stub.identities.length).toBe(fetches);
  });

  it('are judged by the values of their variables', async () => {
    const query = `query($n: Int!) { user(username: "a") {
      posts(first: $n) { edges { node { media { altText } author { posts(first: $n) { edges { node { id } } } } } } } } }`;
    expect((await gateway.ask(query, { variables: { n: 5 } })).status).toBe(200);
    expect(await gateway.ask(query, { variables: { n: 100 } })).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'QUERY_TOO_COSTLY' } }],
    });
  });

  it('get three errors at most', async () => {
    const { errors } = await gateway.ask('{ a b c d e f g h i j }');
    expect(errors).toHaveLength(3);
  });
});

describe('errors', () => {
  it('have codes that the documentation explains', async () => {
    const text = await readFile(new URL('../../docs/limits.md', import.meta.url), 'utf8');
    expect(Object.keys(ERRORS).filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });

  it('that we caused are masked, with an id to report', async () => {
    const answer = await gateway.ask('{ broken }');
    expect(answer.errors).toEqual([
      {
        message: 'Something went wrong on our side.',
        path: ['broken'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: answer.headers.get('x-request-id') },
      },
    ]);
  });

  it('that the client caused keep their code, message and path, and nothing else', async () => {
    const { errors } = await gateway.ask('{ private again: badCursor }');
    expect(errors).toEqual([
      {
        message: 'Log in and send the access token as a bearer token.',
        path: ['private'],
        extensions: { code: 'UNAUTHENTICATED' },
      },
      { message: 'this cursor is not one of this list', path: ['again'], extensions: { code: 'BAD_CURSOR' } },
    ]);
  });

  it('of an unavailable subgraph are masked', async () => {
    const execute = async () => {
      throw new Error('connect ECONNREFUSED 10.0.0.7:4001');
    };
    const away = await startStubGateway({
      redis: redis.handle,
      parts: { subgraphs: withRequest(execute) },
    });
    const answer = await away.ask('{ me { id } }');
    await away.close();
    expect(answer.status).toBe(200);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(JSON.stringify(answer)).not.toMatch(/ECONNREFUSED|10\.0\.0\.7|people|stack/);
  });
});

describe('a request that takes too long', () => {
  it('gets 504 in time and stops the work of its subgraphs', async () => {
    const hasty = await startStubGateway({ redis: redis.handle, limits: { requestTimeoutMs: 200 } });
    const answer = await hasty.ask('{ slow(ms: 5000) }');
    expect(answer).toMatchObject({ status: 504, errors: [{ extensions: { code: 'TIMEOUT' } }] });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(hasty.stub.aborted).toBe(1);
    expect((await hasty.ask('{ me { id } }')).status).toBe(200);
    await hasty.close();
  });

  it('stops the work of its subgraphs when its client is gone', async () => {
    const { aborted: before, identities } = gateway.stub;
    const asked = identities.length;
    const aborted = new AbortController();
    const body = JSON.stringify({ query: '{ slow(ms: 30000) }' });
    const headers = { 'content-type': 'application/json' };
    const asking = fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body, signal: aborted.signal });
    const refused = expect(asking).rejects.toThrow();
    await expect.poll(() => identities.length).toBe(asked + 1);
    aborted.abort();
    await refused;
    await expect.poll(() => gateway.stub.aborted).toBe(before + 1);
  });
});

describe('persisted queries', () => {
  const persisted = async (hash: string, query?: string) => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: hash } };
    return post(JSON.stringify({ query, extensions }));
  };
  const query = '{ me { username } }';
  const hash = '5a4e1b6d5c7c0f2f0b1e9b1c8ee1f0ad2f5b7f5b3a9ba1ba1b1c9ec1b1c0d9ae';

  it('are answered by their hash once they were sent with their text', async () => {
    const right = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(query))).toString('hex');
    expect(await persisted(right)).toMatchObject({ status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' });
    expect((await persisted(right, query)).text).toContain('"me":null');
    expect((await persisted(right)).text).toContain('"me":null');
    expect(await persisted(hash, query)).toMatchObject({ status: 400, code: 'PERSISTED_QUERY_HASH_MISMATCH' });
  });
});

describe('production', () => {
  it('has no introspection, no explorer, no hints', async () => {
    const introspected = await production.ask('{ __schema { types { name } } }');
    expect(introspected.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    expect((await fetch(`${production.url}/graphiql`)).status).toBe(404);
    expect(await (await fetch(`${production.url}/`)).json()).toEqual({ graph: '/graphql' });
    expect((await production.ask('{ me { id } }')).data).toEqual({ me: null });
  });

  const input = { identifier: 'a', password: 'b' };
  it.each([
    ['a field', '{ me { usernam } }', {}],
    ['an argument', '{ user(usernam: "a") { id } }', {}],
    ['a type', '{ me { ... on Usr { id } } }', {}],
    ['a field of another type', '{ node: me { caption } }', {}],
    ['a fragment', '{ me { ...Par } } fragment Part on User { id }', {}],
    ['a directive', '{ me @skp(if: true) { id } }', {}],
    ['a field of an input', 'mutation { logIn(input: { identifer: "a", password: "b" }) { accessToken } }', {}],
    ['a type of a variable', 'query ($n: Strng!) { user(username: $n) { id } }', { n: 'a' }],
    [
      'a field in a variable',
      'mutation ($i: LogInInput!) { logIn(input: $i) { accessToken } }',
      { i: { ...input, identifer: 'a' } },
    ],
    [
      'a value of an enum in a variable',
      'query ($s: Size!) { user(username: "a") { avatar(size: $s) } }',
      { s: 'SMAL' },
    ],
    ['a value of an enum', '{ user(username: "a") { avatar(size: SMAL) } }', {}],
  ])('says nothing of the schema about a misspelt name of %s', async (_what, query, variables) => {
    const hinted = JSON.stringify(await gateway.ask(query, { variables }));
    const answer = JSON.stringify(await production.ask(query, { variables }));
    expect(answer).toContain('"errors"');
    expect(answer).not.toMatch(/did you mean/i);
    expect(hinted).toContain('"errors"');
  });

  it('sends security headers, and no answer that may be kept', async () => {
    const { headers } = await production.ask('{ me { id } }');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('the public port', () => {
  it('has the keys of access tokens, and neither health nor metrics', async () => {
    expect(await (await fetch(`${gateway.url}/.well-known/jwks.json`)).json()).toEqual(gateway.tokens.jwks);
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect((await fetch(`${gateway.url}${path}`)).status, path).toBe(404);
  });

  it('ends the request if its body arrives too slowly', { timeout: 60_000 }, async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n');
    const dripping = setInterval(() => socket.write(' '), 200);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(dripping);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });
});
