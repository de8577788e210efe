import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_BYTES, UNREAD } from '#limits/limits.ts';
import { JSON_LEVELS } from '#server/json-value.rules.ts';
import { type StubGateway, startStubGateway } from './stub/gateway.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';

const BODIES = 1_500;
const JSON_TYPE = { 'content-type': 'application/json' };
const PLAIN_QUERY = '{ me { id } }';

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

type Refusal = { status: number; code: string | undefined; message: string | undefined };

async function post(body: Buffer, headers: Record<string, string> = JSON_TYPE, path = '/graphql'): Promise<Refusal> {
  const response = await fetch(`${gateway.url}${path}`, { method: 'POST', headers, body: new Uint8Array(body) });
  return refusalOf(response.status, await response.text());
}

function refusalOf(status: number, text: string): Refusal {
  const [error] = JSON.parse(text).errors ?? [];
  return { status, code: error?.extensions.code, message: error?.message };
}

describe('a refused body gets the reason', () => {
  const name = (value: string | Buffer): Buffer => {
    const query = 'query ($name: String!) { user(username: $name) { id } }';
    const [head, tail] = JSON.stringify({ query, variables: { name: '@' } }).split('"@"');
    return Buffer.concat([Buffer.from(head!), Buffer.from(value), Buffer.from(tail!)]);
  };
  const deep = '['.repeat(40_000) + ']'.repeat(40_000);

  it.each([
    ['a byte that UTF-8 does not have', name(Buffer.from([0x22, 0xff, 0x22])), /not valid UTF-8/],
    ['a character that is cut off', name(Buffer.from([0x22, 0xe2, 0x82, 0x22])), /not valid UTF-8/],
    ['a longer form than is needed', name(Buffer.from([0x22, 0xc0, 0xaf, 0x22])), /not valid UTF-8/],
    ['half of a pair, in three bytes', name(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), /not valid UTF-8/],
    ['half of a pair, as an escape', name('"\\ud800"'), /half of a surrogate pair/],
    ['half of a pair in a key', Buffer.from('{"query":"{ me { id } }","\\udc00":1}'), /half of a surrogate pair/],
    ['__proto__', Buffer.from('{"query":"{ me { id } }","__proto__":{"a":1}}'), /the key __proto__/],
    ['__proto__, escaped and deeper', name('[{"__pr\\u006fto__":null}]'), /the key __proto__/],
    ['too many levels', name(deep), /more than 64 levels/],
    ['nothing', Buffer.alloc(0), /is empty/],
    ['what is no JSON', Buffer.from('{"query":'), /not JSON/],
    ['a batch', Buffer.from('[{"query":"{ me { id } }"}]'), /batches/],
    ['a text', Buffer.from('"{ me { id } }"'), /must be a JSON object/],
    ['a query that is a number', Buffer.from('{"query":7}'), /query must be a string/],
  ])('%s', async (_what, body, message) => {
    expect(await post(body)).toEqual({ status: 400, code: 'BAD_REQUEST', message: expect.stringMatching(message) });
  });

  it('a compressed one', async () => {
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' };
    const message = expect.stringMatching(/without compression/);
    expect(await post(name('"a"'), headers)).toEqual({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', message });
  });

  it('an address that is not encoded as addresses are', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write('GET /graphql%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    const text = await readAll(socket);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(refusalOf(400, text.slice(text.indexOf('{')))).toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('whatever it is made of', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(hostileBody, async (body) => {
        const refusal = await post(body);
        const reason = reasonAgainst(body);
        if (reason === OF_PARAMETERS)
          expect(refusal).not.toMatchObject({ message: expect.stringMatching(/^The body/) });
        else if (reason) expect(refusal).toEqual({ status: 400, code: 'BAD_REQUEST', message: reason });
        else expect(refusal).toEqual({ status: 200, code: undefined, message: undefined });
        expect(refusal.status).toBeLessThan(500);
      }),
      { numRuns: BODIES },
    );
  });
});

/** Problematic texts: halves of surrogate pairs, separators, names of built-in properties. */
const part = fc.constantFrom(
  ...['\ud800', '\udfff', '\u{1f3c3}', '\0', '"', '\\', '\u2028', '\ufeff', 'a', 'é', '__proto__', 'constructor'],
  ...['prototype', 'toString', 'hasOwnProperty', 'length', 'query', 'id'],
);
const text = fc.array(part, { maxLength: 3 }).map((parts) => parts.join(''));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, text, fc.double(), fc.boolean(), fc.constant(null), tie('list'), tie('record')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  // Written as text: an object literal cannot have the same key twice, nor `__proto__` as a key.
  record: fc.array(fc.tuple(text, tie('value')), { maxLength: 3 }).map((entries) => new Pairs(entries)),
}));
class Pairs {
  readonly entries: readonly (readonly [string, unknown])[];
  constructor(entries: readonly (readonly [string, unknown])[]) {
    this.entries = entries;
  }
}

function write(one: unknown): string {
  if (one instanceof Pairs)
    return `{${one.entries.map(([key, inner]) => `${JSON.stringify(key)}:${write(inner)}`).join(',')}}`;
  return Array.isArray(one) ? `[${one.map(write).join(',')}]` : JSON.stringify(one);
}

const request = fc
  .tuple(fc.array(fc.tuple(text, value), { maxLength: 2 }), value, fc.nat(2 * JSON_LEVELS))
  .map(([more, inner, levels]) => {
    const record = new Pairs([
      ...more.filter(([key]) => key !== 'query'),
      ['query', PLAIN_QUERY],
      ['variables', new Pairs([['more', inner]])],
      ['deep', new Pairs([['a', 0]])],
    ]);
    return write(record).replace('{"a":0}', '['.repeat(levels) + ']'.repeat(levels));
  });
