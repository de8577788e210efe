import { type Executor, query, statement } from '@tintype/postgres';
import type { ActivityKind } from '#generated/graphql.ts';
import type { ActivityModel } from './activity.model.ts';

const MAX = 2n ** 63n - 1n;

/** One range scan over (person, id desc) for each kind, then the newest of all. */
export const LIST_ACTIVITY = statement(
  'activity',
  `SELECT id AS "id!", kind AS "kind!", "postId" AS "postId!", "commentId" FROM (
    (SELECT id, 'LIKE' AS kind, post_id AS "postId", CASE WHEN is_comment THEN target_id END AS "commentId"
      FROM engagement."like" WHERE user_id = $1 AND liked AND id < $2 AND 'LIKE' = ANY($4) ORDER BY id DESC LIMIT $3)
    UNION ALL
    (SELECT id, 'COMMENT', post_id, id FROM engagement.comment
      WHERE author_id = $1 AND deleted_at IS NULL AND id < $2 AND 'COMMENT' = ANY($4) ORDER BY id DESC LIMIT $3)
    UNION ALL
    (SELECT id, 'SHARE', post_id, NULL FROM engagement.share
      WHERE user_id = $1 AND deleted_at IS NULL AND id < $2 AND 'SHARE' = ANY($4) ORDER BY id DESC LIMIT $3)
    UNION ALL
    (SELECT id, 'SAVE', post_id, NULL FROM engagement.save
      WHERE user_id = $1 AND id < $2 AND 'SAVE' = ANY($4) ORDER BY id DESC LIMIT $3)
  ) AS done ORDER BY id DESC LIMIT $3`,
).narrow<{ kind: ActivityKind }>();

export function listActivity(
  executor: Executor,
  userId: bigint,
  kinds: readonly ActivityKind[],
  after: bigint | undefined,
  limit: number,
): Promise<ActivityModel[]> {
  return query(executor, LIST_ACTIVITY, [userId, after ?? MAX, limit, kinds]);
}
