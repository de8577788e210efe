import { platformIdentity } from '@tintype/graphql';
import { BannedWordListDocument } from '@tintype/schema/internal/moderation';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MAX_BANNED_WORDS } from '../src/limits.ts';
import { type ModerationFixture, openModeration } from './moderation.fixture.ts';

let fixture: ModerationFixture;
let moderator: bigint;
let admin: bigint;
beforeAll(async () => {
  fixture = await openModeration();
  [moderator, admin] = await Promise.all([fixture.staff('MODERATOR'), fixture.staff('ADMIN')]);
});
afterAll(() => fixture?.close());
beforeEach(() => fixture.environment.database.pool.query('DELETE FROM moderation.banned_word'));

type Word = { word: string };
const add = async (word: string, who = moderator) => {
  const payload = await fixture.act<{ bannedWord: Word | null }>(who, 'addBannedWord', { word }, 'bannedWord { word }');
  return payload.bannedWord?.word ?? payload.errors.map(({ code }) => code).join();
};
const remove = async (word: string) => {
  const payload = await fixture.act<{ removedWord: string | null }>(
    moderator,
    'removeBannedWord',
    { word },
    'removedWord',
  );
  return payload.errors.length > 0 ? payload.errors.map(({ code }) => code).join() : payload.removedWord;
};
type Page = { bannedWords: { edges: { cursor: string; node: Word }[]; pageInfo: { hasNextPage: boolean } } };
const page = async (args = '') =>
  (
    await fixture.query<Page>(
      moderator,
      `bannedWords(${args}) { edges { cursor node { word } } pageInfo { hasNextPage } }`,
    )
  ).bannedWords;
const words = async () => (await page('first: 100')).edges.map(({ node }) => node.word);
/** As another subgraph reads it. */
const listSince = async (version: string) =>
  (await fixture.graph.clientOf('post').request(BannedWordListDocument, { version }, platformIdentity()))
    .bannedWordList;

describe('only moderators and admins', () => {
  test('change and read the list', async () => {
    const [person] = await fixture.world.register(1);
    for (const name of ['addBannedWord', 'removeBannedWord'])
      await expect(fixture.act(person!, name, { word: 'gruffel' })).rejects.toThrow('only for moderators');
    await expect(fixture.query(person!, 'bannedWords { edges { cursor } }')).rejects.toThrow('only for moderators');
    await expect(fixture.query(null, 'bannedWords { edges { cursor } }')).rejects.toThrow('Log in');
    expect(await words()).toEqual([]);
  });
});

describe('a word', () => {
  test('is kept as it is compared, once', async () => {
    expect(await add(' Gruffel ')).toBe('gruffel');
    expect(await add('ＧＲＵＦＦＥＬ', admin)).toBe('gruffel');
    expect(await add('gruffel*')).toBe('gruffel*');
    expect(await words()).toEqual(['gruffel*', 'gruffel']);
  });

  test('is shown with the letters that a moderator typed', async () => {
    expect(await add('바보ㅋㅋ')).toBe('바보ㅋㅋ');
    expect(await add('한국'.normalize('NFD'))).toBe('한국');
    expect(await words()).toEqual(['한국', '바보ㅋㅋ']);
  });

  test('is refused if it is not one word', async () => {
    for (const word of ['', 'two words', 'a', '#tag', 'x'.repeat(51), 'ends.with.dots']) {
      expect(await add(word)).toBe('WORD_INVALID');
      expect(await remove(word)).toBe('WORD_INVALID');
    }
  });

  test('is added once by many at the same time', async () => {
    expect(new Set(await Promise.all(Array.from({ length: 8 }, () => add('gruffel'))))).toEqual(new Set(['gruffel']));
    expect(await words()).toEqual(['gruffel']);
  });

  test('is removed however it is written, and removing it again does nothing', async () => {
    await add('gruffel');
    expect(await remove('GRUFFEL')).toBe('gruffel');
    expect(await remove('GRUFFEL')).toBeNull();
    expect(await words()).toEqual([]);
  });

  test('that was added or removed is in the audit log, with who did it, once', async () => {
    const { pool } = fixture.environment.database;
    for (let time = 0; time < 2; time += 1) await add('kept', admin);
    for (let time = 0; time < 2; time += 1) await remove('kept');
    const { rows } = await pool.query(
      `SELECT kind, actor_id::text AS actor FROM moderation.audit_entry WHERE detail = 'kept' ORDER BY id`,
    );
    expect(rows).toEqual([
      { kind: 'WORD_ADDED', actor: String(admin) },
      { kind: 'WORD_REMOVED', actor: String(moderator) },
    ]);
  });
});

describe('the list', () => {
  test('is paged, newest first', async () => {
    for (const word of ['one', 'two', 'three']) await add(word);
    const first = await page('first: 2');
    expect(first.edges.map(({ node }) => node.word)).toEqual(['three', 'two']);
    expect(first.pageInfo.hasNextPage).toBe(true);
    const rest = await page(`first: 2, after: "${first.edges[1]!.cursor}"`);
    expect(rest.edges.map(({ node }) => node.word)).toEqual(['one']);
    await expect(page('first: 101')).rejects.toThrow();
  });

  test('has another version after each change, and is sent only to who has another one', async () => {
    await add('one');
    const first = (await listSince('0'))!;
    expect(first.words).toEqual(['one']);
    expect(await listSince(first.version)).toBeNull();
    await add('one');
    expect(await listSince(first.version)).toBeNull();
    await add('two*');
    const second = (await listSince(first.version))!;
    expect(second.words.toSorted()).toEqual(['one', 'two*']);
    await remove('one');
    expect((await listSince(second.version))!.words).toEqual(['two*']);
  });

  test('has a limit that concurrent requests cannot exceed', async () => {
    await fixture.environment.database.pool.query(
      `INSERT INTO moderation.banned_word (id, word) SELECT n, 'word' || n FROM generate_series(1, $1::int) n`,
      [MAX_BANNED_WORDS - 1],
    );
    const outcomes = await Promise.all(['alpha', 'beta', 'gamma', 'delta'].map((word) => add(word)));
    expect(outcomes.filter((outcome) => outcome === 'TOO_MANY_BANNED_WORDS')).toHaveLength(3);
    expect(await add('word7')).toBe('word7');
    expect((await listSince('0'))!.words).toHaveLength(MAX_BANNED_WORDS);
  });
});
