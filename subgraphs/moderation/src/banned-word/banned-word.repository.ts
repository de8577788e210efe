import { type Executor, type KeysetRead, query, startOf, statement } from '@tintype/postgres';
import type { BannedWordList, BannedWordModel } from './banned-word.model.ts';

const BANNED_WORD = 'id, word, created_at AS "createdAt"';

const BANNED_WORD_FIND = statement(
  'banned_word_find',
  `SELECT ${BANNED_WORD} FROM moderation.banned_word WHERE word = $1`,
);

export async function findBannedWord(executor: Executor, word: string): Promise<BannedWordModel | null> {
  return (await query(executor, BANNED_WORD_FIND, [word]))[0] ?? null;
}

const BANNED_WORDS = statement(
  'banned_words',
  `SELECT ${BANNED_WORD} FROM moderation.banned_word WHERE id < $1 ORDER BY id DESC LIMIT $2`,
);

/** Newest first. */
export function listBannedWords(executor: Executor, read: KeysetRead): Promise<BannedWordModel[]> {
  return query(executor, BANNED_WORDS, [startOf(read), read.limit]);
}

const BANNED_WORD_LIST = statement(
  'banned_word_list',
  `SELECT version, ARRAY(SELECT word::text FROM moderation.banned_word) AS "words!"
   FROM moderation.banned_word_version WHERE version <> $1`,
);

/** @returns null if this is the version of the list, or there has never been a word */
export async function findBannedWordList(executor: Executor, version: bigint): Promise<BannedWordList | null> {
  return (await query(executor, BANNED_WORD_LIST, [version]))[0] ?? null;
}

const BANNED_WORD_VERSION = statement(
  'banned_word_version',
  `INSERT INTO moderation.banned_word_version (version) VALUES ($1)
   ON CONFLICT (id) DO UPDATE SET version = excluded.version`,
);

/** Gives the list another version. Until the transaction ends, nobody else changes the list. */
export async function lockBannedWords(tx: Executor, version: bigint): Promise<void> {
  await query(tx, BANNED_WORD_VERSION, [version]);
}

const BANNED_WORD_COUNT = statement(
  'banned_word_count',
  'SELECT count(*)::int AS "count!" FROM moderation.banned_word',
);

export async function countBannedWords(tx: Executor): Promise<number> {
  return (await query(tx, BANNED_WORD_COUNT, []))[0]!.count;
}

const BANNED_WORD_ADD = statement(
  'banned_word_add',
  `INSERT INTO moderation.banned_word (id, word) VALUES ($1, $2) RETURNING ${BANNED_WORD}`,
);

export async function insertBannedWord(tx: Executor, id: bigint, word: string): Promise<BannedWordModel> {
  return (await query(tx, BANNED_WORD_ADD, [id, word]))[0]!;
}

const BANNED_WORD_REMOVE = statement(
  'banned_word_remove',
  'DELETE FROM moderation.banned_word WHERE word = $1 RETURNING 1',
);

/** @returns whether it was there */
export async function deleteBannedWord(tx: Executor, word: string): Promise<boolean> {
  return (await query(tx, BANNED_WORD_REMOVE, [word])).length > 0;
}
