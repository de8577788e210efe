import { type Executor, query, statement } from '@tintype/postgres';

/** Only this many dismissals are kept. People whose dismissal is dropped may be suggested again. */
const KEPT = 1000;

const DISMISSAL_INSERT = statement(
  'dismissal_insert',
  `INSERT INTO social_graph.suggestion_dismissal (viewer_id, person_id, id) SELECT $1::bigint, $2::bigint, $3::bigint
   WHERE NOT EXISTS (SELECT FROM social_graph.person WHERE user_id = $1 AND deleted)
   ON CONFLICT DO NOTHING`,
);
const DISMISSAL_TRIM = statement(
  'dismissal_trim',
  `DELETE FROM social_graph.suggestion_dismissal WHERE viewer_id = $1 AND id <= (
     SELECT id FROM social_graph.suggestion_dismissal WHERE viewer_id = $1 ORDER BY id DESC OFFSET ${KEPT} LIMIT 1)`,
);

/** Repeats change nothing. Dismissals of deleted people are not stored. */
export async function insertDismissal(
  executor: Executor,
  viewerId: bigint,
  personId: bigint,
  id: bigint,
): Promise<void> {
  await query(executor, DISMISSAL_INSERT, [viewerId, personId, id]);
  await query(executor, DISMISSAL_TRIM, [viewerId]);
}