/** Bodies that are valid, or have bytes inserted, cut off or prepended. */
const hostileBody = fc.oneof(
  { weight: 6, arbitrary: request.map((body) => Buffer.from(body)) },
  { weight: 1, arbitrary: value.map((body) => Buffer.from(write(body))) },
  { weight: 1, arbitrary: request.map((body) => Buffer.from(`\ufeff${body}`)) },
  {
    weight: 3,
    arbitrary: fc.tuple(request, fc.nat(), fc.uint8Array({ maxLength: 3 }), fc.nat(3)).map(([body, at, bytes, cut]) => {
      const whole = Buffer.from(body);
      const cutAt = at % (whole.length + 1);
      return Buffer.concat([whole.subarray(0, cutAt), bytes, whole.subarray(cutAt + cut)]);
    }),
  },
);

/** The reason for a cut body that is still an object. Its parameters are checked elsewhere. */
const OF_PARAMETERS = Symbol('parameters');

/** The reason why a body is refused, found independently of the gateway; null if it must be accepted. */
function reasonAgainst(body: Buffer): unknown {
  if (body.length === 0) return 'The body is empty.';
  if (!isUtf8(body)) return 'The body is not valid UTF-8.';
  let hasPrototype = false;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString().replace(/^\ufeff/, ''), function (key, inner) {
      hasPrototype ||= key === '__proto__' && Object.hasOwn(this as object, key);
      return inner;
    });
  } catch {
    return 'The body is not JSON.';
  }
  const reasons: RegExp[] = [];
  if (hasPrototype) reasons.push(/the key __proto__/);
  // JSON writes it as an escape, because UTF-8 cannot encode it.
  if (/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(parsed))) reasons.push(/half of a surrogate pair/);
  if (levelsOf(parsed) > JSON_LEVELS) reasons.push(/more than 64 levels/);
  if (reasons.length > 0) return expect.stringMatching(new RegExp(reasons.map(({ source }) => source).join('|')));
  if (Array.isArray(parsed)) return 'Send one operation per request: batches are not supported.';
  if (typeof parsed !== 'object' || parsed === null) return 'The body must be a JSON object.';
  const { query, variables } = parsed as Record<string, unknown>;
  return query === PLAIN_QUERY && typeof variables === 'object' && !Array.isArray(variables) ? null : OF_PARAMETERS;
}

/** The depth of brackets, in JSON without strings. */
function levelsOf(parsed: unknown): number {
  let open = 0;
  let most = 0;
  for (const bracket of JSON.stringify(parsed).replaceAll(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (bracket === '[' || bracket === '{') most = Math.max(most, ++open);
    if (bracket === ']' || bracket === '}') open--;
  }
  return most;
}

describe('a body that is not read', () => {
  const large = Buffer.alloc(2 * 1024 * 1024, ' ');

  it.each([
    ['too large', JSON_TYPE, '/graphql', 413, 'BODY_TOO_LARGE'],
    ['of another type', { 'content-type': 'image/jpeg' }, '/graphql', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['for nothing that is there', { 'content-type': 'image/jpeg' }, '/upload', 404, 'NOT_FOUND'],
    ['for listening', JSON_TYPE, '/events', 413, 'BODY_TOO_LARGE'],
  ])('%s is answered to every client', async (_what, headers, path, status, code) => {
    const pool = new Pool(gateway.url);
    for (let n = 0; n < 5; n++) {
      expect(await post(large, headers, path), 'fetch').toMatchObject({ status, code });
      const answer = await pool.request({ method: 'POST', path, headers, body: large });
      expect(refusalOf(answer.statusCode, await answer.body.text()), 'undici').toMatchObject({ status, code });
      expect(refusalOf(...(await postInChunks(large, headers, path))), 'node:http').toMatchObject({ status, code });
    }
    await pool.close();
  });

  it('keeps the connection usable', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    const head = (length: number, connection: string) =>
      `POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: ${connection}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
    const body = JSON.stringify({ query: PLAIN_QUERY });
    socket.write(head(large.length, 'keep-alive'));
    socket.write(large);
    socket.write(head(body.length, 'close'));
    socket.write(body);
    const statuses = [...(await readAll(socket)).matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
    expect(statuses).toEqual(['413', '200']);
  });

  it('is waited for a while only', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: image/jpeg\r\ncontent-length: ${2 * BODY_BYTES}\r\n\r\nx`,
    );
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 415 /);
  });

  it('is cut off if it never ends', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    let sent = 0;
    // The connection is reset while the client is still sending.
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const send = () => {
      while (socket.writable) {
        sent += 0x10000;
        if (!socket.write(chunk)) return;
      }
    };
    socket.on('drain', send);
    socket.resume();
    send();
    await closed;
    expect(sent).toBeGreaterThan(UNREAD.bytes);
  });
});

async function readAll(socket: Socket): Promise<string> {
  let read = '';
  for await (const chunk of socket) read += chunk;
  return read;
}

/** Sends without a length, and reads the response after everything is sent, as simple clients do. */
async function postInChunks(body: Buffer, headers: Record<string, string>, path: string): Promise<[number, string]> {
  const sending = httpRequest(`${gateway.url}${path}`, { method: 'POST', headers, agent: false });
  const answered = once(sending, 'response');
  for (let at = 0; at < body.length; at += 0x10000) sending.write(body.subarray(at, at + 0x10000));
  sending.end();
  await once(sending, 'finish');
  const [response] = await answered;
  let read = '';
  for await (const chunk of response) read += chunk;
  return [response.statusCode, read];
}
