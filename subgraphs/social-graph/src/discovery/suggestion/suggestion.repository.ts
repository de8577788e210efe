import { type Executor, query, statement } from '@tintype/postgres';
import type { Suggestion } from './suggestion.model.ts';

/** Where a page begins: the sort key of the last item before it. */
export type Position = Pick<Suggestion, 'score' | 'personId'>;

const START: Position = { score: 2n ** 63n - 1n, personId: 2n ** 63n - 1n };

/** One range scan over the index (viewer, tier, score, person) within one tier. Dismissals are looked up by key. */
export const SUGGESTION_PAGE = statement(
  'suggestion_page',
  `SELECT s.person_id AS "personId", s.score, s.reasons AS "reasons!"
  FROM social_graph.suggestion s
  WHERE s.viewer_id = $1 AND s.tier = 1 AND (s.score, s.person_id) < ($2::bigint, $3::bigint)
    AND NOT EXISTS (SELECT 1 FROM social_graph.suggestion_dismissal d
      WHERE d.viewer_id = s.viewer_id AND d.person_id = s.person_id)
  ORDER BY s.score DESC, s.person_id DESC LIMIT $4`,
);

/** The stored suggestions of a viewer, without people who were dismissed since. */
export function listSuggestions(
  executor: Executor,
  viewerId: bigint,
  after: Position | null,
  limit: number,
): Promise<Suggestion[]> {
  const { score, personId } = after ?? START;
  return query(executor, SUGGESTION_PAGE, [viewerId, score, personId, limit]);
}

const SUGGESTION_CLEAR = statement('suggestion_clear', 'DELETE FROM social_graph.suggestion WHERE viewer_id = $1');
const SUGGESTION_INSERT = statement(
  'suggestion_insert',
  `INSERT INTO social_graph.suggestion (viewer_id, person_id, score, reasons)
   SELECT $1, person_id, score, reasons::bigint[]
   FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS found(person_id, score, reasons)`,
);

/** Replaces the stored suggestions, in a transaction that holds the viewer's reader row. */
export async function replaceSuggestions(tx: Executor, viewerId: bigint, found: readonly Suggestion[]): Promise<void> {
  await query(tx, SUGGESTION_CLEAR, [viewerId]);
  // Reasons are passed as text, because all rows of a Postgres array of arrays must have the same length.
  await query(tx, SUGGESTION_INSERT, [
    viewerId,
    found.map((one) => one.personId),
    found.map((one) => one.score),
    found.map((one) => `{${one.reasons.join(',')}}`),
  ]);
}
