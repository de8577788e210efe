import { type Language, languageOf } from '@tintype/language';
import { type Executor, query, statement } from '@tintype/postgres';

const LANGUAGE_PUT = statement(
  'person_language_put',
  `INSERT INTO notification.person_language AS p (user_id, language, version)
   SELECT $1::bigint, $2, $3::bigint WHERE NOT EXISTS (SELECT FROM notification.erased_person WHERE user_id = $1)
   ON CONFLICT (user_id) DO UPDATE SET language = excluded.language, version = excluded.version
   WHERE p.version < excluded.version`,
);

/** Stores the language of a person, unless a later one is known. Writes nothing for people who are erased. */
export async function putLanguage(
  executor: Executor,
  { userId, language, version }: { userId: bigint; language: string; version: bigint },
): Promise<void> {
  await query(executor, LANGUAGE_PUT, [userId, language, version]);
}

const LANGUAGE_FIND = statement(
  'person_language_find',
  'SELECT language FROM notification.person_language WHERE user_id = $1',
);

/** The language of texts to a person. */
export async function findLanguageOf(executor: Executor, userId: bigint): Promise<Language> {
  return languageOf((await query(executor, LANGUAGE_FIND, [userId]))[0]?.language);
}
