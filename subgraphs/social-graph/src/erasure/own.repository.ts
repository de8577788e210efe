import { type Executor, query } from '@tintype/postgres';

/**
 * Marks someone as gone for good. Whoever writes something between two people locks both first and sees it: what comes later finds
 * nobody, and what came before is there to be removed.
 */
export async function markGone(executor: Executor, userId: bigint): Promise<void> {
  const text = `INSERT INTO social_graph.person (user_id, is_private, deleted) VALUES ($1, true, true)
    ON CONFLICT (user_id) DO UPDATE SET deleted = true WHERE NOT person.deleted`;
  await query(executor, 'person_gone', text, [userId]);
}

/**
 * Bounded for each person: at most 200 suggestions and 1,000 dismissals. In the order in which workers lock these rows: one a change and
 * then marks, another a mark and then its reader.
 */
const OWN = {
  change: 'DELETE FROM social_graph.suggestion_change WHERE person_id = $1',
  dirty: 'DELETE FROM social_graph.suggestion_dirty WHERE viewer_id = $1',
  reader: 'DELETE FROM social_graph.suggestion_reader WHERE viewer_id = $1',
  suggestion: 'DELETE FROM social_graph.suggestion WHERE viewer_id = $1',
  dismissal: 'DELETE FROM social_graph.suggestion_dismissal WHERE viewer_id = $1',
} as const;

/** Removes what a person was suggested, and what they did not want to be. */
export async function removeSuggestions(tx: Executor, userId: bigint): Promise<void> {
  for (const [name, text] of Object.entries(OWN)) await query(tx, `erase_${name}`, text, [userId]);
}
