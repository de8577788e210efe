import { type Executor, query, statement } from '@tintype/postgres';
import { IS_ACTIVE, MARKING } from './dirty.repository.ts';
import type { Debounce } from './suggestion.rules.ts';

/**
 * How many of a person's followers are marked, the newest first. For other followers of a celebrity, suggestions are
 * computed again after a week.
 */
const MAX_MARKED_FOLLOWERS = 1000;
/** The bounds of one statement: people, and roughly their followers. Events of these people wait until it ends. */
const PEOPLE_AT_ONCE = 100;
const FOLLOWERS_AT_ONCE = 20_000;

const SUGGESTION_NOTE = statement(
  'suggestion_note',
  `INSERT INTO social_graph.suggestion_change (person_id)
  SELECT changed.id FROM unnest($1::bigint[]) AS changed(id)
  WHERE NOT EXISTS (SELECT FROM social_graph.person p WHERE p.user_id = changed.id AND p.deleted)
  ORDER BY changed.id ON CONFLICT DO NOTHING`,
);

/**
 * Records that the follows of these people changed. If a person is recorded already, the older time stays. Deleted
 * people are left out. If a worker is taking a person's row, this waits and adds a new one, because the marks being
 * written may be older than this change.
 */
export async function noteChanges(executor: Executor, people: readonly bigint[]): Promise<void> {
  await query(executor, SUGGESTION_NOTE, [people]);
}

/**
 * Takes the rows of some people, the oldest first, and marks their followers. If a change finds its row locked but not
 * deleted yet, it is still covered: computations begin after the marks are committed and see the change. All followers
 * are read before the active ones are looked up. If Postgres joined them person by person, it could read all readers
 * for each person.
 */
export const MARK_FOLLOWERS = statement(
  'suggestion_mark_followers',
  `
  WITH waiting AS MATERIALIZED (
    SELECT person_id, changed_at FROM social_graph.suggestion_change
    WHERE changed_at <= now() - $1::int * interval '1 ms'
    ORDER BY changed_at LIMIT ${PEOPLE_AT_ONCE} FOR UPDATE SKIP LOCKED),
  counted AS (
    SELECT w.person_id, w.changed_at, least(coalesce(p.follower_count, 0), ${MAX_MARKED_FOLLOWERS}) AS followers
    FROM waiting w LEFT JOIN social_graph.person p ON p.user_id = w.person_id),
  ranked AS (
    SELECT person_id, sum(followers) OVER (ORDER BY changed_at, person_id) - followers AS before FROM counted),
  taken AS (
    DELETE FROM social_graph.suggestion_change
    WHERE person_id = ANY(ARRAY(SELECT person_id FROM ranked WHERE before < ${FOLLOWERS_AT_ONCE}))
    RETURNING person_id, changed_at),
  changed AS MATERIALIZED (
    SELECT f.follower_id, min(taken.changed_at) AS changed_at
    FROM taken CROSS JOIN LATERAL (
      SELECT follower_id FROM social_graph.follower
      WHERE followee_id = taken.person_id ORDER BY id DESC LIMIT ${MAX_MARKED_FOLLOWERS}) AS f
    GROUP BY f.follower_id),
  marked AS (
    INSERT INTO social_graph.suggestion_dirty (viewer_id, due_at)
    SELECT r.viewer_id, greatest(changed.changed_at, r.computed_at) + $2::int * interval '1 ms'
    FROM changed JOIN social_graph.suggestion_reader r ON r.viewer_id = changed.follower_id
    WHERE ${IS_ACTIVE} ${MARKING})
  SELECT count(*)::int AS "count!" FROM taken`,
);

/** One statement: if the process is killed, the rows stay. @returns the number of people */
export async function markFollowers(
  executor: Executor,
  { gather, neighbours }: Pick<Debounce, 'gather' | 'neighbours'>,
): Promise<number> {
  const rows = await query(executor, MARK_FOLLOWERS, [gather, neighbours]);
  return rows[0]!.count;
}

const SUGGESTION_OLDEST_CHANGE = statement(
  'suggestion_oldest_change',
  `SELECT coalesce(extract(epoch FROM now() - min(changed_at)), 0)::float8 AS "seconds!"
  FROM social_graph.suggestion_change`,
);

/** The age in seconds of the oldest change whose followers are not marked, or 0. */
export async function oldestChange(executor: Executor): Promise<number> {
  return (await query(executor, SUGGESTION_OLDEST_CHANGE, []))[0]!.seconds;
}
