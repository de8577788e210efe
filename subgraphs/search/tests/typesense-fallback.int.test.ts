import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { createLog } from '@tintype/telemetry';
import { createEnvironment, type Environment, eventually } from '@tintype/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PUBLIC_AUDIENCE, type SearchIndex } from '#index-store/search-index.ts';
import { createPostgresIndex } from '#postgres/postgres.index.ts';
import { parseQuery } from '#text/query.rules.ts';
import { createFallbackIndex } from '#typesense/fallback-index.ts';
import { createTypesenseIndex } from '#typesense/typesense.index.ts';
import { person } from './documents.ts';
import { startTypesenseStub, type TypesenseStub } from './typesense-stub/stub-server.ts';

const RESET_MS = 300;
/** A time-out of a second and what a search in Postgres takes on a busy machine. */
const LONGEST_MS = 1900;
/** Shorter than the time-out: nobody waited for it. */
const QUICK_MS = 900;

describe('Typesense with Postgres behind it', () => {
  let environment: Environment;
  let postgres: SearchIndex;
  let stub: TypesenseStub;
  let typesense: ReturnType<typeof createTypesenseIndex>;
  let index: ReturnType<typeof createFallbackIndex>;
  let lines: { level: string; msg: string }[];

  beforeAll(async () => {
    environment = await createEnvironment();
    postgres = createPostgresIndex({ pool: environment.database.pool });
    await postgres.ensure();
    await postgres.upsert('users', [person(1, 'maren')]);
  });
  afterAll(() => environment?.close());

  beforeEach(async () => {
    stub = await startTypesenseStub();
    typesense = createTypesenseIndex({ urls: [stub.url], apiKey: stub.apiKey, namespace: '' });
    await typesense.ensure();
    await typesense.upsert('users', [person(1, 'maren', { displayName: 'of Typesense' })]);
    lines = [];
    index = open(typesense);
  });
  afterEach(async () => {
    index.close();
    await typesense.close();
    await stub.close();
  });

  function open(first: SearchIndex) {
    const log = createLog({ name: 'test' }).child({});
    const note = (level: string) => (fields: unknown, text?: string) => {
      lines.push({ level, msg: text ?? String(fields) });
    };
    Object.assign(log, { warn: note('warn'), info: note('info'), debug: () => undefined });
    return createFallbackIndex({
      typesense: first,
      postgres,
      note: async () => undefined,
      isBehind: () => false,
      log,
      resetMs: RESET_MS,
    });
  }

  /** Who answered, and how long it took. */
  async function ask(asked: SearchIndex = index): Promise<{ by: string; ms: number }> {
    const begin = performance.now();
    const request = { query: parseQuery('maren'), audience: PUBLIC_AUDIENCE, offset: 0, limit: 20 };
    const [found] = (await asked.search(['users'], request)).users;
    const by = found?.document.displayName === 'of Typesense' ? 'typesense' : found ? 'postgres' : 'nobody';
    return { by, ms: performance.now() - begin };
  }

  const times = async (count: number) => {
    const answers = [];
    for (let asked = 0; asked < count; asked++) answers.push(await ask());
    return answers;
  };

  test('asks Typesense as long as it answers', async () => {
    expect((await times(3)).map(({ by }) => by)).toEqual(['typesense', 'typesense', 'typesense']);
    expect(lines).toEqual([]);
  });

  test('a server that hangs costs a second, and soon nothing; it is asked again when it answers', async () => {
    stub.mode = 'hang';
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask()));
    for (const { by, ms } of answers) {
      expect(by).toBe('postgres');
      expect(ms).toBeLessThan(LONGEST_MS);
    }
    const [after] = await times(1);
    expect(after).toMatchObject({ by: 'postgres' });
    expect(after!.ms).toBeLessThan(QUICK_MS);
    expect(lines[0]).toEqual({ level: 'warn', msg: 'Typesense does not answer: Postgres does' });

    stub.mode = 'ok';
    await eventually(async () => expect((await ask()).by).toBe('typesense'));
    expect(lines.map(({ msg }) => msg)).toEqual([
      'Typesense does not answer: Postgres does',
      'Typesense is tried again',
      'Typesense answers again',
    ]);
  });

  test('a trial that fails closes the way again, for one search only', async () => {
    stub.mode = 'fail';
    await times(6);
    const asked = stub.requests.length;
    await new Promise((resolve) => setTimeout(resolve, RESET_MS + 100));
    stub.mode = 'hang';
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask()));
    expect(answers.every(({ by }) => by === 'postgres')).toBe(true);
    expect(answers.filter(({ ms }) => ms > QUICK_MS)).toHaveLength(1);
    expect(stub.requests.length - asked).toBe(1);
  });

  test('errors of the server are answered by Postgres, each within moments', async () => {
    stub.mode = 'fail';
    for (const { by, ms } of await times(10)) {
      expect(by).toBe('postgres');
      expect(ms).toBeLessThan(QUICK_MS);
    }
    // Five were enough to stop asking.
    const searches = stub.requests.filter(({ path }) => path === '/multi_search');
    expect(searches).toHaveLength(5);
  });

  test('nobody listening costs nothing', async () => {
    await stub.close();
    for (const { by, ms } of await times(10)) {
      expect(by).toBe('postgres');
      expect(ms).toBeLessThan(QUICK_MS);
    }
  });

  test('a server that takes connections and says nothing costs no more than a second', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const deaf = createTypesenseIndex({ urls: [`http://127.0.0.1:${port}`], apiKey: 'any', namespace: '' });
    const asked = open(deaf);
    const { by, ms } = await ask(asked);
    expect(by).toBe('postgres');
    expect(ms).toBeLessThan(LONGEST_MS);
    expect(await deaf.healthy()).toBe(false);
    // An import, which the client never ends by itself.
    const begin = performance.now();
    await expect(deaf.upsert('users', [person(1, 'maren')])).rejects.toThrow();
    expect(performance.now() - begin).toBeLessThan(5000);
    asked.close();
    await deaf.close();
    silent.close();
  });

  test('a server without the collection, such as one that lost its disk, is no empty answer', async () => {
    await typesense.close();
    await stub.close();
    stub = await startTypesenseStub();
    typesense = createTypesenseIndex({ urls: [stub.url], apiKey: stub.apiKey, namespace: '' });
    const asked = open(typesense);
    expect((await ask(asked)).by).toBe('postgres');
    asked.close();
  });

  test('a wrong key is an error like others', async () => {
    const locked = createTypesenseIndex({ urls: [stub.url], apiKey: 'wrong', namespace: '' });
    const asked = open(locked);
    expect((await ask(asked)).by).toBe('postgres');
    await expect(locked.upsert('users', [person(1, 'maren')])).rejects.toThrow(/valid/);
    asked.close();
    await locked.close();
  });

  test('a kept connection that the server closes meanwhile is no failure', async () => {
    let answered = 0;
    const closing = createServer((socket) => {
      let asked = 0;
      socket.on('data', () => {
        asked++;
        // As a server does whose patience with an idle connection ends just when it is used again.
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

  test('no error carries what was asked or written, nor the key', async () => {
    stub.mode = 'fail';
    const audience = { hiddenIds: ['secretperson'], privateIds: [] };
    const request = { query: parseQuery('secretperson'), audience, offset: 0, limit: 20 };
    const failures = [
      await typesense.upsert('users', [person(1, 'secretperson')]).catch((error: Error) => error),
      await typesense.search(['users'], request).catch((error: Error) => error),
    ];
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(Error);
      const told = inspect(failure, { depth: 10, showHidden: true });
      expect(told).toContain('503');
      expect(told).not.toContain('secretperson');
      expect(told).not.toContain(stub.apiKey);
    }
  });

  test('of several nodes, one that is dead fails a search at most once in a while', async () => {
    const both = createTypesenseIndex({ urls: ['http://127.0.0.1:9', stub.url], apiKey: stub.apiKey, namespace: '' });
    const asked = open(both);
    const answers = [];
    for (let count = 0; count < 10; count++) answers.push((await ask(asked)).by);
    expect(answers.filter((by) => by === 'postgres').length).toBeLessThanOrEqual(1);
    asked.close();
    await both.close();
  });
});
