import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { createLog } from '@tintype/telemetry';
import { createEnvironment, type Environment, eventually } from '@tintype/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createPostgresIndex } from '#postgres/postgres.index.ts';
import { createFallbackIndex } from '#search-index/fallback-index.ts';
import { PUBLIC_FILTER, type SearchIndex } from '#search-index/search-index.ts';
import { parseQuery } from '#text/query.rules.ts';
import { createTypesenseIndex } from '#typesense/typesense.index.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '#typesense/typesense-clients.ts';
import { person } from './documents.ts';
import { startTypesenseStub, type TypesenseStub } from './typesense-stub/stub-server.ts';

const SOON_MS = 300;
/** Longer than a test takes: the breaker stays open. */
const NEVER_MS = 600_000;
/** A generous timeout, for servers that respond on a busy machine. */
const PATIENT_MS = 30_000;

describe('Typesense with Postgres as a fallback', () => {
  let environment: Environment;
  let postgres: SearchIndex;
  let stub: TypesenseStub;
  let typesense: ReturnType<typeof createTypesenseIndex>;
  /** With the timeout of production. */
  let impatient: typeof typesense;
  let index: ReturnType<typeof createFallbackIndex>;
  let lines: { level: string; msg: string }[];
  /** Errors of searches in Typesense. */
  let failures: Error[];

  beforeAll(async () => {
    environment = await createEnvironment();
    postgres = createPostgresIndex({ pool: environment.database.pool });
    await postgres.ensure();
    await postgres.upsert('users', [person(1, 'maren')]);
  });
  afterAll(() => environment?.close());

  beforeEach(async () => {
    stub = await startTypesenseStub();
    typesense = createTypesenseIndex({ ...address(), readTimeoutMs: PATIENT_MS });
    impatient = createTypesenseIndex(address());
    failures = [];
    await typesense.ensure();
    await typesense.upsert('users', [person(1, 'maren', { displayName: 'of Typesense' })]);
    lines = [];
    index = open(typesense);
  });
  afterEach(async () => {
    await typesense.close();
    await impatient.close();
    await stub.close();
  });

  const address = () => ({ urls: [stub.url], apiKey: stub.apiKey, namespace: '' });

  function open(first: SearchIndex, resetMs = NEVER_MS) {
    const log = createLog({ name: 'test' }).child({});
    const note = (level: string) => (fields: unknown, text?: string) => {
      lines.push({ level, msg: text ?? String(fields) });
    };
    Object.assign(log, { warn: note('warn'), info: note('info'), debug: () => undefined });
    return createFallbackIndex({
      typesense: {
        ...first,
        search: (...asked) =>
          first.search(...asked).catch((error) => {
            failures.push(error);
            throw error;
          }),
      },
      postgres,
      enqueue: async () => undefined,
      isBehind: () => false,
      log,
      resetMs,
    });
  }

  /** The driver that answered. */
  async function ask(asked: SearchIndex = index): Promise<string> {
    const request = { query: parseQuery('maren'), viewerFilter: PUBLIC_FILTER, offset: 0, limit: 20 };
    const [found] = (await asked.search(['users'], request)).users;
    return found?.document.displayName === 'of Typesense' ? 'typesense' : found ? 'postgres' : 'nobody';
  }

  const times = async (count: number, asked: SearchIndex = index) => {
    const answers = [];
    for (let time = 0; time < count; time++) answers.push(await ask(asked));
    return answers;
  };

  test('uses Typesense as long as it answers', async () => {
    expect(await times(3)).toEqual(['typesense', 'typesense', 'typesense']);
    expect(lines).toEqual([]);
  });

  const searches = () => stub.requests.filter(({ path }) => path === '/multi_search').length;

  test('a server that hangs costs a second once, and then nothing', async () => {
    const waiting = open(impatient);
    stub.mode = 'hang';
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(waiting)));
    expect(answers).toEqual(Array(8).fill('postgres'));
    expect(failures).toHaveLength(8);
    for (const failure of failures) expect(failure.message).toBe(`There was no answer within ${READ_TIMEOUT_MS} ms.`);
    expect(await times(3, waiting)).toEqual(Array(3).fill('postgres'));
    expect(searches()).toBe(8);
    expect(lines).toEqual([{ level: 'warn', msg: 'Typesense does not respond. Postgres answers searches.' }]);
  });

  test('a server that hung is asked again when it answers', async () => {
    let asked: SearchIndex = impatient;
    const returning = open({ ...impatient, search: (...search) => asked.search(...search) }, SOON_MS);
    stub.mode = 'hang';
    expect(await ask(returning)).toBe('postgres');
    stub.mode = 'ok';
    asked = typesense;
    await eventually(async () => expect(await ask(returning)).toBe('typesense'));
    expect(lines.map(({ msg }) => msg)).toEqual([
      'Typesense does not respond. Postgres answers searches.',
      'Typesense responds again.',
    ]);
  });

  test('a failed probe opens the circuit again, at the cost of one search', async () => {
    const trying = open(impatient, SOON_MS);
    stub.mode = 'fail';
    await times(5, trying);
    const asked = searches();
    stub.mode = 'hang';
    await eventually(async () => {
      expect(await Promise.all(Array.from({ length: 10 }, () => ask(trying)))).toEqual(Array(10).fill('postgres'));
      expect(searches() - asked).toBe(1);
    });
    expect(lines).toEqual([{ level: 'warn', msg: 'Typesense does not respond. Postgres answers searches.' }]);
  });

  test('server errors are answered by Postgres, without a retry', async () => {
    stub.mode = 'fail';
    expect(await times(10)).toEqual(Array(10).fill('postgres'));
    // Five failures open the breaker.
    expect(failures).toHaveLength(5);
    expect(searches()).toBe(5);
  });

  test('a refused connection costs nothing', async () => {
    await stub.close();
    expect(await times(10)).toEqual(Array(10).fill('postgres'));
    expect(failures).toHaveLength(5);
    for (const failure of failures) expect(failure).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a server that accepts connections and does not answer costs at most a second', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const deaf = createTypesenseIndex({ urls: [`http://127.0.0.1:${port}`], apiKey: 'any', namespace: '' });
    const asked = open(deaf);
    expect(await ask(asked)).toBe('postgres');
    expect(failures.map(({ message }) => message)).toEqual([`There was no answer within ${READ_TIMEOUT_MS} ms.`]);
    expect(await deaf.healthy()).toBe(false);
    // An import, which the client never cancels by itself.
    await expect(deaf.upsert('users', [person(1, 'maren')])).rejects.toThrow(
      `There was no answer within ${WRITE_TIMEOUT_MS} ms.`,
    );
    await deaf.close();
    silent.close();
  });

  test('a server without the collection, such as one that lost its disk, does not give empty results', async () => {
    await typesense.close();
    await stub.close();
    stub = await startTypesenseStub();
    typesense = createTypesenseIndex({ ...address(), readTimeoutMs: PATIENT_MS });
    const asked = open(typesense);
    expect(await ask(asked)).toBe('postgres');
  });

  test('a wrong key is handled like other errors', async () => {
    const locked = createTypesenseIndex({ urls: [stub.url], apiKey: 'wrong', namespace: '' });
    const asked = open(locked);
    expect(await ask(asked)).toBe('postgres');
    await expect(locked.upsert('users', [person(1, 'maren')])).rejects.toThrow(/valid/);
    await locked.close();
  });

  test('a kept-alive connection that the server has closed is not a failure', async () => {
    let answered = 0;
    const closing = createServer((socket) => {
      let asked = 0;
      socket.on('data', () => {
        asked++;
        // Like a server that closes an idle connection just when it is used again.
        if (asked > 1) return socket.destroy();
        answered++;
        const body = '{"ok":true}';
        const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
        socket.write(`${head}\r\n\r\n${body}`);
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
    const { port } = closing.address() as { port: number };
    const picky = createTypesenseIndex({ urls: [`http://127.0.0.1:${port}`], apiKey: 'any', namespace: '' });
    for (let asked = 0; asked < 5; asked++) expect(await picky.healthy()).toBe(true);
    expect(answered).toBe(5);
    await picky.close();
    closing.close();
  });

  test('errors contain neither the search, nor the documents, nor the key', async () => {
    stub.mode = 'fail';
    const viewerFilter = { hiddenIds: ['secretperson'], privateIds: [] };
    const request = { query: parseQuery('secretperson'), viewerFilter, offset: 0, limit: 20 };
    const refused = [
      await typesense.upsert('users', [person(1, 'secretperson')]).catch((error: Error) => error),
      await typesense.search(['users'], request).catch((error: Error) => error),
    ];
    for (const failure of refused) {
      expect(failure).toBeInstanceOf(Error);
      const text = inspect(failure, { depth: 10, showHidden: true });
      expect(text).toContain('503');
      expect(text).not.toContain('secretperson');
      expect(text).not.toContain(stub.apiKey);
    }
  });

  test('one dead node of several fails a search only once in a while', async () => {
    const both = createTypesenseIndex({ urls: ['http://127.0.0.1:9', stub.url], apiKey: stub.apiKey, namespace: '' });
    const asked = open(both);
    // The client's clock is stopped, so that the pause of the dead node does not end.
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const answers = await times(10, asked);
    expect(answers.filter((by) => by === 'postgres').length).toBeLessThanOrEqual(1);
    await both.close();
  });
});
