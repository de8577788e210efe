import { type Executor, query, statement } from '@tintype/postgres';
import type { RelationWord } from './relation.rules.ts';

export type Pair = { ownerId: bigint; otherId: bigint };

/** Of each pair and kind so many words are kept whenever a relation ends: nobody changes their mind more often in the time that events can be late. */
const KEPT = 20;

const RELATION_ADD = statement(
  'relation_add',
  `WITH word AS MATERIALIZED (
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::boolean[], $6::bigint[])
       AS word(owner_id, other_id, what, version, is_on, at_ms)),
   added AS (
     INSERT INTO notification.relation_word (owner_id, other_id, what, version, is_on, at_ms)
     SELECT * FROM word WHERE NOT EXISTS (SELECT FROM notification.erased_person e WHERE e.user_id = word.owner_id)
     ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING)
   DELETE FROM notification.relation_word w
   USING (SELECT DISTINCT owner_id, other_id, what FROM word WHERE NOT is_on) AS told CROSS JOIN LATERAL (
     SELECT version FROM notification.relation_word k
     WHERE k.owner_id = told.owner_id AND k.other_id = told.other_id AND k.what = told.what
     ORDER BY version DESC OFFSET ${KEPT}) AS old
   WHERE w.owner_id = told.owner_id AND w.other_id = told.other_id AND w.what = told.what AND w.version = old.version`,
);

/** Notes words; those that are known stay as they are, and those of who is erased are of no use. */
export async function addWords(executor: Executor, words: readonly RelationWord[]): Promise<void> {
  await query(executor, RELATION_ADD, [
    words.map((word) => word.ownerId),
    words.map((word) => word.otherId),
    words.map((word) => word.what),
    words.map((word) => word.version),
    words.map((word) => word.isOn),
    words.map((word) => word.atMs),
  ]);
}

const RELATION_WORDS = statement(
  'relation_words',
  `SELECT w.owner_id AS "ownerId", w.other_id AS "otherId", w.what, w.version, w.is_on AS "isOn", w.at_ms AS "atMs"
   FROM unnest($1::bigint[], $2::bigint[]) AS pair(owner_id, other_id)
   JOIN notification.relation_word w USING (owner_id, other_id)`,
).narrow<Pick<RelationWord, 'what'>>();

/** All words of these pairs. */
export function findWords(executor: Executor, pairs: readonly Pair[]): Promise<RelationWord[]> {
  return query(executor, RELATION_WORDS, [pairs.map((pair) => pair.ownerId), pairs.map((pair) => pair.otherId)]);
}
