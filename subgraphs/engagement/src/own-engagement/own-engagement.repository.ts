import { type Executor, keysOf, query, statement } from '@tintype/postgres';
import { StoreError } from '@tintype/viewer';
import type { OwnEngagement } from './own-engagement.model.ts';

const LIKE_AND_SAVE = 'asked.id AS "postId!", coalesce(l.liked, false) AS "liked!", s.id IS NOT NULL AS "isSaved!"';
const POSTS = `unnest(${keysOf('$1')}) AS asked(id)
   LEFT JOIN engagement."like" l ON l.target_id = asked.id AND l.user_id = $2
   LEFT JOIN engagement.save s ON s.user_id = $2 AND s.post_id = asked.id`;

/** Three lookups for each post, each in one index. */
export const OWN_ENGAGEMENT = statement(
  'own_engagement',
  `SELECT ${LIKE_AND_SAVE},
     EXISTS (SELECT FROM engagement.comment c WHERE c.post_id = asked.id AND c.author_id = $2 AND NOT c.is_counted
       AND c.deleted_at IS NULL AND c.restriction <> 'REMOVED') AS "hasUncounted!"
   FROM ${POSTS}`,
);

export const OWN_LIKES_AND_SAVES = statement('own_likes_and_saves', `SELECT ${LIKE_AND_SAVE} FROM ${POSTS}`);

/**
 * What one person did with each of these posts. While comments cannot be read, it takes a second statement, and counts
 * are without the person's own comments that are not counted yet.
 */
export async function findOwnEngagement(
  executor: Executor,
  userId: bigint,
  postIds: readonly bigint[],
): Promise<(OwnEngagement & { postId: bigint })[]> {
  try {
    return await query(executor, OWN_ENGAGEMENT, [postIds, userId]);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const rows = await query(executor, OWN_LIKES_AND_SAVES, [postIds, userId]);
    return rows.map((row) => ({ ...row, hasUncounted: false }));
  }
}
